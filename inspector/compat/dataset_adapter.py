"""How Keras' trainer reads our `tf.data.Dataset`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras.src.trainers.data_adapters.data_adapter import DataAdapter

from inspector.compat.tf.dataset import Dataset
from inspector.engine.tensor import Tensor


class DatasetAdapter(DataAdapter):
    """A dataset of batches: `x`, `(x, y)` or `(x, y, sample_weight)`."""

    def __init__(self, dataset: Dataset, class_weight: dict[int, float] | None = None) -> None:
        self._dataset = dataset
        self._class_weight = class_weight

    def get_numpy_iterator(self) -> Iterator[Any]:
        for element in self._dataset._make():
            yield self._weighted(element)

    get_jax_iterator = get_tf_dataset = get_torch_dataloader = get_numpy_iterator

    @property
    def num_batches(self) -> int | None:
        return self._dataset._length if self._dataset._length >= 0 else None

    @property
    def batch_size(self) -> int | None:
        return None

    @property
    def has_partial_batch(self) -> bool | None:
        return None

    @property
    def partial_batch_size(self) -> int | None:
        return None

    def _weighted(self, element: Any) -> Any:
        element = keras.tree.map_structure(_dense, element)
        if self._class_weight is None or not isinstance(element, tuple) or len(element) != 2:
            return element
        x, y = element
        labels = np.asarray(y)
        classes = labels.argmax(-1) if labels.ndim > 1 and labels.shape[-1] > 1 else labels
        weights = [self._class_weight.get(int(c), 1.0) for c in classes.reshape(-1)]
        return x, y, np.asarray(weights, "float32")


def _dense(leaf: Any) -> Any:
    return leaf if isinstance(leaf, Tensor) or not hasattr(leaf, "to_tensor") else leaf.to_tensor()
