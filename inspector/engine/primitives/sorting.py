"""Order and counting: sort, top_k, searchsorted, and what depends on the data's own values."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine.primitive import each, primitive
from inspector.engine.primitives.indexing import add_along_axis
from inspector.engine.promotion import EXTENDED_FLOATS
from inspector.engine.rules import FLOAT32, INT32, Shape, same, to_int32
from inspector.engine.tensor import Tensor
from inspector.errors import NoValue


def _sortable(x: Any) -> Any:
    """Bfloat16 and float8 as float32, which has all of their values: CuPy sorts neither."""
    return x.astype(FLOAT32) if x.dtype in EXTENDED_FLOATS else x


def _sort_back(g: Tensor, y: Tensor, x: Tensor, axis: int) -> Tensor:
    return add_along_axis(g, argsort(x, axis=axis), axis=axis, shape=x.shape)


@primitive(shape=same, dtype=same, vjp=each(_sort_back))
def sort(xp: Any, x: Any, axis: int) -> Any:
    """In ascending order along an axis, NaN last."""
    return xp.sort(_sortable(x), axis=axis).astype(x.dtype, copy=False)


@primitive(shape=same, dtype=to_int32)
def argsort(xp: Any, x: Any, axis: int) -> Any:
    """The numbers that sort each line; equals stay in their order."""
    return xp.argsort(_sortable(x), axis=axis, kind="stable").astype(np.int32)


@primitive(shape=same, dtype=to_int32)
def argpartition(xp: Any, x: Any, kth: int, axis: int) -> Any:
    """Numbers that put the kth smallest of each line in its place, smaller ones before it."""
    return xp.argpartition(_sortable(x), kth, axis=axis).astype(np.int32)


def _top(shape: Shape, *, k: int) -> tuple[Shape, Shape]:
    if k > shape[-1]:
        raise ValueError(f"the {k} largest of {shape[-1]} were asked for (shape {shape})")
    return (*shape[:-1], k), (*shape[:-1], k)


def _top_back(wanted: Any, gs: Any, ys: Any, x: Tensor, k: int) -> Any:
    if gs[0] is None:
        return [None]
    return [add_along_axis(gs[0], ys[1], axis=x.ndim - 1, shape=x.shape)]


@primitive(shape=_top, dtype=lambda dtype, k: (dtype, INT32), vjp=_top_back, many=True)
def top_k(xp: Any, x: Any, k: int) -> Any:
    """The k largest of each last-axis line, largest first, and their numbers."""
    _top(x.shape, k=k)
    # Sorting the reversed line keeps equals in their order: the first of them comes first.
    reversed_order = xp.argsort(_sortable(x)[..., ::-1], axis=-1, kind="stable")
    numbers = (x.shape[-1] - 1) - reversed_order[..., ::-1][..., :k]
    return xp.take_along_axis(x, numbers, axis=-1), numbers.astype(np.int32)


def _sites(size: int) -> Any:
    return np.dtype("int32") if size <= np.iinfo(np.int32).max else np.dtype("int64")


@primitive(shape=lambda line, values, side: values, dtype=to_int32)
def searchsorted(xp: Any, line: Any, values: Any, side: str) -> Any:
    """Where each value goes in a sorted line, before its equals ("left") or after them."""
    found = xp.searchsorted(_sortable(line), _sortable(values), side=side)
    return found.astype(_sites(line.size))


def _unknown(name: str) -> Any:
    def rule(*shapes: Any, **constants: Any) -> Any:
        raise NoValue(
            f"{name} of a symbolic tensor: how much comes out depends on the values.",
            fix="Keep it out of the model's symbolic build, or use an op of fixed shape.",
        )

    return rule


@primitive(shape=_unknown("nonzero"), dtype=_unknown("nonzero"), many=True)
def nonzero(xp: Any, x: Any) -> Any:
    """The positions of all that is not zero, one output per axis."""
    return [numbers.astype(np.int32) for numbers in xp.nonzero(x)]


@primitive(shape=_unknown("unique"), dtype=_unknown("unique"), many=True)
def unique(xp: Any, x: Any, axis: int | None = None) -> Any:
    """Sorted distinct values (NaN differs from NaN), first places, which it is, how often."""
    how = {"return_index": True, "return_inverse": True, "return_counts": True}
    values, first, inverse, counts = xp.unique(_sortable(x), axis=axis, equal_nan=False, **how)
    shape = x.shape if axis is None else (x.shape[axis],)
    return [
        values.astype(x.dtype, copy=False),
        first.astype(np.int32),
        inverse.reshape(shape).astype(np.int32),
        counts.astype(np.int32),
    ]


@primitive(shape=_unknown("bincount"), dtype=_unknown("bincount"))
def bincount(xp: Any, x: Any, *weights: Any, minlength: int = 0) -> Any:
    """How often each number from 0 on occurs, or the sum of its weights."""
    if not weights:
        return xp.bincount(x, minlength=minlength).astype(np.int32)
    return xp.bincount(x, weights=weights[0], minlength=minlength).astype(weights[0].dtype)
