"""Reductions over axes; `axis` is a tuple of axes or None for all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.engine import promotion
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import choice, shaping
from inspector.engine.rules import (
    FLOAT32,
    conjugated,
    normalize_axes,
    reduced,
    same,
    to_bool,
    to_float,
    to_int32,
)
from inspector.engine.tensor import Tensor

Axes = tuple[int, ...] | None
_NARROW = promotion.EXTENDED_FLOATS | {np.dtype("float16")}


def accumulator(dtype: Any) -> Any:
    """The dtype to add up in: float32 for the narrow floats, which lose digits at each step."""
    return FLOAT32 if dtype in _NARROW else dtype


def counted(shape: tuple[int, ...], axis: Axes) -> int:
    """How many elements go into each result."""
    return math.prod(shape if axis is None else [shape[a] for a in axis])


def kept(gradient: Tensor, like: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    """A reduction's result or gradient with the reduced axes put back as 1."""
    if keepdims:
        return gradient
    axes = normalize_axes(axis, like.ndim)
    shape = tuple(1 if i in axes else size for i, size in enumerate(like.shape))
    return shaping.reshape(gradient, shape=shape)


def spread(gradient: Tensor, like: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    """The way back through a sum: the gradient repeated along the reduced axes."""
    return shaping.broadcast_to(kept(gradient, like, axis, keepdims), shape=like.shape)


@primitive(
    shape=reduced,
    dtype=same,
    vjp=each(lambda g, y, x, axis=None, keepdims=False: spread(g, x, axis, keepdims)),
    name="sum",
)
def sum_(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum, in the operand's own dtype."""
    # The dtype is stated because NumPy would widen small integers.
    wide = accumulator(x.dtype)
    total = x.sum(axis=axis, keepdims=keepdims, dtype=wide)
    return total if wide is x.dtype else total.astype(x.dtype, copy=False)


def _mean_back(
    g: Tensor, y: Tensor, x: Tensor, axis: Axes = None, keepdims: bool = False
) -> Tensor:
    return spread(g / max(counted(x.shape, axis), 1), x, axis, keepdims)


@primitive(shape=reduced, dtype=same, vjp=each(_mean_back))
def mean(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum over the number of elements; NaN of none."""
    total = x.sum(axis=axis, keepdims=keepdims, dtype=accumulator(x.dtype))
    count = counted(x.shape, axis)
    average = total / count if count else xp.true_divide(total, xp.asarray(count, total.dtype))
    return average.astype(x.dtype, copy=False)


def _variance_back(
    g: Tensor, y: Tensor, x: Tensor, axis: Axes = None, keepdims: bool = False
) -> Tensor:
    centred = x - mean(x, axis=axis, keepdims=True)
    count = max(counted(x.shape, axis), 1)
    return kept(g * (2.0 / count), x, axis, keepdims) * centred


@primitive(
    shape=reduced,
    dtype=to_float,
    vjp=each(_variance_back),
)
def variance(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Mean squared distance from the mean; of a complex number, its modulus squared."""
    wide = accumulator(x.dtype)
    values = x if wide is x.dtype else x.astype(wide)
    count = counted(x.shape, axis)
    # A 0-d array minus a number is a NumPy scalar, which cannot be written to.
    centred = xp.asarray(values - values.sum(axis=axis, keepdims=True) / (count or math.nan))
    if x.dtype.kind == "c":
        squares = centred.real**2 + centred.imag**2
        return squares.sum(axis=axis, keepdims=keepdims) / (count or math.nan)
    spreads = xp.multiply(centred, centred, out=centred).sum(axis=axis, keepdims=keepdims)
    return (spreads / (count or math.nan)).astype(x.dtype, copy=False)


def _extreme_back(
    g: Tensor, y: Tensor, x: Tensor, axis: Axes = None, keepdims: bool = False
) -> Tensor:
    # Elements that share the extreme share its gradient.
    hit = shaping.cast(x == kept(y, x, axis, keepdims), dtype=x.dtype)
    share = hit / sum_(hit, axis=axis, keepdims=True)
    return kept(g, x, axis, keepdims) * share


@primitive(shape=reduced, dtype=same, vjp=each(_extreme_back), name="max")
def max_(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The largest; NaN where one is."""
    return x.max(axis=axis, keepdims=keepdims)


@primitive(shape=reduced, dtype=same, vjp=each(_extreme_back), name="min")
def min_(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The smallest; NaN where one is."""
    return x.min(axis=axis, keepdims=keepdims)


def _product_back(
    g: Tensor, y: Tensor, x: Tensor, axis: Axes = None, keepdims: bool = False
) -> Tensor:
    """The product of all others: of those before times of those after; right at zeros too."""
    if not x.size:
        return choice.full_like(x, value=0)
    axes = normalize_axes(axis, x.ndim)
    order = (*[i for i in range(x.ndim) if i not in axes], *axes)
    apart = shaping.transpose(x, axes=order)
    line = shaping.reshape(apart, shape=(*apart.shape[: x.ndim - len(axes)], -1))
    last = (line.ndim - 1,)
    after = shaping.flip(_product_before(shaping.flip(line, axis=last)), axis=last)
    others = shaping.reshape(_product_before(line) * after, shape=apart.shape)
    slope = conjugated(shaping.transpose(others, axes=shaping.inverse(order)))
    return kept(g, x, axis, keepdims) * slope


def _product_before(line: Tensor) -> Tensor:
    """For each element of the last axis the product of those before it."""
    widths = (*[(0, 0)] * (line.ndim - 1), (1, -1))
    return cumprod(shaping.pad(line, widths=widths, value=1), axis=line.ndim - 1)


@primitive(shape=reduced, dtype=same, vjp=each(_product_back))
def prod(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The product, in the operand's own dtype."""
    wide = accumulator(x.dtype)
    return x.prod(axis=axis, keepdims=keepdims, dtype=wide).astype(x.dtype, copy=False)


@primitive(shape=reduced, dtype=to_bool, name="any")
def any_(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Whether one holds."""
    return xp.any(x, axis=axis, keepdims=keepdims)


@primitive(shape=reduced, dtype=to_bool, name="all")
def all_(xp: Any, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Whether all hold."""
    return xp.all(x, axis=axis, keepdims=keepdims)


def _picked(shape: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
    found = reduced(shape, axis=None if axis is None else (axis,), keepdims=keepdims)
    size = math.prod(shape) if axis is None else shape[axis]
    if size == 0:
        raise ValueError(f"the largest of no elements was asked for (shape {shape})")
    return found


@primitive(shape=_picked, dtype=to_int32)
def argmax(xp: Any, x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Where the largest is; the first of equals. The position in the flat tensor for None."""
    return _position(xp.argmax, x, axis, keepdims)


@primitive(shape=_picked, dtype=to_int32)
def argmin(xp: Any, x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Where the smallest is; the first of equals."""
    return _position(xp.argmin, x, axis, keepdims)


def _position(find: Any, x: Any, axis: int | None, keepdims: bool) -> Any:
    if axis is None:
        found = find(x.reshape(-1), axis=0)
        return (found.reshape((1,) * x.ndim) if keepdims else found).astype(np.int32)
    found = find(x, axis=axis).astype(np.int32)
    if not keepdims:
        return found
    return found.reshape((*x.shape[:axis], 1, *x.shape[axis:][1:]))


def _running_back(g: Tensor, y: Tensor, x: Tensor, axis: int) -> Tensor:
    backwards = shaping.flip(g, axis=(axis,))
    return shaping.flip(cumsum(backwards, axis=axis), axis=(axis,))


@primitive(shape=same, dtype=same, vjp=each(_running_back))
def cumsum(xp: Any, x: Any, axis: int) -> Any:
    """The running sum along one axis."""
    wide = accumulator(x.dtype)
    return xp.cumsum(x, axis=axis, dtype=wide).astype(x.dtype, copy=False)


def _running_product_back(g: Tensor, y: Tensor, x: Tensor, axis: int) -> Tensor:
    """Exact with zeros too: d y_j / d x_i = (product before i) · (product from i+1 to j)."""
    size = x.shape[axis]
    last = shaping.moved(x, axis, x.ndim - 1)
    columns = shaping.reshape(last, shape=(*last.shape, 1))
    grid = shaping.broadcast_to(columns, shape=(*last.shape, size))
    # grid[..., k, i] = x_k, with 1 at k = i and 0 in its running product for j < i.
    eye = Tensor(_eye(size))
    ones = choice.full_like(grid, value=1)
    others = cumprod(choice.where(eye, ones, grid), axis=x.ndim - 1)
    lower = Tensor(_lower(size))
    jacobian = choice.where(lower, others, choice.full_like(grid, value=0))
    moved = shaping.moved(g, axis, x.ndim - 1)
    wide = shaping.reshape(moved, shape=(*moved.shape, 1))
    found = sum_(conjugated(jacobian) * wide, axis=(x.ndim - 1,))
    return shaping.moved(found, x.ndim - 1, axis)


def _eye(size: int) -> Any:
    from inspector.engine import array_module

    return array_module.xp.eye(size, dtype=bool)


def _lower(size: int) -> Any:
    from inspector.engine import array_module

    return array_module.xp.tri(size, dtype=bool)


@primitive(shape=same, dtype=same, vjp=each(_running_product_back))
def cumprod(xp: Any, x: Any, axis: int) -> Any:
    """The running product along one axis."""
    wide = accumulator(x.dtype)
    return xp.cumprod(x, axis=axis, dtype=wide).astype(x.dtype, copy=False)
