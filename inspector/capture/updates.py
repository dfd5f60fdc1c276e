"""What a training step did to each weight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.capture import keras_private as private
from inspector.engine import Tensor
from inspector.trace import Update

# A variable, its gradient (None: none reached it) and its value before the update.
Pair = tuple[Any, Any, Any]

# Entries that are added up at a time, in cache and in few enough float32 additions.
_BLOCK = 1 << 14
# Sums of squares between which float32 neither overflows nor loses small entries.
_SAFE = (1e-20, 1e30)


def before(optimizer: Any, gradients: Any, variables: Any) -> list[Pair]:
    """The variables that an optimizer is about to update, as they are now."""
    chosen = list(variables) if variables is not None else private.optimizer_variables(optimizer)
    return [
        (variable, gradient, private.value_of(variable))
        for variable, gradient in zip(chosen, gradients, strict=False)
    ]


class Change:
    """What one update did to one weight; its norms are computed when they are written."""

    def __init__(self, variable: Any, gradient: Any, then: Any, now: Any) -> None:
        self._values: tuple[Any, Any, Any, Any] | None = variable, gradient, then, now
        self._described: Update | None = None

    def described(self) -> Update:
        """The norms of the gradient and of the change."""
        if self._values is not None:
            variable, gradient, then, now = self._values
            self._described = Update(
                weight=variable.path,
                gradient_norm=None if gradient is None else norm(gradient),
                delta_norm=_distance(now, then),
                gradient=gradient.id if isinstance(gradient, Tensor) else None,
            )
            self._values = None  # the store keeps what is kept of them
        assert self._described is not None
        return self._described


def after(pairs: list[Pair]) -> list[Change]:
    """What became of the variables."""
    return [
        Change(variable, gradient, then, private.value_of(variable))
        for variable, gradient, then in pairs
    ]


def norm(tensor: Any) -> float:
    """The Euclidean norm."""
    return _root_of_squares(_array(tensor), None)


def _distance(now: Any, then: Any) -> float:
    return 0.0 if then is None or now is then else _root_of_squares(_array(now), _array(then))


def _root_of_squares(array: Any, other: Any) -> float:
    """The norm of `array`, or of its difference to `other`, block by block: no copy of a weight."""
    flat = array.reshape(-1)
    others = None if other is None else other.reshape(-1)
    total = 0.0
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        if others is not None:
            block = _wide(block) - _wide(others[start : start + _BLOCK])
        total += _sum_of_squares(block)
    return math.sqrt(total) if total >= 0 else math.nan


def _sum_of_squares(block: Any) -> float:
    """Of one block: in its own precision where that loses nothing, else in float64."""
    if block.dtype == np.float32:
        found = float(np.dot(block, block))
        if _SAFE[0] < found < _SAFE[1]:
            return found
    wide = _wide(block, np.float64)
    return float(np.vdot(wide, wide).real)


def _wide(block: Any, least: Any = np.float32) -> Any:
    """Of at least that precision, so that squares do not round away."""
    kind = np.complex128 if block.dtype.kind == "c" else np.promote_types(block.dtype, least)
    return block.astype(kind, copy=False)


def _array(tensor: Any) -> Any:
    array = tensor.numpy() if isinstance(tensor, Tensor) else np.asarray(tensor)
    return array if array.dtype.kind in "fc" else array.astype(np.float64)
