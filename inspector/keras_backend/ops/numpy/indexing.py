"""Reading by index."""

from __future__ import annotations

from typing import Any

from inspector.engine import array_module
from inspector.engine.primitives import choice, comparison, indexing, shaping
from inspector.engine.promotion import is_inexact
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    BOOL,
    INT32,
    cast_to,
    constant,
    normalize_axis,
    sizes,
    tensor,
)


def _whole(indices: Any) -> Tensor:
    t = tensor(indices)
    return cast_to(t, INT32) if is_inexact(t.dtype) or t.dtype == BOOL else t


def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    t, numbers = tensor(x), _whole(indices)
    if axis is None:
        return indexing.take(shaping.reshape(t, shape=(t.size,)), numbers, axis=0)
    return indexing.take(t, numbers, axis=normalize_axis(axis, t.ndim))


def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    t, numbers = tensor(x), _whole(indices)
    if axis is None:
        flat = shaping.reshape(t, shape=(t.size,))
        line = shaping.reshape(numbers, shape=(numbers.size,))
        return indexing.take_along_axis(flat, line, axis=0)
    return indexing.take_along_axis(t, numbers, axis=normalize_axis(axis, t.ndim))


def unravel_index(indices: Any, shape: Any) -> Any:
    """Positions in a flat tensor as one tensor of positions per axis; negative ones from the end.

    Raises:
        ValueError: a position is out of range.
    """
    rest = _whole(indices)
    lengths = sizes(shape)
    total = 1
    for size in lengths:
        total *= size
    if not rest.is_meta and rest.size:
        xp = array_module.xp
        if bool(xp.any((rest.data >= total) | (rest.data < -total))):
            raise ValueError(f"unravel_index: an index is out of range for shape {lengths}")
    negative = comparison.less(rest, constant(0, rest.dtype))
    rest = choice.where(negative, rest + total, rest)
    found = []
    for size in reversed(lengths):
        found.append(rest % size)
        rest = rest // size
    return tuple(reversed(found))
