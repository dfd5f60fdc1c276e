"""Reductions, and running sums and products."""

from __future__ import annotations

import builtins
from typing import Any

from inspector.engine import promotion
from inspector.engine.primitives import arithmetic, elementwise, reduction, shaping
from inspector.engine.rules import reduced
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    BOOL,
    INT32,
    axes_of,
    cast_to,
    floating,
    normalize_axis,
    numeric,
    summable,
    tensor,
    to_dtype,
)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = summable(x)
    return reduction.sum_(t, axis=axes_of(axis, t.ndim), keepdims=keepdims)


def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    t = summable(x, dtype)
    return reduction.prod(t, axis=axes_of(axis, t.ndim), keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = floating(x)
    return reduction.mean(t, axis=axes_of(axis, t.ndim), keepdims=keepdims)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = floating(x)
    return reduction.variance(t, axis=axes_of(axis, t.ndim), keepdims=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return elementwise.sqrt(var(x, axis, keepdims))


def _extreme(
    larger: builtins.bool, x: Any, axis: Any, keepdims: builtins.bool, initial: Any
) -> Any:
    t = tensor(x)
    axes = axes_of(axis, t.ndim)
    if initial is None:
        if 0 in [t.shape[a] for a in (range(t.ndim) if axes is None else axes)]:
            raise ValueError(
                f"The {'largest' if larger else 'smallest'} of no elements was asked for (shape "
                f"{t.shape}, axis {axis}); give `initial`."
            )
        return (reduction.max_ if larger else reduction.min_)(t, axis=axes, keepdims=keepdims)
    first = tensor(initial, t.dtype)
    if t.size == 0:
        shape = reduced(t.shape, axis=axes, keepdims=keepdims)
        return shaping.broadcast_to(first, shape=shape)
    found = (reduction.max_ if larger else reduction.min_)(t, axis=axes, keepdims=keepdims)
    return (arithmetic.maximum if larger else arithmetic.minimum)(found, first)


def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    return _extreme(True, x, axis, keepdims, initial)


def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    return _extreme(False, x, axis, keepdims, initial)


def amax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _extreme(True, x, axis, keepdims, None)


def amin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _extreme(False, x, axis, keepdims, None)


def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = tensor(x)
    return arithmetic.subtract(max(t, axis, keepdims), min(t, axis, keepdims))


def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = tensor(x)
    return reduction.any_(t, axis=axes_of(axis, t.ndim), keepdims=keepdims)


def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = tensor(x)
    return reduction.all_(t, axis=axes_of(axis, t.ndim), keepdims=keepdims)


def count_nonzero(x: Any, axis: Any = None) -> Any:
    t = cast_to(cast_to(tensor(x), BOOL), INT32)
    return reduction.sum_(t, axis=axes_of(axis, t.ndim))


def argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = tensor(x)
    along = None if axis is None else normalize_axis(axis, t.ndim)
    return reduction.argmax(t, axis=along, keepdims=keepdims)


def argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    t = tensor(x)
    along = None if axis is None else normalize_axis(axis, t.ndim)
    return reduction.argmin(t, axis=along, keepdims=keepdims)


def _line(x: Any, axis: Any, dtype: Any) -> tuple[Tensor, int]:
    """The tensor and the axis to run along: the flat tensor where no axis is given."""
    t = numeric(x) if dtype is None else tensor(x, to_dtype(dtype))
    if axis is None:
        return shaping.reshape(t, shape=(t.size,)), 0
    return t, normalize_axis(axis, t.ndim)


def cumsum(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    t, along = _line(x, axis, dtype)
    return reduction.cumsum(t, axis=along)


def cumprod(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    t, along = _line(x, axis, dtype)
    return reduction.cumprod(t, axis=along)


def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """The mean, or with weights the sum of the products over the sum of the weights."""
    if weights is None:
        return mean(x, axis)
    t, w = tensor(x), tensor(weights)
    dtype = promotion.result_type(t.dtype, w.dtype, float)
    t, w = cast_to(t, dtype), cast_to(w, dtype)
    axes = axes_of(axis, t.ndim)
    if w.shape != t.shape:
        w = _weights_along(w, t, axes)
    total = reduction.sum_(shaping.broadcast_to(w, shape=t.shape), axis=axes)
    return arithmetic.divide(reduction.sum_(t * w, axis=axes), total)


def _weights_along(w: Tensor, t: Tensor, axes: tuple[int, ...] | None) -> Tensor:
    if axes is None or w.shape != tuple(t.shape[a] for a in axes):
        raise ValueError(f"`weights` of shape {w.shape} do not fit axis {axes} of {t.shape}")
    shape = tuple(size if i in axes else 1 for i, size in enumerate(t.shape))
    found: Tensor = shaping.reshape(w, shape=shape)
    return found


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The area under the points of y, by trapezoids of width dx or of the steps of x."""
    heights = floating(y)
    along = normalize_axis(axis, heights.ndim)
    size = heights.shape[along]
    before = (slice(None),) * along
    upper = heights[(*before, slice(1, size))]
    lower = heights[(*before, slice(0, builtins.max(size - 1, 0)))]
    if x is None:
        width: Any = dx if isinstance(dx, int | float) else floating(dx)
    else:
        width = _widths(floating(x), heights, along)
    return reduction.sum_((upper + lower) * width * 0.5, axis=(along,))


def _widths(points: Tensor, heights: Tensor, along: int) -> Tensor:
    if points.ndim == 1:
        steps = points[1:] - points[:-1]
        shape = [1] * heights.ndim
        shape[along] = steps.size
        found: Tensor = shaping.reshape(steps, shape=tuple(shape))
        return found
    before = (slice(None),) * along
    return points[(*before, slice(1, None))] - points[(*before, slice(0, -1))]
