"""Keras' `Discretization`, whose `adapt` asks TensorFlow whether the data is one of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src import backend
from keras.src.layers.preprocessing.discretization import Discretization as KerasDiscretization

from inspector.keras_backend.preprocessing.index_lookup import batches_of


class Discretization(KerasDiscretization):
    """The layer as Keras has it, adapting to anything that yields batches."""

    def adapt(self, data: Any, steps: int | None = None) -> None:
        if self.num_bins is None:
            raise ValueError(
                "Cannot adapt a Discretization layer that has been initialized with "
                "`bin_boundaries`, use `num_bins` instead."
            )
        self.reset_state()
        if isinstance(data, np.ndarray) or backend.is_tensor(data):
            self.update_state(data)
        else:
            for batch in batches_of(data, steps):
                self.update_state(batch)
        self.finalize_state()
