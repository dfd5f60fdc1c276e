"""Order, search and counting."""

from __future__ import annotations

from typing import Any

from inspector.engine import promotion
from inspector.engine.primitives import choice, joining, shaping, sorting
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    FLOAT32,
    INT32,
    cast_to,
    normalize_axis,
    numeric,
    operands,
    tensor,
)


def _line(x: Any, axis: int | None) -> tuple[Tensor, int]:
    t = tensor(x)
    if axis is None:
        return shaping.reshape(t, shape=(t.size,)), 0
    return t, normalize_axis(axis, t.ndim)


def sort(x: Any, axis: int | None = -1) -> Any:
    t, along = _line(x, axis)
    return sorting.sort(t, axis=along)


def argsort(x: Any, axis: int | None = -1) -> Any:
    if tensor(x).ndim == 0:
        return choice.full_like(tensor(x), value=0, dtype=INT32)
    t, along = _line(x, axis)
    return sorting.argsort(t, axis=along)


def argpartition(x: Any, kth: int, axis: int | None = -1) -> Any:
    t, along = _line(x, axis)
    return sorting.argpartition(t, kth=int(kth), axis=along)


def nonzero(x: Any) -> Any:
    t = tensor(x)
    return sorting.nonzero(shaping.reshape(t, shape=(1,)) if t.ndim == 0 else t)


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Where each value goes in a sorted vector."""
    line = tensor(sorted_sequence)
    if line.ndim != 1:
        raise ValueError(
            "`searchsorted` only supports 1-D sorted sequences. You can use `keras.ops."
            f"vectorized_map` to extend it to N-D sequences. Received: {line.shape}"
        )
    return sorting.searchsorted(*operands(line, tensor(values)), side=side)


def digitize(x: Any, bins: Any) -> Any:
    """The number of the bin that each value is in: bins[i-1] <= x < bins[i]."""
    values, edges = operands(tensor(x), tensor(bins))
    return sorting.searchsorted(edges, values, side="right")


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """How often each number occurs, in each row of x; weights are added up instead of ones.

    Raises:
        ValueError: a sparse result was asked for, or x has more than two axes.
    """
    if sparse:
        raise ValueError("Unsupported value `sparse=True` with numpy backend")
    t = tensor(x)
    t = cast_to(t, INT32) if t.dtype.kind != "i" else t
    w = None if weights is None else tensor(weights)
    if t.ndim > 2:
        raise ValueError(f"bincount takes one or two axes. Received: {t.shape}")
    least = int(minlength) if minlength is not None else 0
    if w is not None:
        w = numeric(w)
    if t.ndim < 2:
        return sorting.bincount(*([t] if w is None else [t, w]), minlength=least)
    largest = int(t.max()) + 1 if t.size else 0
    rows = [
        sorting.bincount(*([t[i]] if w is None else [t[i], w[i]]), minlength=max(least, largest))
        for i in range(t.shape[0])
    ]
    return joining.stack(*rows, axis=0)


def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The distinct values, in ascending order (`sorted` or not), cut or filled up to `size`."""
    t = tensor(x)
    along = None if axis is None else normalize_axis(axis, t.ndim)
    values, first, inverse, counts = sorting.unique(t, axis=along)
    if size is not None:
        values, first, counts = _sized(values, first, counts, along or 0, int(size), fill_value)
    asked = [
        part
        for part, want in (
            (first, return_index),
            (inverse, return_inverse),
            (counts, return_counts),
        )
        if want
    ]
    return (values, *asked) if asked else values


def _sized(
    values: Tensor, first: Tensor, counts: Tensor, axis: int, size: int, fill: Any
) -> tuple[Tensor, Tensor, Tensor]:
    have = values.shape[axis]
    if have >= size:
        before = (slice(None),) * axis
        return values[(*before, slice(0, size))], first[:size], counts[:size]
    missing = size - have
    shape = (*values.shape[:axis], missing, *values.shape[axis + 1 :])
    filler = tensor(0 if fill is None else fill, values.dtype)
    more = shaping.broadcast_to(filler, shape=shape)
    start = shaping.broadcast_to(first[:1], shape=(missing,))
    none = choice.full_like(start, value=0)
    return (
        joining.concatenate(values, more, axis=axis),
        joining.concatenate(first, start, axis=0),
        joining.concatenate(counts, none, axis=0),
    )


def histogram(x: Any, bins: Any = 10, range: tuple[Any, Any] | None = None) -> Any:
    """How many values fall into each bin, and the bins' edges; the last bin is closed.

    Raises:
        ValueError: the range is no pair in ascending order.
    """
    t = numeric(x)
    edges = _edges(t, bins, range)
    line = shaping.reshape(t, shape=(t.size,))
    a, b = operands(line, edges)
    # Left of edge i are all values below it; the last edge counts what equals it too.
    below = sorting.searchsorted(sorting.sort(a, axis=0), b[:-1], side="left")
    upto = sorting.searchsorted(sorting.sort(a, axis=0), b[-1:], side="right")
    limits = joining.concatenate(below, upto, axis=0)
    return cast_to(limits[1:] - limits[:-1], INT32), edges


def _edges(t: Tensor, bins: Any, limits: tuple[Any, Any] | None) -> Tensor:
    from inspector.keras_backend.ops.numpy.creation import linspace

    if not isinstance(bins, int):
        return tensor(bins)
    if limits is not None:
        low, high = (float(limit) for limit in limits)
    elif t.size:
        low, high = float(t.min()), float(t.max())
    else:
        low, high = 0.0, 1.0
    if low > high:
        raise ValueError(f"`range` must ascend. Received: {limits}")
    if low == high:
        low, high = low - 0.5, high + 0.5
    dtype = t.dtype if promotion.is_float(t.dtype) else FLOAT32
    edges: Tensor = linspace(low, high, bins + 1, dtype=dtype)
    return edges
