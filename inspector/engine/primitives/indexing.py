"""Parts of a tensor by index: reading them, putting values at them, adding at them.

A `key` is a tuple of ints, slices, None, Ellipsis and `ARRAY`; each `ARRAY` stands for the next
index tensor among the inputs. A boolean index makes the shape depend on the data.

    y = x[2, :, i, j]          get_item(x, i, j, key=(2, slice(None), ARRAY, ARRAY))
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from inspector.engine.accumulation import add_at, add_rows, combine_at
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import choice, shaping
from inspector.engine.rules import Shape, broadcast, same, sum_to
from inspector.engine.tensor import Tensor
from inspector.errors import NoValue

Key = tuple[Any, ...]
How = Literal["set", "add", "multiply", "maximum", "minimum"]

ARRAY = "array"


def filled(key: Key, arrays: Any) -> Any:
    """The key with its index arrays in place."""
    if not arrays:
        return key
    rest = iter(arrays)
    return tuple(next(rest) if part is ARRAY or part == ARRAY else part for part in key)


def full_key(key: Key, ndim: int, masks: int = 0) -> list[Any]:
    """The key with an entry for every axis: Ellipsis and what is missing at the end as slices."""
    used = sum(part is not None and part is not Ellipsis for part in key) + masks
    if used > ndim:
        raise IndexError(f"too many indices: {used} for {ndim} axes")
    rest = [slice(None)] * (ndim - used)
    if Ellipsis not in [part for part in key if part is Ellipsis]:
        return [*key, *rest]
    at = next(i for i, part in enumerate(key) if part is Ellipsis)
    return [*key[:at], *rest, *key[at + 1 :]]


def _item_shape(shape: Shape, *arrays: Shape, key: Key) -> Shape:
    entries, axis = full_key(key, len(shape)), 0
    advanced = ARRAY in [part for part in entries if isinstance(part, str)]
    found: list[int] = []
    places: list[int] = []
    left = list(arrays)
    index_shapes: list[Shape] = []
    for position, part in enumerate(entries):
        if part is None:
            found.append(1)
            continue
        if isinstance(part, slice):
            found.append(len(range(*part.indices(shape[axis]))))
        else:
            if part != ARRAY and not -shape[axis] <= part < shape[axis]:
                raise IndexError(f"index {part} is out of range for axis {axis} of {shape}")
            if advanced:
                index_shapes.append(left.pop(0) if part == ARRAY else ())
                places.append(position)
        axis += 1
    if not advanced:
        return tuple(found)
    together = places[-1] - places[0] == len(places) - 1
    at = sum(p is None or isinstance(p, slice) for p in entries[: places[0]]) if together else 0
    return (*found[:at], *broadcast(*index_shapes), *found[at:])


def _item_dtype(dtype: Any, *indices: Any, key: Key) -> Any:
    if any(index.kind == "b" for index in indices):
        raise NoValue(
            "A symbolic tensor was indexed with a boolean mask: the number of results depends on "
            "the values.",
            fix="Use `ops.where`, which keeps the shape.",
        )
    return dtype


def _item_back(wanted: Any, g: Tensor, y: Tensor, x: Tensor, *arrays: Tensor, key: Key) -> Any:
    found = put_in_zeros(g, *arrays, key=key, shape=x.shape) if wanted[0] else None
    return [found, *[None] * len(arrays)]


@primitive(shape=_item_shape, dtype=_item_dtype, vjp=_item_back)
def get_item(xp: Any, x: Any, *arrays: Any, key: Key) -> Any:
    """x[key], as NumPy has it; an index out of range is an error on every device."""
    check_key(xp, x.shape, key, arrays)
    return x[filled(key, arrays)]


def _zeros_back(
    wanted: Any, g: Tensor, y: Tensor, x: Tensor, *arrays: Tensor, key: Key, shape: Shape
) -> Any:
    return [get_item(g, *arrays, key=key), *[None] * len(arrays)]


@primitive(shape=lambda g, *arrays, key, shape: shape, dtype=same, vjp=_zeros_back)
def put_in_zeros(xp: Any, g: Any, *arrays: Any, key: Key, shape: Shape) -> Any:
    """Zeros with `g` added at the key: the way back through reading a part."""
    zeros = xp.zeros(shape, dtype=g.dtype)
    if arrays:
        check_key(xp, shape, key, arrays)
        return add_at(xp, zeros, filled(key, arrays), g)
    zeros[key] = g
    return zeros


def _put_back(
    wanted: Any,
    g: Tensor,
    y: Tensor,
    x: Tensor,
    values: Tensor,
    *arrays: Tensor,
    key: Key,
    how: How = "set",
) -> Any:
    there = get_item(g, *arrays, key=key)
    none = [None] * len(arrays)
    if how == "add":
        return [g, sum_to(there, values.shape), *none]
    if how == "multiply":
        factor = put(choice.full_like(x, value=1), values, *arrays, key=key, how="multiply")
        # The product of all other factors; at a zero, x itself (exact for positions named once).
        nothing = values == 0
        divisor = choice.where(nothing, choice.full_like(values, value=1), values)
        others = get_item(g * y, *arrays, key=key) / divisor
        alone = there * get_item(x, *arrays, key=key)
        return [g * factor, sum_to(choice.where(nothing, alone, others), values.shape), *none]
    zero = choice.full_like(values, value=0)
    if how == "set":
        return [put(g, zero, *arrays, key=key), sum_to(there, values.shape), *none]
    stays = x == y
    wins = get_item(y, *arrays, key=key) == values
    # What is equally large shares the gradient.
    hits = shaping.cast(wins, dtype=g.dtype)
    ties = shaping.cast(stays, dtype=g.dtype)
    ties = ties + put_in_zeros(hits, *arrays, key=key, shape=x.shape)
    shared = g / choice.where(ties == 0, choice.full_like(ties, value=1), ties)
    to_x = choice.where(stays, shared, choice.full_like(g, value=0))
    there = get_item(shared, *arrays, key=key)
    to_values = choice.where(wins, there, choice.full_like(there, value=0))
    return [to_x, sum_to(to_values, values.shape), *none]


@primitive(shape=same, dtype=same, vjp=_put_back)
def put(xp: Any, x: Any, values: Any, *arrays: Any, key: Key, how: How = "set") -> Any:
    """A copy of x with `values` put at the key, or combined with what is there."""
    check_key(xp, x.shape, key, arrays)
    copied, where = x.copy(), filled(key, arrays)
    if how != "set":
        return combine_at(xp, how, copied, where, values)
    copied[where] = values
    return copied


def _taken(shape: Shape, indices: Shape, *, axis: int) -> Shape:
    return (*shape[:axis], *indices, *shape[axis + 1 :])


def _take_back(g: Tensor, y: Tensor, x: Tensor, indices: Tensor, axis: int) -> Tensor:
    return add_slices(g, indices, axis=axis, size=x.shape[axis])


@primitive(shape=_taken, dtype=same, vjp=each(_take_back, None))
def take(xp: Any, x: Any, indices: Any, axis: int) -> Any:
    """Slices along an axis, by their numbers; negative ones count from the end."""
    check_bounds(xp, indices, x.shape[axis])
    return xp.take(x, indices, axis=axis)


@primitive(
    shape=lambda g, indices, axis, size: (
        *g[:axis],
        size,
        *g[axis + len(indices) :],
    ),
    dtype=same,
    vjp=each(lambda g, y, x, indices, axis, size: take(g, indices, axis=axis), None),
)
def add_slices(xp: Any, g: Any, indices: Any, axis: int, size: int) -> Any:
    """Zeros of `size` slices with those of `g` added at their numbers: the way back of take."""
    rows = xp.moveaxis(g, range(axis, axis + indices.ndim), range(indices.ndim))
    rest = rows.shape[indices.ndim :]
    summed = add_rows(
        xp, rows.reshape(indices.size, math.prod(rest)), indices.reshape(-1) % size, size
    )
    return xp.moveaxis(summed.reshape(size, *rest), 0, axis)


def _along(shape: Shape, indices: Shape, *, axis: int, **constants: Any) -> Shape:
    ones = [size if i != axis else 1 for i, size in enumerate(shape)]
    outer = [size if i != axis else 1 for i, size in enumerate(indices)]
    found = list(broadcast(tuple(ones), tuple(outer)))
    found[axis] = indices[axis]
    return tuple(found)


def _along_back(g: Tensor, y: Tensor, x: Tensor, indices: Tensor, axis: int) -> Tensor:
    return add_along_axis(g, indices, axis=axis, shape=x.shape)


@primitive(shape=_along, dtype=same, vjp=each(_along_back, None))
def take_along_axis(xp: Any, x: Any, indices: Any, axis: int) -> Any:
    """From each line along the axis the elements with the numbers in the line of `indices`."""
    check_bounds(xp, indices, x.shape[axis])
    return xp.take_along_axis(x, indices, axis=axis)


@primitive(
    shape=lambda g, indices, axis, shape: shape,
    dtype=same,
    vjp=each(lambda g, y, x, indices, axis, shape: take_along_axis(g, indices, axis=axis), None),
)
def add_along_axis(xp: Any, g: Any, indices: Any, axis: int, shape: Shape) -> Any:
    """Zeros with `g` added where take_along_axis reads."""
    numbers = xp.broadcast_to(indices, g.shape) if indices.shape != g.shape else indices
    where = []
    for i, size in enumerate(g.shape):
        # An axis of size 1 was read by all lines of the indices.
        line = xp.arange(size) if shape[i] != 1 else xp.zeros(size, dtype=int)
        where.append(line.reshape([-1 if j == i else 1 for j in range(g.ndim)]))
    where[axis] = numbers
    return add_at(xp, xp.zeros(shape, dtype=g.dtype), tuple(where), g)


def check_key(xp: Any, shape: Shape, key: Key, arrays: Any) -> None:
    """On CuPy, where a wrong index wraps around in silence, the error that NumPy gives."""
    if xp is np or not arrays or any(a.dtype.kind == "b" for a in arrays):
        return
    axis, left = 0, list(arrays)
    for part in full_key(key, len(shape)):
        if part is None:
            continue
        if isinstance(part, str):
            check_bounds(xp, left.pop(0), shape[axis])
        axis += 1


def check_bounds(xp: Any, indices: Any, size: int) -> None:
    """The same for one index array; costs a synchronisation, hence only where it is needed."""
    if xp is np or not indices.size:
        return
    if bool(((indices < -size) | (indices >= size)).any()):
        low, high = int(indices.min()), int(indices.max())
        wrong = low if low < -size else high
        raise IndexError(f"index {wrong} is out of range for an axis of size {size}")
