"""Ops that move values without computing: reshape, transpose, broadcast, cast, pad, flip, roll."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine.primitive import each, primitive
from inspector.engine.promotion import is_float
from inspector.engine.rules import Shape, broadcast, same, sum_to
from inspector.engine.tensor import STRING, Tensor

Widths = tuple[tuple[int, int], ...]


def _reshaped(old: Shape, *, shape: Shape) -> Shape:
    """The target shape with its -1 filled in."""
    known = math.prod(size for size in shape if size != -1)
    if -1 in shape:
        free = math.prod(old) // known if known else 0
        shape = tuple(free if size == -1 else size for size in shape)
    if math.prod(shape) != math.prod(old):
        raise ValueError(f"cannot reshape {old} into {shape}")
    return shape


def _reshaped_back(g: Tensor, y: Tensor, x: Tensor, shape: Shape) -> Any:
    return reshape(g, shape=x.shape)


@primitive(shape=_reshaped, dtype=same, vjp=each(_reshaped_back))
def reshape(xp: Any, x: Any, shape: Shape) -> Any:
    """The same values in the same order in another shape; one size may be -1."""
    return x.reshape(shape)


def inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation that undoes this one."""
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


def _transposed_back(g: Tensor, y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Any:
    return transpose(g, axes=inverse(axes))


@primitive(
    shape=lambda shape, axes: tuple(shape[axis] for axis in axes),
    dtype=same,
    vjp=each(_transposed_back),
)
def transpose(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """The axes in another order; `axes` is a full permutation of non-negative axes."""
    return x.transpose(axes)


def moved(x: Tensor, source: int, target: int) -> Tensor:
    """One axis moved to another place, the others in their order."""
    if source == target:
        return x
    axes = [axis for axis in range(x.ndim) if axis != source]
    axes.insert(target, source)
    return transpose(x, axes=tuple(axes))


def _broadcast_to(old: Shape, *, shape: Shape) -> Shape:
    if broadcast(old, shape) != tuple(shape):
        raise ValueError(f"cannot broadcast {old} to {shape}")
    return shape


@primitive(shape=_broadcast_to, dtype=same, vjp=each(lambda g, y, x, shape: sum_to(g, x.shape)))
def broadcast_to(xp: Any, x: Any, shape: Shape) -> Any:
    """The values repeated along new axes and along axes of size 1, without copying."""
    return xp.broadcast_to(x, shape)


def _cast_back(g: Tensor, y: Tensor, x: Tensor, dtype: Any) -> Any:
    return cast(g, dtype=x.dtype)


@primitive(
    shape=same,
    dtype=lambda old, dtype: dtype,
    elementwise=True,
    vjp=each(_cast_back),
)
def cast(xp: Any, x: Any, dtype: Any) -> Any:
    """The values in another dtype; of a complex number its real part, if that is asked."""
    if dtype is STRING:
        return x.astype("T")
    if x.dtype.kind == "c" and dtype.kind != "c":
        x = x.real
    if dtype.kind in "iu" and dtype.itemsize < 4 and is_float(x.dtype):
        # A number outside of the range becomes its nearest end, as XLA has it; NumPy and CUDA
        # leave it open, and differ.
        wide = x if x.dtype.itemsize > 2 else x.astype(np.float32)
        x = xp.clip(wide, np.iinfo(dtype).min, np.iinfo(dtype).max)
    return x.astype(dtype)


def _padded(shape: Shape, *, widths: Widths, value: Any = 0) -> Shape:
    found = tuple(
        before + size + after for size, (before, after) in zip(shape, widths, strict=True)
    )
    if min(found, default=0) < 0:
        raise ValueError(f"padding {widths} cuts more than {shape} has")
    return found


def _unpad(g: Tensor, y: Tensor, x: Tensor, widths: Widths, value: Any = 0) -> Tensor:
    return pad(g, widths=tuple((-before, -after) for before, after in widths), value=0)


@primitive(shape=_padded, dtype=same, vjp=each(_unpad))
def pad(xp: Any, x: Any, widths: Widths, value: Any = 0) -> Any:
    """One value put around; negative widths cut off instead."""
    _padded(x.shape, widths=widths)  # cutting more than there is would leave something else
    shape = tuple(max(b, 0) + n + max(a, 0) for n, (b, a) in zip(x.shape, widths, strict=True))
    framed = x
    if shape != x.shape:
        framed = xp.full(shape, value, dtype=x.dtype) if value else xp.zeros(shape, dtype=x.dtype)
        inner = tuple(
            slice(max(b, 0), max(b, 0) + n) for n, (b, _) in zip(x.shape, widths, strict=True)
        )
        framed[inner] = x
    if all(before >= 0 and after >= 0 for before, after in widths):
        return framed
    outer = (slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(shape, widths, strict=True))
    return framed[tuple(outer)]


def _flipped_back(g: Tensor, y: Tensor, x: Tensor, axis: tuple[int, ...]) -> Any:
    return flip(g, axis=axis)


@primitive(shape=same, dtype=same, vjp=each(_flipped_back))
def flip(xp: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """The other way round along these axes."""
    return x[tuple(slice(None, None, -1 if i in axis else 1) for i in range(x.ndim))]


def _rolled_back(
    g: Tensor, y: Tensor, x: Tensor, shift: tuple[int, ...], axis: tuple[int, ...]
) -> Tensor:
    return roll(g, shift=tuple(-step for step in shift), axis=axis)


@primitive(shape=same, dtype=same, vjp=each(_rolled_back))
def roll(xp: Any, x: Any, shift: tuple[int, ...], axis: tuple[int, ...]) -> Any:
    """Shifted along axes; what falls off at the end comes in at the front."""
    return xp.roll(x, shift, axis=axis)


def _repeat_back(g: Tensor, y: Tensor, x: Tensor, repeats: int, axis: int) -> Tensor:
    from inspector.engine.primitives.reduction import sum_

    apart = (*x.shape[: axis + 1], repeats, *x.shape[axis + 1 :])
    return sum_(reshape(g, shape=apart), axis=(axis + 1,))


@primitive(
    shape=lambda shape, repeats, axis: (
        *shape[:axis],
        shape[axis] * repeats,
        *shape[axis + 1 :],
    ),
    dtype=same,
    vjp=each(_repeat_back),
)
def repeat(xp: Any, x: Any, repeats: int, axis: int) -> Any:
    """Each slice along the axis so many times in a row."""
    return xp.repeat(x, repeats, axis=axis)


def _triangle(back: bool) -> Any:
    def rule(g: Tensor, y: Tensor, x: Tensor, k: int = 0) -> Tensor:
        return (tril if back else triu)(g, k=k)

    return each(rule)


@primitive(shape=same, dtype=same, vjp=_triangle(True))
def tril(xp: Any, x: Any, k: int = 0) -> Any:
    """Zero above the k-th diagonal of the last two axes."""
    return xp.where(xp.tri(*x.shape[-2:], k=k, dtype=bool), x, xp.zeros((), dtype=x.dtype))


@primitive(shape=same, dtype=same, vjp=_triangle(False))
def triu(xp: Any, x: Any, k: int = 0) -> Any:
    """Zero below the k-th diagonal of the last two axes."""
    return xp.where(xp.tri(*x.shape[-2:], k=k - 1, dtype=bool), xp.zeros((), dtype=x.dtype), x)


def squeezed(shape: Shape, axes: Sequence[int]) -> Shape:
    """The shape without these axes, which must have size 1.

    Raises:
        ValueError: one of them has another size.
    """
    for axis in axes:
        if shape[axis] != 1:
            raise ValueError(f"cannot squeeze axis {axis} of size {shape[axis]} ({shape})")
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)
