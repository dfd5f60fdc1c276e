"""Several tensors into one, one into several, and copies side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitives import indexing, joining, shaping
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    common,
    normalize_axis,
    operands,
    sizes,
    tensor,
)


def concatenate(xs: Any, axis: int | None = 0) -> Any:
    tensors = common(_listed(xs))
    if axis is None:
        return joining.concatenate(*[_raveled(t) for t in tensors], axis=0)
    if len({t.ndim for t in tensors}) > 1:
        raise ValueError(f"shapes {[t.shape for t in tensors]} differ in rank")
    return joining.concatenate(*tensors, axis=normalize_axis(axis, tensors[0].ndim))


def _listed(xs: Any) -> Sequence[Any]:
    found: Sequence[Any] = xs if isinstance(xs, list | tuple) else list(tensor(xs))
    if not found:
        raise ValueError("There is nothing to join: the list of tensors is empty.")
    return found


def _raveled(t: Tensor) -> Tensor:
    found: Tensor = shaping.reshape(t, shape=(t.size,))
    return found


def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    return concatenate(list(operands(x1, x2)), axis)


def stack(x: Any, axis: int = 0) -> Any:
    tensors = common(_listed(x))
    return joining.stack(*tensors, axis=normalize_axis(axis, tensors[0].ndim + 1))


def _at_least(t: Tensor, ndim: int) -> Tensor:
    """With axes of size 1 as NumPy adds them: in front, the third one behind."""
    shape = t.shape or (1,)
    if ndim > 1 and len(shape) == 1:
        shape = (1, *shape)
    if ndim > 2 and len(shape) == 2:
        shape = (*shape, 1)
    found: Tensor = t if shape == t.shape else shaping.reshape(t, shape=shape)
    return found


def hstack(xs: Any) -> Any:
    tensors = [_at_least(t, 1) for t in common(_listed(xs))]
    return concatenate(tensors, 0 if tensors[0].ndim == 1 else 1)


def vstack(xs: Any) -> Any:
    return concatenate([_at_least(t, 2) for t in common(_listed(xs))], 0)


def dstack(xs: Any) -> Any:
    return concatenate([_at_least(t, 3) for t in common(_listed(xs))], 2)


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Equal parts, or the parts between the given points."""
    t = tensor(x)
    along = normalize_axis(axis, t.ndim)
    if not isinstance(indices_or_sections, int):
        return list(joining.split(t, points=sizes(indices_or_sections), axis=along))
    size, count = t.shape[along], indices_or_sections
    if count <= 0 or size % count:
        raise ValueError(f"an axis of size {size} cannot be split into {count} equal parts")
    return list(
        joining.split(t, points=tuple(range(size // count, size, size // count)), axis=along)
        if size
        else joining.split(t, points=(0,) * (count - 1), axis=along)
    )


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Parts of nearly equal size: the first ones are larger by one."""
    if not isinstance(indices_or_sections, int):
        return split(x, indices_or_sections, axis)
    t = tensor(x)
    along = normalize_axis(axis, t.ndim)
    count = indices_or_sections
    if count <= 0:
        raise ValueError(f"the number of parts must be positive. Received: {count}")
    each, more = divmod(t.shape[along], count)
    counts = [each + 1] * more + [each] * (count - more)
    return list(joining.split(t, points=tuple(accumulate(counts))[:-1], axis=along))


def hsplit(x: Any, indices_or_sections: Any) -> Any:
    t = tensor(x)
    return split(t, indices_or_sections, 0 if t.ndim == 1 else 1)


def vsplit(x: Any, indices_or_sections: Any) -> Any:
    return split(x, indices_or_sections, 0)


def dsplit(x: Any, indices_or_sections: Any) -> Any:
    return split(x, indices_or_sections, 2)


def tile(x: Any, repeats: Any) -> Any:
    """The whole tensor side by side so many times along each axis."""
    t = tensor(x)
    counts = sizes(repeats)
    ndim = max(len(counts), t.ndim)
    counts = (1,) * (ndim - len(counts)) + counts
    shape = (1,) * (ndim - t.ndim) + t.shape
    apart = tuple(size for axis in shape for size in (1, axis))
    spread = tuple(size for pair in zip(counts, shape, strict=True) for size in pair)
    copies = shaping.broadcast_to(shaping.reshape(t, shape=apart), shape=spread)
    whole = tuple(count * axis for count, axis in zip(counts, shape, strict=True))
    return shaping.reshape(copies, shape=whole)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each slice so many times in a row; `repeats` may give a number for each slice."""
    t = tensor(x)
    if axis is None:
        t, along = _raveled(t), 0
    else:
        along = normalize_axis(axis, t.ndim)
    counts = repeats if isinstance(repeats, int) else np.asarray(repeats).reshape(-1)
    if isinstance(counts, int) or counts.size == 1:
        return shaping.repeat(
            t, repeats=int(counts if isinstance(counts, int) else counts[0]), axis=along
        )
    if counts.size != t.shape[along]:
        raise ValueError(f"`repeats` has {counts.size} numbers for {t.shape[along]} slices")
    numbers = np.repeat(np.arange(counts.size), counts)
    return indexing.take(t, Tensor(array_module.xp.asarray(numbers)), axis=along)
