"""Convolutions with one group per channel, on plain arrays; w is (*kernel, 1, channels · many).

On NumPy a block of output rows is one sum of products over a view of the shifted inputs: one pass
for each kernel position, within the cache, and the blocks on several threads. For long inner loops
the last spatial axis and the channels are taken as one row, with the kernel repeated along it.
Where a stride leaves gaps in such a row, and on a GPU, it is multiply-adds of shifted slices.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.engine import pool
from inspector.engine.windows import How, Sizes, mirrored_padding, offsets, padded

# Elements of a block of output rows: 128 KB of float32.
_BLOCK = 1 << 15


def forward(xp: Any, x: Any, w: Any, shape: Sizes, how: How) -> Any:
    """Y of `shape` from x and w."""
    strides, padding, dilation, _ = how
    if xp is not np or strides[-1] > 1:
        return _by_slices(xp, x, w, shape, how)
    many = w.shape[-1] // x.shape[-1]
    wide = padded(np, np.repeat(x, many, -1) if many > 1 else x, padding)
    kernel, width, length = w.shape[:-2], shape[-2], shape[-2] * shape[-1]
    out: Any = np.empty((*shape[:-2], length), x.dtype)
    view, taps = _under(wide, kernel, out.shape, strides, dilation), _repeated(w, width)
    rank = len(kernel)
    rule = "{0}{1}l,{0}l->{1}l".format("ijk"[:rank], "rs"[: rank - 1])
    blocks = _blocks(out.shape, rank)

    def fill(numbers: slice) -> None:
        for image, rows in blocks[numbers]:
            inputs = view[(image, *(slice(None),) * rank, *rows)]
            np.einsum(rule, inputs, taps, out=out[(image, *rows)])

    pool.each_block(len(blocks), 1, fill)
    return out.reshape(shape)


def input_gradient(xp: Any, g: Any, w: Any, shape: Sizes, how: How) -> Any:
    """Dx of `shape` from dy and w."""
    strides, padding, dilation, groups = how
    if xp is not np or max(strides) > 1:
        return _scattered(xp, g, w, shape, how)
    space, fit = shape[1:-1], g.shape[1:-1]
    around = mirrored_padding(w.shape[:-2], dilation, padding, space, fit)
    mirrored = w[(slice(None, None, -1),) * len(space)]
    wide = (*shape[:-1], g.shape[-1])
    found = forward(np, g, mirrored, wide, (strides, around, dilation, groups))
    return found if wide == tuple(shape) else found.reshape(*shape, -1).sum(-1)


def weight_gradient(xp: Any, x: Any, g: Any, shape: Sizes, how: How) -> Any:
    """Dw of `shape` from x and dy."""
    strides, padding, dilation, _ = how
    channels = x.shape[-1]
    deep = g.reshape(*g.shape[:-1], channels, -1)
    out = xp.zeros((*shape[:-2], channels, deep.shape[-1]), x.dtype)
    space = "xyz"[: len(strides)]
    rule = f"n{space}c,n{space}cm->cm"
    pairs = list(offsets(x.shape[1:-1], g.shape[1:-1], shape[:-2], strides, padding, dilation))

    def fill(numbers: slice) -> None:
        for position, at_places, at_inputs in pairs[numbers]:
            source, target = x[(slice(None), *at_inputs)], deep[(slice(None), *at_places)]
            out[position] = xp.einsum(rule, source, target)

    if xp is np:
        pool.each_block(len(pairs), 1, fill)
    else:
        fill(slice(len(pairs)))
    return out.reshape(shape)


def _under(x: Any, kernel: Sizes, fit: Sizes, strides: Sizes, dilation: Sizes) -> Any:
    """What lies under each kernel position: (batch, *kernel, *rows, length); nothing is copied."""
    batch, *space, channel = x.strides
    along = (size * step for size, step in zip(space, dilation, strict=True))
    down = (size * step for size, step in zip(space[:-1], strides[:-1], strict=True))
    return np.lib.stride_tricks.as_strided(
        x, (fit[0], *kernel, *fit[1:]), (batch, *along, *down, channel)
    )


def _repeated(w: Any, width: int) -> Any:
    """The kernel as (*kernel, width · channels): the same at each place of a row."""
    kernel, channels = w.shape[:-2], w.shape[-1]
    each = w.reshape(*kernel, 1, channels)
    return np.broadcast_to(each, (*kernel, width, channels)).reshape(*kernel, width * channels)


def _blocks(shape: Sizes, rank: int) -> list[tuple[int, tuple[slice, ...]]]:
    """An image and some rows of it, as long as the output (batch, *rows, length) has any."""
    if rank == 1:
        return [(image, ()) for image in range(shape[0])]
    step = max(1, _BLOCK // max(1, math.prod(shape[2:])))
    starts = range(0, shape[1], step)
    return [(n, (slice(start, start + step),)) for n in range(shape[0]) for start in starts]


def _by_slices(xp: Any, x: Any, w: Any, shape: Sizes, how: How) -> Any:
    strides, padding, dilation, _ = how
    taps = _spread(w, x.shape[-1])
    many = taps.shape[-1]
    out = xp.zeros((*shape[:-1], x.shape[-1], many) if many > 1 else shape, x.dtype)
    pairs = list(offsets(x.shape[1:-1], shape[1:-1], w.shape[:-2], strides, padding, dilation))
    for position, at_places, at_inputs in pairs:
        source, tap = x[(slice(None), *at_inputs)], taps[position]
        if many > 1:
            out[(slice(None), *at_places)] += source[..., None] * tap
        else:
            out[(slice(None), *at_places)] += source * tap[:, 0]
    return out.reshape(shape)


def _scattered(xp: Any, g: Any, w: Any, shape: Sizes, how: How) -> Any:
    strides, padding, dilation, _ = how
    taps = _spread(w, shape[-1])
    deep = g.reshape(*g.shape[:-1], shape[-1], -1)
    out = xp.zeros(shape, g.dtype)
    pairs = offsets(shape[1:-1], g.shape[1:-1], w.shape[:-2], strides, padding, dilation)
    for position, at_places, at_inputs in pairs:
        source, tap = deep[(slice(None), *at_places)], taps[position]
        added = source[..., 0] * tap[:, 0] if tap.shape[-1] == 1 else (source * tap).sum(-1)
        out[(slice(None), *at_inputs)] += added
    return out


def _spread(kernel: Any, channels: int) -> Any:
    """The kernel as (*kernel, channels, many)."""
    return kernel.reshape(*kernel.shape[:-2], channels, -1)
