"""Sliding windows over the spatial axes of (batch, *space, channels) arrays.

padding   one (before, after) pair per spatial axis; negative amounts crop
windows   a view, (batch, *places, *kernel, channels): nothing is copied
offsets   for each kernel position, the slices of places and of inputs that meet there
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

Sizes = tuple[int, ...]
Padding = tuple[tuple[int, int], ...]
# Strides, padding, dilation and groups of a convolution.
How = tuple[Sizes, Padding, Sizes, int]


def places(size: int, kernel: int, stride: int, pad: tuple[int, int], dilation: int) -> int:
    """How many windows fit along one axis; 0 where the kernel is larger than the input."""
    room = size + pad[0] + pad[1] - ((kernel - 1) * dilation + 1)
    return room // stride + 1 if room >= 0 else 0


def all_places(
    space: Sizes, kernel: Sizes, strides: Sizes, padding: Padding, dilation: Sizes
) -> Sizes:
    """`places` of every spatial axis."""
    return tuple(map(places, space, kernel, strides, padding, dilation))


def same_padding(space: Sizes, kernel: Sizes, strides: Sizes, dilation: Sizes) -> Padding:
    """Padding that gives ceil(size / stride) windows; the odd one goes after, as in TensorFlow."""
    pairs = []
    for size, width, stride, step in zip(space, kernel, strides, dilation, strict=True):
        total = max((-(-size // stride) - 1) * stride + (width - 1) * step + 1 - size, 0)
        pairs.append((total // 2, total - total // 2))
    return tuple(pairs)


def padded(xp: Any, x: Any, padding: Padding, value: float = 0.0) -> Any:
    """X with its spatial axes padded (or cropped); x itself, contiguous, where nothing is to do."""
    if not any(map(any, padding)):
        return xp.ascontiguousarray(x)
    space, inner, taken = [], [], []
    for size, (before, after) in zip(x.shape[1:-1], padding, strict=True):
        length = max(0, size + min(before, 0) + min(after, 0))
        space.append(size + before + after)
        inner.append(slice(max(before, 0), max(before, 0) + length))
        taken.append(slice(max(-before, 0), max(-before, 0) + length))
    shape = (x.shape[0], *space, x.shape[-1])
    out = xp.zeros(shape, x.dtype) if value == 0 else xp.full(shape, value, x.dtype)
    out[(slice(None), *inner)] = x[(slice(None), *taken)]
    return out


def mirrored_padding(
    kernel: Sizes, dilation: Sizes, padding: Padding, space: Sizes = (), fit: Sizes = ()
) -> Padding:
    """The padding with which a convolution of stride 1, its kernel mirrored, runs the other way.

    space, fit: sizes of the result and of the operand, where the padding after matters.
    """
    ends = zip(space, fit, strict=True) if space else [(0, 0)] * len(kernel)
    return tuple(
        ((size - 1) * step - before, wide - places + before)
        for size, step, (before, _), (wide, places) in zip(
            kernel, dilation, padding, ends, strict=True
        )
    )


def windows(xp: Any, x: Any, kernel: Sizes, strides: Sizes, dilation: Sizes) -> Any:
    """The windows of an array that is padded already."""
    rank = len(kernel)
    step = x.strides[1:-1]
    fit = all_places(x.shape[1:-1], kernel, strides, ((0, 0),) * rank, dilation)
    return xp.lib.stride_tricks.as_strided(
        x,
        (x.shape[0], *fit, *kernel, x.shape[-1]),
        (
            x.strides[0],
            *(a * b for a, b in zip(step, strides, strict=True)),
            *(a * b for a, b in zip(step, dilation, strict=True)),
            x.strides[-1],
        ),
    )


def offsets(
    space: Sizes, fit: Sizes, kernel: Sizes, strides: Sizes, padding: Padding, dilation: Sizes
) -> Iterator[tuple[Sizes, tuple[slice, ...], tuple[slice, ...]]]:
    """(kernel position, slices of the places, slices of the input) of the unpadded input."""
    axes = [
        [meeting(position, size, fit_, stride, pad[0], step) for position in range(width)]
        for size, fit_, width, stride, pad, step in zip(
            space, fit, kernel, strides, padding, dilation, strict=True
        )
    ]
    for position in itertools.product(*map(range, kernel)):
        met = [axis[index] for axis, index in zip(axes, position, strict=True)]
        if all(one.start < one.stop for one, _ in met):
            yield position, tuple(one for one, _ in met), tuple(two for _, two in met)


def meeting(
    position: int, size: int, fit: int, stride: int, before: int, step: int
) -> tuple[slice, slice]:
    """Places whose kernel position `position` lies inside the input, and the inputs there."""
    shift = position * step - before
    first = max(0, -(shift // stride))
    last = min(fit, (size - 1 - shift) // stride + 1) if size > shift else 0
    start = first * stride + shift
    return slice(first, last), slice(start, start + (last - first - 1) * stride + 1, stride)
