"""Several tensors into one and one into several: concatenate, stack, split, unstack."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from inspector.engine.primitive import primitive
from inspector.engine.primitives import choice, shaping
from inspector.engine.rules import Shape, same
from inspector.engine.tensor import Tensor


def _joined(*shapes: Shape, axis: int) -> Shape:
    first = shapes[0]
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(
            a != b for i, (a, b) in enumerate(zip(shape, first, strict=True)) if i != axis
        ):
            raise ValueError(f"shapes {list(shapes)} differ in another axis than {axis}")
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def _concatenate_back(
    wanted: Sequence[bool], g: Tensor, y: Tensor, *xs: Tensor, axis: int
) -> list[Tensor | None]:
    points = tuple(accumulate(x.shape[axis] for x in xs[:-1]))
    parts = split(g, points=points, axis=axis)
    return [part if want else None for part, want in zip(parts, wanted, strict=True)]


@primitive(shape=_joined, dtype=same, vjp=_concatenate_back)
def concatenate(xp: Any, *xs: Any, axis: int) -> Any:
    """One after the other along an axis that they have."""
    return xp.concatenate(xs, axis=axis)


def _stack_back(
    wanted: Sequence[bool], g: Tensor, y: Tensor, *xs: Tensor, axis: int
) -> list[Tensor | None]:
    parts = unstack(g, axis=axis, count=len(xs))
    return [part if want else None for part, want in zip(parts, wanted, strict=True)]


def _stacked(*shapes: Shape, axis: int) -> Shape:
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError(f"shapes {list(shapes)} differ")
    return (*shapes[0][:axis], len(shapes), *shapes[0][axis:])


@primitive(shape=_stacked, dtype=same, vjp=_stack_back)
def stack(xp: Any, *xs: Any, axis: int) -> Any:
    """Side by side along a new axis."""
    return xp.stack(xs, axis=axis)


def _cut(size: int, points: Sequence[int]) -> list[tuple[int, int]]:
    bounds = [0, *(min(p if p >= 0 else max(p + size, 0), size) for p in points), size]
    return [(start, max(start, stop)) for start, stop in pairwise(bounds)]


def _split(shape: Shape, *, points: tuple[int, ...], axis: int) -> list[Shape]:
    cuts = _cut(shape[axis], points)
    return [(*shape[:axis], stop - start, *shape[axis + 1 :]) for start, stop in cuts]


def _filled(gradients: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> list[Tensor]:
    return [
        choice.full_like(y, value=0) if g is None else g
        for g, y in zip(gradients, outputs, strict=True)
    ]


def _split_back(
    wanted: Sequence[bool],
    gs: Sequence[Tensor | None],
    ys: Sequence[Tensor],
    x: Tensor,
    points: tuple[int, ...],
    axis: int,
) -> list[Tensor | None]:
    if all(a <= b for a, b in pairwise([0, *points])):
        return [concatenate(*_filled(gs, ys), axis=axis)]
    # Unordered points make parts that overlap; their gradients add up.
    total = choice.full_like(x, value=0)
    cuts = _cut(x.shape[axis], points)
    for g, (start, stop) in zip(_filled(gs, ys), cuts, strict=True):
        widths = [(0, 0)] * x.ndim
        widths[axis] = (start, x.shape[axis] - stop)
        total = total + shaping.pad(g, widths=tuple(widths))
    return [total]


@primitive(
    shape=_split,
    dtype=lambda dtype, points, axis: [dtype] * (len(points) + 1),
    vjp=_split_back,
    many=True,
)
def split(xp: Any, x: Any, points: tuple[int, ...], axis: int) -> Any:
    """The parts between these points of an axis."""
    before = (slice(None),) * axis
    return [x[(*before, slice(start, stop))] for start, stop in _cut(x.shape[axis], points)]


def _unstack_back(
    wanted: Sequence[bool],
    gs: Sequence[Tensor | None],
    ys: Sequence[Tensor],
    x: Tensor,
    axis: int,
    count: int,
) -> list[Tensor | None]:
    return [stack(*_filled(gs, ys), axis=axis)]


@primitive(
    shape=lambda shape, axis, count: [(*shape[:axis], *shape[axis + 1 :])] * count,
    dtype=lambda dtype, axis, count: [dtype] * count,
    vjp=_unstack_back,
    many=True,
)
def unstack(xp: Any, x: Any, axis: int, count: int) -> Any:
    """Each slice along an axis of size `count`, without that axis."""
    before = (slice(None),) * axis
    return [x[(*before, index)] for index in range(count)]
