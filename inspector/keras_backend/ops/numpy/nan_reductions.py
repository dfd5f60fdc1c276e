"""Reductions that leave out what is no number."""

from __future__ import annotations

import math
from typing import Any

from inspector.engine import promotion
from inspector.engine.primitives import arithmetic, choice, comparison, elementwise, reduction
from inspector.engine.rules import to_float
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy import reductions
from inspector.keras_backend.ops.numpy.prepare import (
    INT32,
    axes_of,
    cast_to,
    constant,
    floating,
    normalize_axis,
    tensor,
)


def _filled(x: Any, value: float) -> Tensor:
    """The tensor with `value` in place of NaN."""
    t = tensor(x)
    if not promotion.is_inexact(t.dtype):
        return t
    found: Tensor = choice.where(elementwise.isnan(t), constant(value, t.dtype), t)
    return found


def _alone(x: Any, axis: Any, keepdims: bool) -> Tensor | None:
    """Where nothing but NaN went into a result; None when there can be none."""
    t = tensor(x)
    if not promotion.is_inexact(t.dtype):
        return None
    found: Tensor = reduction.all_(
        elementwise.isnan(t), axis=axes_of(axis, t.ndim), keepdims=keepdims
    )
    return found


def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return reductions.sum(_filled(x, 0), axis, keepdims)


def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return reductions.prod(_filled(x, 1), axis, keepdims)


def nancumsum(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    return reductions.cumsum(_filled(x, 0), axis, dtype)


def nancumprod(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    return reductions.cumprod(_filled(x, 1), axis, dtype)


def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _extreme(reductions.max(_filled(x, -math.inf), axis, keepdims), x, axis, keepdims)


def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _extreme(reductions.min(_filled(x, math.inf), axis, keepdims), x, axis, keepdims)


def _extreme(found: Tensor, x: Any, axis: Any, keepdims: bool) -> Any:
    alone = _alone(x, axis, keepdims)
    return found if alone is None else choice.where(alone, constant(math.nan, found.dtype), found)


def _count(t: Tensor, axis: Any, keepdims: bool) -> Tensor:
    """How many numbers go into each result."""
    numbers = comparison.logical_not(elementwise.isnan(t))
    dtype = to_float(reduction.accumulator(t.dtype))
    found: Tensor = reduction.sum_(
        cast_to(numbers, dtype), axis=axes_of(axis, t.ndim), keepdims=keepdims
    )
    return found


def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = floating(x)
    count = _count(t, axis, keepdims)
    wide = cast_to(_filled(t, 0), reduction.accumulator(t.dtype))
    total = reduction.sum_(wide, axis=axes_of(axis, t.ndim), keepdims=keepdims)
    return cast_to(arithmetic.divide(total, cast_to(count, total.dtype)), t.dtype)


def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance of the numbers: NaN counts as the mean, which adds nothing."""
    t = floating(x)
    centred = t - nanmean(t, axis, keepdims=True)
    # Not where `centred` is NaN: infinite numbers make it so, and their spread is no number.
    if promotion.is_inexact(t.dtype):
        centred = choice.where(elementwise.isnan(t), constant(0, t.dtype), centred)
    distance = elementwise.absolute(centred)
    axes = axes_of(axis, t.ndim)
    wide = cast_to(distance, reduction.accumulator(distance.dtype))
    total = reduction.sum_(elementwise.square(wide), axis=axes, keepdims=keepdims)
    spread = arithmetic.divide(total, cast_to(_count(t, axis, keepdims), total.dtype))
    return cast_to(spread, distance.dtype)


def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return elementwise.sqrt(nanvar(x, axis, keepdims))


def nanargmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the largest number is; -1 where there is none."""
    return _position(reduction.argmax, x, axis, keepdims, -math.inf)


def nanargmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the smallest number is; -1 where there is none."""
    return _position(reduction.argmin, x, axis, keepdims, math.inf)


def _position(find: Any, x: Any, axis: Any, keepdims: bool, fill: float) -> Any:
    t = tensor(x)
    along = None if axis is None else normalize_axis(axis, t.ndim)
    found = find(_filled(t, fill), axis=along, keepdims=keepdims)
    alone = _alone(t, axis, keepdims)
    return found if alone is None else choice.where(alone, constant(-1, INT32), found)
