"""Reductions of rows that share a number: the segment ops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.engine.accumulation import add_rows, combine_at
from inspector.engine.higher_order import WrittenOut
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import choice, indexing, shaping
from inspector.engine.rules import Shape, same


def _shape(data: Shape, numbers: Shape, *, count: int, **constants: Any) -> Shape:
    return (count, *data[1:])


def _valid(xp: Any, numbers: Any, count: int) -> Any:
    """Rows with a number outside of the segments belong to none."""
    return (numbers >= 0) & (numbers < count)


def _own(values: Any, numbers: Any, count: int) -> Any:
    """Each row's segment's value; 0 for rows of no segment."""
    picked = indexing.take(values, choice.clip(numbers, low=0, high=max(count - 1, 0)), axis=0)
    inside = (numbers >= 0) & (numbers < count)
    mask = inside[(..., *[None] * (picked.ndim - 1))]
    return picked * shaping.cast(mask, dtype=picked.dtype)


def _sum_back(g: Any, y: Any, data: Any, numbers: Any, count: int) -> Any:
    return _own(g, numbers, count)


@primitive(shape=_shape, dtype=same, vjp=each(_sum_back, None))
def segment_sum(xp: Any, data: Any, numbers: Any, count: int) -> Any:
    """The sum of the rows of each segment."""
    valid = _valid(xp, numbers, count)
    rows = data[valid]
    flat = rows.reshape(rows.shape[0], math.prod(data.shape[1:]))
    return add_rows(xp, flat, numbers[valid], count).reshape(count, *data.shape[1:])


def _extreme_back(g: Any, y: Any, data: Any, numbers: Any, count: int, largest: bool) -> Any:
    wins = shaping.cast(data == _own(y, numbers, count), dtype=g.dtype)
    # Rows that tie share the gradient.
    ties = segment_sum(wins, numbers, count=count)
    shared = g / choice.where(ties == 0, choice.full_like(ties, value=1), ties)
    return _own(shared, numbers, count) * wins


@primitive(shape=_shape, dtype=same, vjp=each(_extreme_back, None))
def segment_extreme(xp: Any, data: Any, numbers: Any, count: int, largest: bool) -> Any:
    """The largest (or smallest) of each segment; an empty one has the dtype's own extreme."""
    kind = np.iinfo(data.dtype) if data.dtype.kind in "iu" else None
    low, high = (kind.min, kind.max) if kind is not None else (-np.inf, np.inf)
    made = xp.full((count, *data.shape[1:]), low if largest else high, dtype=data.dtype)
    valid = _valid(xp, numbers, count)
    how = "maximum" if largest else "minimum"
    made = combine_at(xp, how, made, numbers[valid], data[valid])
    return made


@primitive(
    shape=lambda g, data, numbers, *, count: data,
    dtype=same,
    vjp=WrittenOut("segment_product_grad"),
)
def segment_product_grad(xp: Any, g: Any, data: Any, numbers: Any, count: int) -> Any:
    """The gradient through segment_product to the rows."""
    inside = _valid(xp, numbers, count)
    own = xp.where(inside, numbers, 0)
    # The product of the others, which dividing would not give where a row is 0.
    zero = data == 0
    safe = xp.where(zero, xp.ones_like(data), data)
    rest = segment_product.forward(xp, safe, numbers, count)
    zeros = segment_sum.forward(xp, zero.astype(data.dtype), numbers, count)
    alone = (zeros[own] - zero.astype(data.dtype)) == 0
    kept = alone & inside.reshape(-1, *[1] * (data.ndim - 1))
    return g[own] * rest[own] / safe * kept.astype(data.dtype)


def _product_back(g: Any, y: Any, data: Any, numbers: Any, count: int) -> Any:
    return segment_product_grad(g, data, numbers, count=count)


@primitive(shape=_shape, dtype=same, vjp=each(_product_back, None))
def segment_product(xp: Any, data: Any, numbers: Any, count: int) -> Any:
    """The product of the rows of each segment."""
    made = xp.ones((count, *data.shape[1:]), dtype=data.dtype)
    valid = _valid(xp, numbers, count)
    made = combine_at(xp, "multiply", made, numbers[valid], data[valid])
    return made
