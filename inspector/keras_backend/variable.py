"""Variables: a name for a Tensor that may be bound to another one.

Assignment never writes into an array: it binds a new one, so a recorded value stays what it was.
The new value is a Tensor of its own (same array, fresh id), or two variables assigned from one
another would share their gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras.src.backend.common import KerasVariable

from inspector.engine.tensor import Tensor, meta
from inspector.keras_backend import core
from inspector.keras_backend.core import convert_to_tensor, to_dtype

AssignListener = Callable[["Variable", Tensor, Tensor], None]

# Called after each assignment with the variable, its old and its new value.
on_assign: list[AssignListener] = []


class Variable(KerasVariable):
    """A weight, or any other state of a layer, on our engine."""

    _value: Any

    def _initialize(self, value: Any) -> None:
        self._value = self._own(value)

    def _direct_assign(self, value: Any) -> None:
        before, self._value = self._value, self._own(value)
        for listener in on_assign:
            listener(self, before, self._value)

    def _own(self, value: Any) -> Tensor:
        """The value as a Tensor that nobody else holds."""
        if isinstance(value, np.ndarray):
            value = value.copy()  # users refill their arrays
        tensor = convert_to_tensor(value, dtype=self._dtype)
        return Tensor(tensor.data, tensor.shape, tensor.dtype)

    def _convert_to_tensor(self, value: Any, dtype: Any = None) -> Tensor:
        if isinstance(value, np.ndarray):
            value = value.copy()
        return convert_to_tensor(value, dtype=dtype)

    @property
    def value(self) -> Any:
        if self._value is None and core.meta_only:
            # Not initialized yet, and only its shape is wanted: draw no numbers for it.
            return self._maybe_autocast(meta(self._shape, to_dtype(self._dtype)))
        return super().value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.value, dtype=dtype, copy=copy)
