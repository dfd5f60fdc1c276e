"""Which of several values: where, clip, and constant tensors in the shape of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine.operands import constant
from inspector.engine.primitive import each, primitive
from inspector.engine.rules import broadcast, same, sum_to
from inspector.engine.tensor import Tensor


@primitive(shape=same, dtype=lambda old, value, dtype=None: dtype or old)
def full_like(xp: Any, like: Any, value: Any, dtype: Any = None) -> Any:
    """One value in the shape of a tensor; depends on its shape only."""
    return xp.full(like.shape, value, dtype=dtype or like.dtype)


def _to_first(g: Tensor, y: Tensor, condition: Tensor, a: Tensor, b: Tensor) -> Any:
    return sum_to(where(condition, g, constant(0, g.dtype)), a.shape)


def _to_second(g: Tensor, y: Tensor, condition: Tensor, a: Tensor, b: Tensor) -> Any:
    return sum_to(where(condition, constant(0, g.dtype), g), b.shape)


@primitive(
    shape=broadcast,
    dtype=lambda condition, a, b: a,
    elementwise=True,
    vjp=each(None, _to_first, _to_second),
)
def where(xp: Any, condition: Any, a: Any, b: Any) -> Any:
    """A where the condition holds, else b; both of one dtype."""
    return xp.where(condition, a, b)


def _clip_back(g: Tensor, y: Tensor, a: Tensor, low: Any, high: Any) -> Tensor:
    inside = (a >= low) & (a <= high)
    return where(inside, g, constant(0, g.dtype))


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(_clip_back))
def clip(xp: Any, a: Any, low: Any, high: Any) -> Any:
    """Values below `low` become it, values above `high` become that; both plain numbers."""
    if xp is np:
        # NumPy does not take plain numbers beside ml_dtypes' arrays.
        low, high = a.dtype.type(low), a.dtype.type(high)
    return xp.minimum(xp.maximum(a, low), high)
