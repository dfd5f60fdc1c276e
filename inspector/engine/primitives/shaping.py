"""Ops that move values without computing: reshape, transpose, broadcast, cast."""

from __future__ import annotations

import math
from typing import Any

from inspector.engine.primitive import each, primitive
from inspector.engine.rules import Shape, broadcast, same, sum_to


def _reshaped(old: Shape, *, shape: Shape) -> Shape:
    """The target shape with its -1 filled in."""
    known = math.prod(size for size in shape if size != -1)
    if -1 in shape:
        free = math.prod(old) // known if known else 0
        shape = tuple(free if size == -1 else size for size in shape)
    if math.prod(shape) != math.prod(old):
        raise ValueError(f"cannot reshape {old} into {shape}")
    return shape


@primitive(
    shape=_reshaped, dtype=same, vjp=each(lambda g, y, x, shape: reshape(g, shape=x.shape))
)
def reshape(xp: Any, x: Any, shape: Shape) -> Any:
    return x.reshape(shape)


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


@primitive(
    shape=lambda shape, axes: tuple(shape[axis] for axis in axes),
    dtype=same,
    vjp=each(lambda g, y, x, axes: transpose(g, axes=_inverse(axes))),
)
def transpose(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """`axes` is a full permutation of non-negative axes."""
    return x.transpose(axes)


def _broadcast_to(old: Shape, *, shape: Shape) -> Shape:
    if broadcast(old, shape) != tuple(shape):
        raise ValueError(f"cannot broadcast {old} to {shape}")
    return shape


@primitive(
    shape=_broadcast_to, dtype=same, vjp=each(lambda g, y, x, shape: sum_to(g, x.shape))
)
def broadcast_to(xp: Any, x: Any, shape: Shape) -> Any:
    return xp.broadcast_to(x, shape)


@primitive(
    shape=same,
    dtype=lambda old, dtype: dtype,
    elementwise=True,
    vjp=each(lambda g, y, x, dtype: cast(g, dtype=x.dtype)),
)
def cast(xp: Any, x: Any, dtype: Any) -> Any:
    if x.dtype.kind == "c" and dtype.kind != "c":
        x = x.real
    return x.astype(dtype)
