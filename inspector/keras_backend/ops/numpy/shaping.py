"""Other shapes of the same values."""

from __future__ import annotations

import builtins
from typing import Any

from inspector.engine import array_module
from inspector.engine.primitives import choice, shaping
from inspector.engine.rules import normalize_axes
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import normalize_axis, sizes, tensor


def reshape(x: Any, newshape: Any) -> Any:
    return shaping.reshape(tensor(x), shape=sizes(newshape))


def ravel(x: Any) -> Any:
    return shaping.reshape(tensor(x), shape=(-1,))


def transpose(x: Any, axes: Any = None) -> Any:
    t = tensor(x)
    if axes is None:
        order = tuple(range(t.ndim))[::-1]
    else:
        order = tuple(normalize_axis(int(axis), t.ndim) for axis in axes)
        if sorted(order) != list(range(t.ndim)):
            raise ValueError(f"`axes` must name each axis of {t.shape} once. Received: {axes}")
    return shaping.transpose(t, axes=order)


def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    t = tensor(x)
    order = list(range(t.ndim))
    first, second = normalize_axis(axis1, t.ndim), normalize_axis(axis2, t.ndim)
    order[first], order[second] = second, first
    return shaping.transpose(t, axes=tuple(order))


def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    t = tensor(x)
    sources = [source] if isinstance(source, int) else list(source)
    targets = [destination] if isinstance(destination, int) else list(destination)
    if len(sources) != len(targets):
        raise ValueError("`source` and `destination` must have the same number of elements.")
    sources = [normalize_axis(a, t.ndim) for a in sources]
    targets = [normalize_axis(a, t.ndim) for a in targets]
    order = [axis for axis in range(t.ndim) if axis not in sources]
    for target, axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, axis)
    return shaping.transpose(t, axes=tuple(order))


def expand_dims(x: Any, axis: Any) -> Any:
    t = tensor(x)
    if isinstance(axis, int):
        place = normalize_axis(axis, t.ndim + 1)
        return shaping.reshape(t, shape=(*t.shape[:place], 1, *t.shape[place:]))
    axes = list(axis)
    ndim = t.ndim + len(axes)
    new = normalize_axes([int(a) for a in axes], ndim)
    rest = iter(t.shape)
    return shaping.reshape(t, shape=tuple(1 if i in new else next(rest) for i in range(ndim)))


def squeeze(x: Any, axis: Any = None) -> Any:
    t = tensor(x)
    if axis is None:
        axes = tuple(i for i, size in enumerate(t.shape) if size == 1)
    else:
        axes = normalize_axes(axis if isinstance(axis, int) else tuple(axis), t.ndim)
    return shaping.reshape(t, shape=shaping.squeezed(t.shape, axes))


def broadcast_to(x: Any, shape: Any) -> Any:
    return shaping.broadcast_to(tensor(x), shape=sizes(shape))


def flip(x: Any, axis: Any = None) -> Any:
    t = tensor(x)
    return shaping.flip(t, axis=normalize_axes(axis, t.ndim))


def fliplr(x: Any) -> Any:
    return flip(x, 1)


def flipud(x: Any) -> Any:
    return flip(x, 0)


def rot90(array: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """Turned by k quarter turns, from the first of `axes` towards the second."""
    t = tensor(array)
    if t.ndim < 2:
        raise ValueError(f"Input array must have at least 2 dimensions. Received: {t.ndim}")
    if len(axes) != 2 or axes[0] == axes[1]:
        raise ValueError(f"Invalid axes: {axes}. Axes must be a tuple of two different dimensions.")
    first, second = (normalize_axis(a, t.ndim) for a in axes)
    turns = k % 4
    if turns == 0:
        return t
    if turns == 2:
        return shaping.flip(t, axis=(first, second))
    if turns == 1:
        return swapaxes(shaping.flip(t, axis=(second,)), first, second)
    return shaping.flip(swapaxes(t, first, second), axis=(second,))


def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    t = tensor(x)
    if axis is None:
        flat = shaping.roll(shaping.reshape(t, shape=(-1,)), shift=(_whole(shift),), axis=(0,))
        return shaping.reshape(flat, shape=t.shape)
    axes = [axis] if isinstance(axis, int) else list(axis)
    steps = list(shift) if isinstance(shift, list | tuple) else [shift] * len(axes)
    if len(steps) == 1:
        steps = steps * len(axes)
    along = tuple(normalize_axis(a, t.ndim) for a in axes)
    return shaping.roll(t, shift=tuple(map(_whole, steps)), axis=along)


def _whole(step: Any) -> int:
    return step if isinstance(step, int) else int(tensor(step))


def tril(x: Any, k: int = 0) -> Any:
    return shaping.tril(_matrix(x), k=int(k))


def triu(x: Any, k: int = 0) -> Any:
    return shaping.triu(_matrix(x), k=int(k))


def _matrix(x: Any) -> Tensor:
    """A vector counts as that row repeated, as in NumPy."""
    t = tensor(x)
    return shaping.broadcast_to(t, shape=(t.size, t.size)) if t.ndim == 1 else t


def diag(x: Any, k: int = 0) -> Any:
    """A matrix with the vector on its k-th diagonal, or the k-th diagonal of a matrix."""
    t = tensor(x)
    if t.ndim == 2:
        return diagonal(t, k)
    if t.ndim != 1:
        raise ValueError(f"Input must be 1-d or 2-d. Received: {t.shape}")
    size = t.size + builtins.abs(k)
    before = (builtins.max(-k, 0), builtins.max(k, 0))
    line = shaping.pad(t, widths=((before[1], before[0]),))
    on_it = Tensor(array_module.xp.eye(size, k=k, dtype=bool))
    grid = shaping.broadcast_to(line, shape=(size, size))
    return choice.where(on_it, grid, choice.full_like(grid, value=0))


def diagflat(x: Any, k: int = 0) -> Any:
    return diag(ravel(x), k)


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The elements on a diagonal of two axes, as a new last axis: each step is a row and one."""
    t = tensor(x)
    if t.ndim < 2:
        raise ValueError(f"diagonal needs at least two axes. Received: {t.shape}")
    matrices = moveaxis(t, (axis1, axis2), (-2, -1))
    rows, columns = matrices.shape[-2:]
    start = offset if offset >= 0 else -offset * columns
    count = builtins.min(rows - builtins.max(-offset, 0), columns - builtins.max(offset, 0))
    count = builtins.max(count, 0)
    flat = shaping.reshape(matrices, shape=(*matrices.shape[:-2], rows * columns))
    stop = start + (count - 1) * (columns + 1) + 1 if count else start
    return flat[..., start : stop : columns + 1]


def ndim(x: Any) -> Any:
    return tensor(x).ndim


def size(x: Any) -> Any:
    return tensor(x).size
