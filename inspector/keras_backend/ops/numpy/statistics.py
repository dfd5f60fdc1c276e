"""Quantiles, correlation and differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from inspector.engine import products as engine_products
from inspector.engine.primitives import (
    arithmetic,
    choice,
    comparison,
    elementwise,
    indexing,
    reduction,
    shaping,
    sorting,
)
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    BOOL,
    FLOAT32,
    INT32,
    axes_of,
    cast_to,
    constant,
    floating,
    normalize_axis,
    tensor,
)

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """The values below which the fractions `q` of the elements lie.

    Raises:
        ValueError: the method is unknown.
    """
    return _quantile(x, q, axis, method, keepdims, _all_counted)


def percentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile(x, tensor(q) / 100, axis, method, keepdims)


def nanquantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """The same over the elements that are numbers."""
    return _quantile(x, q, axis, method, keepdims, _numbers_counted)


def nanpercentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    return nanquantile(x, tensor(q) / 100, axis, method, keepdims)


def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return quantile(x, 0.5, axis, "linear", keepdims)


def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return nanquantile(x, 0.5, axis, "linear", keepdims)


def _all_counted(line: Tensor) -> Tensor:
    """How many elements count in each line: all, or NaN where one of them is no number."""
    whole = choice.full_like(line[..., :1], value=line.shape[-1], dtype=FLOAT32)
    if line.shape[-1] == 0:
        return whole
    # Sorting puts NaN last.
    broken = elementwise.isnan(line[..., -1:])
    return choice.where(broken, constant(math.nan, FLOAT32), whole)


def _numbers_counted(line: Tensor) -> Tensor:
    numbers = comparison.logical_not(elementwise.isnan(line))
    count = reduction.sum_(cast_to(numbers, FLOAT32), axis=(line.ndim - 1,), keepdims=True)
    none = comparison.equal(count, constant(0, FLOAT32))
    return choice.where(none, constant(math.nan, FLOAT32), count)


def _quantile(
    x: Any,
    q: Any,
    axis: Any,
    method: str,
    keepdims: bool,
    counted: Callable[[Tensor], Tensor],
) -> Any:
    if method not in METHODS:
        raise ValueError(f"`method` must be one of {METHODS}. Received: {method}")
    t = floating(x)
    fractions = cast_to(tensor(q), t.dtype if t.dtype.itemsize > 4 else FLOAT32)
    axes = axes_of(axis, t.ndim)
    axes = tuple(range(t.ndim)) if axes is None else axes
    kept = tuple(i for i in range(t.ndim) if i not in axes)
    moved = shaping.transpose(t, axes=(*kept, *axes))
    flat_shape = (*[t.shape[i] for i in kept], reduction.counted(t.shape, axes))
    line = sorting.sort(shaping.reshape(moved, shape=flat_shape), axis=len(kept))
    found = _between(line, fractions, counted(line), method)
    # The fractions' axes come first in the result.
    order = (*range(len(kept), found.ndim), *range(len(kept)))
    found = shaping.transpose(found, axes=order)
    if keepdims:
        ones = tuple(1 if i in axes else size for i, size in enumerate(t.shape))
        found = shaping.reshape(found, shape=(*fractions.shape, *ones))
    return found


def _between(line: Tensor, fractions: Tensor, count: Tensor, method: str) -> Tensor:
    """(lines..., fractions...): the elements at fractional positions of sorted lines."""
    wide = fractions.dtype
    flat = shaping.reshape(fractions, shape=(fractions.size,))
    place = (cast_to(count, wide) - 1) * flat
    valid = comparison.equal(place, place)
    place = choice.where(valid, place, choice.full_like(place, value=0))
    below, above = elementwise.floor(place), elementwise.ceil(place)
    if method == "nearest":
        below = above = elementwise.round_(place, decimals=0)
    low = indexing.take_along_axis(line, cast_to(below, INT32), axis=line.ndim - 1)
    high = indexing.take_along_axis(line, cast_to(above, INT32), axis=line.ndim - 1)
    if method in ("lower", "nearest"):
        found = low
    elif method == "higher":
        found = high
    else:
        part = choice.full_like(place, value=0.5) if method == "midpoint" else place - below
        # Equal ends meet exactly, infinite ones too.
        step = choice.where(low == high, choice.full_like(low, value=0), high - low)
        found = low + step * cast_to(part, line.dtype)
        found = choice.where(below == above, low, found)
    found = choice.where(valid, found, constant(math.nan, line.dtype))
    return shaping.reshape(found, shape=(*line.shape[:-1], *fractions.shape))


def corrcoef(x: Any) -> Any:
    """Correlation coefficients of the rows."""
    t = floating(x)
    rows = shaping.reshape(t, shape=(1, t.size)) if t.ndim < 2 else t
    centred = rows - reduction.mean(rows, axis=(1,), keepdims=True)
    other = shaping.transpose(centred, axes=(1, 0))
    other = other.conj() if other.dtype.kind == "c" else other
    covariance = engine_products.matmul(centred, other) / max(rows.shape[1] - 1, 1)
    deviation = elementwise.sqrt(elementwise.real(covariance[_diagonal(rows.shape[0])]))
    found = covariance / deviation[:, None] / deviation[None, :]
    if found.dtype.kind != "c":
        found = choice.clip(found, low=-1.0, high=1.0)
    return shaping.reshape(found, shape=()) if t.ndim < 2 else found


def _diagonal(size: int) -> tuple[list[int], list[int]]:
    return list(range(size)), list(range(size))


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """The n-th differences of neighbours along an axis; of booleans, whether they differ."""
    t = tensor(a)
    if t.ndim == 0:
        raise ValueError("diff takes a tensor of at least one axis")
    if n < 0:
        raise ValueError(f"order must be non-negative. Received: {n}")
    along = normalize_axis(axis, t.ndim)
    before = (slice(None),) * along
    for _ in range(n):
        upper, lower = t[(*before, slice(1, None))], t[(*before, slice(None, -1))]
        run = comparison.not_equal if t.dtype == BOOL else arithmetic.subtract
        t = run(upper, lower)
    return t
