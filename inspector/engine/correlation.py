"""The arithmetic of convolutions on plain arrays: three maps, four ways to compute each.

    pointwise   kernel of size 1: one matrix product
    dense       windows copied side by side (im2col), then one product; in chunks that fit the
                cache, so that the copies never travel to main memory and back
    depthwise   one group per channel: no product of matrices (depthwise.py)
    grouped     the dense way, group by group

Images are (batch, *space, channels), kernels (*kernel, channels / groups, filters).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from inspector.engine import depthwise
from inspector.engine.windows import (
    How,
    Padding,
    Sizes,
    all_places,
    mirrored_padding,
    offsets,
    padded,
    windows,
)

Finish = Callable[[Any, int], None]

# Elements of copied windows at a time: 2 MB of float32 on a CPU, 256 MB on a GPU.
_CHUNK, _GPU_CHUNK = 1 << 19, 1 << 26
_FLOAT32 = np.dtype("float32")
# Elements, and least rows, of a product before it is finished.
_STRETCH, _FEWEST_ROWS = 1 << 17, 256


def forward(xp: Any, x: Any, w: Any, shape: Sizes, how: How, finish: Finish | None = None) -> Any:
    """Y of `shape` from x and w.

    finish: may change y; called with stretches of its rows and where they begin, while they are
        in the cache. NumPy only, and not for 16-bit floats.
    """
    if finish is not None:
        return _finished(x, w, shape, how, finish)
    if _is_half(xp, x):
        wide = forward(xp, x.astype(_FLOAT32), w.astype(_FLOAT32), shape, how)
        return wide.astype(x.dtype)
    strides, padding, dilation, groups = how
    if 0 in shape or 0 in x.shape:
        return xp.zeros(shape, x.dtype)
    if _is_depthwise(x.shape[-1], w, groups):
        return depthwise.forward(xp, x, w, shape, how)
    if groups > 1:
        parts = zip(xp.split(x, groups, -1), xp.split(w, groups, -1), strict=True)
        part = (*shape[:-1], shape[-1] // groups)
        single = (strides, padding, dilation, 1)
        return xp.concatenate([forward(xp, a, b, part, single) for a, b in parts], -1)
    if _is_pointwise(w, padding):
        picked = xp.ascontiguousarray(x[_strided(strides)])
        product = xp.matmul(picked.reshape(-1, x.shape[-1]), w.reshape(w.shape[-2:]))
        return product.reshape(shape)
    if max(strides) == 1 and _is_narrowing(x.shape[-1], shape[-1]):
        mirrored, around = _mirrored(w, dilation, padding)
        return _scattered(xp, x, mirrored, shape, (strides, around, dilation, 1))
    out = xp.empty(shape, x.dtype)
    matrix = xp.ascontiguousarray(w).reshape(-1, shape[-1])
    view = windows(xp, padded(xp, x, padding), w.shape[:-2], strides, dilation)
    for columns, part in _columns(xp, view, out):
        xp.matmul(columns, matrix, out=part)
    return out


def _finished(x: Any, w: Any, shape: Sizes, how: How, finish: Finish) -> Any:
    strides, padding, dilation, groups = how
    filters = shape[-1]
    if groups == 1 and _is_pointwise(w, padding):
        picked = np.ascontiguousarray(x[_strided(strides)]).reshape(-1, x.shape[-1])
        return finished_product(picked, w.reshape(w.shape[-2:]), finish).reshape(shape)
    if groups > 1 or (max(strides) == 1 and _is_narrowing(x.shape[-1], filters)):
        out = forward(np, x, w, shape, how)
        finish(out.reshape(-1, filters), 0)
        return out
    out = np.empty(shape, x.dtype)
    matrix = np.ascontiguousarray(w).reshape(-1, filters)
    view = windows(np, padded(np, x, padding), w.shape[:-2], strides, dilation)
    start = 0
    for columns, part in _columns(np, view, out):
        np.matmul(columns, matrix, out=part)
        finish(part, start)
        start += len(part)
    return out


def finished_product(rows: Any, matrix: Any, finish: Finish) -> Any:
    """The product of two matrices, `finish` called with stretches of its rows."""
    out = np.empty((len(rows), matrix.shape[1]), rows.dtype)
    # Fewer rows at a time would not be worth arranging the matrix for the product again.
    step = max(_FEWEST_ROWS, _STRETCH // matrix.shape[1])
    for start in range(0, len(rows), step):
        part = out[start : start + step]
        np.matmul(rows[start : start + step], matrix, out=part)
        finish(part, start)
    return out


def input_gradient(xp: Any, g: Any, w: Any, shape: Sizes, how: How) -> Any:
    """Dx of `shape` from dy and w."""
    if _is_half(xp, g):
        wide = input_gradient(xp, g.astype(_FLOAT32), w.astype(_FLOAT32), shape, how)
        return wide.astype(g.dtype)
    strides, padding, dilation, groups = how
    if 0 in shape or 0 in g.shape:
        return xp.zeros(shape, g.dtype)
    if _is_depthwise(shape[-1], w, groups):
        return depthwise.input_gradient(xp, g, w, shape, how)
    if groups > 1:
        parts = zip(xp.split(g, groups, -1), xp.split(w, groups, -1), strict=True)
        part = (*shape[:-1], shape[-1] // groups)
        single = (strides, padding, dilation, 1)
        return xp.concatenate([input_gradient(xp, a, b, part, single) for a, b in parts], -1)
    if _is_pointwise(w, padding):
        return _scattered_pointwise(xp, g, w, shape, strides)
    if max(strides) == 1 and not _is_narrowing(g.shape[-1], shape[-1]):
        # Every output place sees the kernel mirrored: a convolution of dy.
        mirrored, around = _mirrored(w, dilation, padding, shape[1:-1], g.shape[1:-1])
        return forward(xp, g, mirrored, shape, (strides, around, dilation, 1))
    return _scattered(xp, g, w, shape, how)


def weight_gradient(xp: Any, x: Any, g: Any, shape: Sizes, how: How) -> Any:
    """Dw of `shape` from x and dy."""
    if _is_half(xp, x):
        wide = weight_gradient(xp, x.astype(_FLOAT32), g.astype(_FLOAT32), shape, how)
        return wide.astype(x.dtype)
    strides, padding, dilation, groups = how
    if 0 in x.shape or 0 in g.shape or 0 in shape:
        return xp.zeros(shape, x.dtype)
    if shape[-2] == 1 and groups == x.shape[-1] and groups > 1:
        return depthwise.weight_gradient(xp, x, g, shape, how)
    if groups > 1:
        parts = zip(xp.split(x, groups, -1), xp.split(g, groups, -1), strict=True)
        part = (*shape[:-1], shape[-1] // groups)
        single = (strides, padding, dilation, 1)
        return xp.concatenate([weight_gradient(xp, a, b, part, single) for a, b in parts], -1)
    g = xp.ascontiguousarray(g)
    if math.prod(shape[:-2]) == 1 and not any(map(any, padding)):
        picked = xp.ascontiguousarray(x[_strided(strides)]).reshape(-1, x.shape[-1])
        return xp.matmul(picked.T, g.reshape(-1, shape[-1])).reshape(shape)
    view = windows(xp, padded(xp, x, padding), shape[:-2], strides, dilation)
    view = view[(slice(None), *(slice(size) for size in g.shape[1:-1]))]
    total = xp.zeros((math.prod(shape[:-1]), shape[-1]), x.dtype)
    for columns, part in _columns(xp, view, g):
        total += xp.matmul(columns.T, part)
    return total.reshape(shape)


def _chunk(xp: Any) -> int:
    return _CHUNK if xp is np else _GPU_CHUNK


def _is_half(xp: Any, x: Any) -> bool:
    """Whether to widen to float32: NumPy has no fast product of 16-bit floats (or integers)."""
    return bool(x.dtype.itemsize < 4) and (xp is np or x.dtype.kind != "f")


def _is_narrowing(channels: int, filters: int) -> bool:
    """Whether multiplying first and adding windows after is less work than copying windows."""
    return 8 * filters <= channels


def _mirrored(
    w: Any, dilation: Sizes, padding: Padding, space: Sizes = (), fit: Sizes = ()
) -> tuple[Any, Padding]:
    """The kernel and padding with which a convolution of stride 1 runs the other way.

    space, fit: sizes of the result and of the operand, where the padding after matters.
    """
    rank = len(dilation)
    around = mirrored_padding(w.shape[:rank], dilation, padding, space, fit)
    return w[(slice(None, None, -1),) * rank].swapaxes(-1, -2), around


def _is_pointwise(w: Any, padding: Padding) -> bool:
    return math.prod(w.shape[:-2]) == 1 and not any(map(any, padding))


def _is_depthwise(channels: int, w: Any, groups: int) -> bool:
    return groups > 1 and groups == channels and w.shape[-2] == 1


def _strided(strides: Sizes) -> tuple[slice, ...]:
    return (slice(None), *(slice(None, None, step) for step in strides))


def _columns(xp: Any, view: Any, images: Any) -> Iterator[tuple[Any, Any]]:
    """(window matrix, rows of `images`) chunk by chunk; the matrix is reused, so use it at once.

    A chunk is some whole images, or some rows of one image.
    """
    width = math.prod(view.shape[images.ndim - 1 :])
    batch, first, rest = images.shape[0], images.shape[1], math.prod(images.shape[2:-1])
    limit = max(1, _chunk(xp) // max(1, width * rest))
    rows = min(first, limit)
    count = max(1, min(batch, limit // first)) if rows == first else 1
    buffer = xp.empty((count * rows * rest, width), view.dtype)
    for n, row in itertools.product(range(0, batch, count), range(0, first, rows)):
        source = view[n : n + count, row : row + rows]
        part = images[n : n + count, row : row + rows].reshape(-1, images.shape[-1])
        columns = buffer[: len(part)]
        columns.reshape(source.shape)[...] = source
        yield columns, part


def _scattered_pointwise(xp: Any, g: Any, w: Any, shape: Sizes, strides: Sizes) -> Any:
    product = xp.matmul(xp.ascontiguousarray(g).reshape(-1, g.shape[-1]), w.reshape(w.shape[-2:]).T)
    product = product.reshape(*g.shape[:-1], shape[-1])
    if max(strides) == 1 and product.shape == tuple(shape):
        return product
    out = xp.zeros(shape, g.dtype)
    target = out[_strided(strides)]
    target[tuple(slice(size) for size in product.shape)] = product
    return out


def _scattered(xp: Any, g: Any, w: Any, shape: Sizes, how: How) -> Any:
    """Dx by adding every place's scaled kernel where it lies (col2im)."""
    strides, padding, dilation, _ = how
    kernel, channels = w.shape[:-2], shape[-1]
    matrix = xp.ascontiguousarray(w).reshape(-1, w.shape[-1]).T
    out = xp.zeros(shape, g.dtype)
    g = xp.ascontiguousarray(g)
    per_image = math.prod(g.shape[1:-1])
    count = min(len(g), max(1, _chunk(xp) // max(1, per_image * matrix.shape[1])))
    buffer = xp.empty((count * per_image, matrix.shape[1]), g.dtype)
    pairs = list(offsets(shape[1:-1], g.shape[1:-1], kernel, strides, padding, dilation))
    for n in range(0, len(g), count):
        part = g[n : n + count]
        flat = part.reshape(-1, g.shape[-1])
        product = xp.matmul(flat, matrix, out=buffer[: len(flat)])
        product = product.reshape(*part.shape[:-1], *kernel, channels)
        chunk = out[n : n + count]
        for position, at_places, at_inputs in pairs:
            chunk[(slice(None), *at_inputs)] += product[(slice(None), *at_places)][
                (..., *position, slice(None))
            ]
    return out


__all__ = ["all_places", "forward", "input_gradient", "weight_gradient"]
