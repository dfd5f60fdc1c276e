"""What a training step did to each weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.capture import keras_private as private
from inspector.engine import Tensor
from inspector.trace import Update

# A variable, its gradient (None: none reached it) and its value before the update.
Pair = tuple[Any, Any, Any]


def before(optimizer: Any, gradients: Any, variables: Any) -> list[Pair]:
    """The variables that an optimizer is about to update, as they are now."""
    chosen = list(variables) if variables is not None else private.optimizer_variables(optimizer)
    return [
        (variable, gradient, private.value_of(variable))
        for variable, gradient in zip(chosen, gradients, strict=False)
    ]


def after(pairs: list[Pair]) -> list[Update]:
    """The norms of each gradient and of each change."""
    return [
        Update(
            weight=variable.path,
            gradient_norm=None if gradient is None else norm(gradient),
            delta_norm=_distance(private.value_of(variable), value),
            gradient=gradient.id if isinstance(gradient, Tensor) else None,
        )
        for variable, gradient, value in pairs
    ]


def norm(tensor: Any) -> float:
    """The Euclidean norm, added up in float64."""
    values = _values(tensor)
    return float(np.sqrt(np.sum(np.square(np.abs(values)))))


def _distance(now: Any, then: Any) -> float:
    return 0.0 if then is None or now is then else norm(_values(now) - _values(then))


def _values(tensor: Any) -> Any:
    array = tensor.numpy() if isinstance(tensor, Tensor) else np.asarray(tensor)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
