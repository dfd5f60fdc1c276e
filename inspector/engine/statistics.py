"""The arithmetic of normalization on plain arrays, in blocks of rows that stay in the cache.

Sums over all rows are those of the blocks, added up in the blocks' order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from inspector.engine import pool
from inspector.engine.blocks import column_sums, row_sums

_BLOCK = 1 << 15
_WIDE = 1 << 10
_FLOAT32 = np.dtype("float32")
_FLOAT64 = np.dtype("float64")

Result = TypeVar("Result")


def _is_half(x: Any) -> bool:
    return bool(x.dtype.itemsize < 4)


def _each_block(xp: Any, shape: tuple[int, int], work: Callable[[slice], Result]) -> list[Result]:
    rows, width = shape
    step = max(1, _BLOCK // max(1, width)) if xp is np else max(1, rows)
    return pool.each_block(rows, step, work)


def _is_per_channel(x: Any, a: Any) -> bool:
    """Whether `a` differs along the last axis only, and x is stored in that order."""
    return bool(a.size == a.shape[-1] == x.shape[-1] and x.flags.c_contiguous and a.ndim == x.ndim)


def scaled(xp: Any, x: Any, a: Any, b: Any) -> Any:
    """X · a + b, broadcast."""
    if xp is np and x.ndim > 1 and x.size > _BLOCK and _is_per_channel(x, a) and a.shape == b.shape:
        return _scaled_channels(x, a.reshape(-1), b.reshape(-1))
    out = xp.multiply(x, a)
    out += b
    return out


def _scaled_channels(x: Any, a: Any, b: Any) -> Any:
    """The same, per channel: a few rows are taken as one, since short rows make slow loops."""
    out = np.empty(x.shape, x.dtype)
    channels = x.shape[-1]
    rows = x.size // channels
    fold = max(1, _WIDE // channels)
    whole = rows // fold * fold
    source, target = x.reshape(rows, channels), out.reshape(rows, channels)
    if whole:
        _scale_rows(source[:whole], target[:whole], np.tile(a, fold), np.tile(b, fold))
    if whole < rows:
        _scale_rows(source[whole:], target[whole:], a, b)
    return out


def _scale_rows(source: Any, target: Any, a: Any, b: Any) -> None:
    source, target = source.reshape(-1, a.size), target.reshape(-1, a.size)

    def scale(part: slice) -> None:
        np.multiply(source[part], a, out=target[part])
        target[part] += b

    _each_block(np, source.shape, scale)


def moments(xp: Any, x: Any, axis: tuple[int, ...]) -> tuple[Any, Any]:
    """Mean and variance over some axes, kept with size 1; the variance from centred values."""
    if _is_half(x):
        mean, variance = moments(xp, x.astype(_FLOAT32), axis)
        return mean.astype(x.dtype), variance.astype(x.dtype)
    last = x.ndim - 1
    if xp is np and x.size > _BLOCK and x.flags.c_contiguous and axis == tuple(range(last)):
        return _channel_moments(x)
    mean = x.mean(axis=axis, keepdims=True)
    centred = x - mean
    centred *= centred
    return mean, centred.mean(axis=axis, keepdims=True)


def _channel_moments(x: Any) -> tuple[Any, Any]:
    rows = x.reshape(-1, x.shape[-1])
    total = np.zeros(x.shape[-1], _FLOAT64)
    for added in _each_block(np, rows.shape, lambda part: column_sums(np, rows[part])):
        total += added
    mean = (total / len(rows)).astype(x.dtype)

    def squares(part: slice) -> Any:
        centred = rows[part] - mean
        return np.einsum("rc,rc->c", centred, centred)

    total[:] = 0
    for added in _each_block(np, rows.shape, squares):
        total += added
    kept = (1,) * (x.ndim - 1) + (-1,)
    return mean.reshape(kept), (total / len(rows)).astype(x.dtype).reshape(kept)


def channel_sums(xp: Any, g: Any, x: Any, mean: Any, axis: int) -> tuple[Any, Any]:
    """Per channel along `axis`, the sums of g and of g · (x - mean), shaped like mean."""
    if _is_half(x):
        g32, x32, mean32 = (a.astype(_FLOAT32) for a in (g, x, mean))
        wide = channel_sums(xp, g32, x32, mean32, axis)
        return wide[0].astype(x.dtype), wide[1].astype(x.dtype)
    if xp is np and _is_per_channel(x, mean):
        return _channel_sums(np.ascontiguousarray(g), x, mean)
    axes = tuple(i for i in range(x.ndim) if i != axis)
    product = x - mean
    product *= g
    return g.sum(axis=axes, keepdims=True), product.sum(axis=axes, keepdims=True)


def _channel_sums(g: Any, x: Any, mean: Any) -> tuple[Any, Any]:
    channels = x.shape[-1]
    left, right = g.reshape(-1, channels), x.reshape(-1, channels)
    total, product = np.zeros(channels, _FLOAT64), np.zeros(channels, _FLOAT64)
    flat = mean.reshape(-1)

    def sums(part: slice) -> tuple[Any, Any]:
        products = np.einsum("rc,rc->c", left[part], right[part] - flat)
        return column_sums(np, left[part]), products

    for added, products in _each_block(np, right.shape, sums):
        total += added
        product += products
    return total.astype(x.dtype).reshape(mean.shape), product.astype(x.dtype).reshape(mean.shape)


def _unit_rows(xp: Any, x: Any, out: Any, epsilon: float, centered: bool) -> Any:
    """Rows centred (if asked) and scaled to unit mean square, into out; the factors."""
    width = x.shape[1]
    if centered:
        xp.subtract(x, row_sums(xp, x) * (1 / width), out=out)
        squares = xp.einsum("rc,rc->r", out, out)
    else:
        squares = xp.einsum("rc,rc->r", x, x)
    squares /= width
    squares += epsilon
    factor = (1.0 / xp.sqrt(squares)).reshape(-1, 1)
    xp.multiply(out if centered else x, factor, out=out)
    return factor


def normalized(xp: Any, x: Any, scale: Any, offset: Any, epsilon: float, centered: bool) -> Any:
    """Layer or RMS normalization of the last axis."""
    if _is_half(x):
        x32, scale, offset = (None if a is None else a.astype(_FLOAT32) for a in (x, scale, offset))
        return normalized(xp, x32, scale, offset, epsilon, centered).astype(x.dtype)
    rows = xp.ascontiguousarray(x).reshape(-1, x.shape[-1])
    out = xp.empty(rows.shape, x.dtype)

    def fill(part: slice) -> None:
        target = out[part]
        _unit_rows(xp, rows[part], target, epsilon, centered)
        if scale is not None:
            target *= scale
        if offset is not None:
            target += offset

    _each_block(xp, rows.shape, fill)
    return out.reshape(x.shape)


def normalized_slopes(
    xp: Any, g: Any, x: Any, scale: Any, epsilon: float, centered: bool
) -> tuple[Any, Any, Any]:
    """Gradients through `normalized` to x, scale and offset.

    With u the normalized rows and h = g · scale:  dx = (h - mean(h) - u · mean(h · u)) · factor
    """
    if _is_half(x):
        wide = None if scale is None else scale.astype(_FLOAT32)
        found = normalized_slopes(
            xp, g.astype(_FLOAT32), x.astype(_FLOAT32), wide, epsilon, centered
        )
        return found[0].astype(x.dtype), found[1].astype(x.dtype), found[2].astype(x.dtype)
    width = x.shape[-1]
    rows = xp.ascontiguousarray(x).reshape(-1, width)
    given = xp.ascontiguousarray(g).reshape(-1, width)
    out = xp.empty(rows.shape, x.dtype)
    to_scale, to_offset = xp.zeros(width, x.dtype), xp.zeros(width, x.dtype)

    def fill(part: slice) -> tuple[Any, Any]:
        target, one = out[part], given[part]
        unit = xp.empty(target.shape, x.dtype)
        factor = _unit_rows(xp, rows[part], unit, epsilon, centered)
        sums = xp.einsum("rc,rc->c", one, unit), column_sums(xp, one)
        through = one if scale is None else one * scale
        unit *= (xp.einsum("rc,rc->r", through, unit) / width).reshape(-1, 1)
        xp.subtract(through, unit, out=target)
        if centered:
            target -= row_sums(xp, through) * (1 / width)
        target *= factor
        return sums

    for of_scale, of_offset in _each_block(xp, rows.shape, fill):
        to_scale += of_scale
        to_offset += of_offset
    return out.reshape(x.shape), to_scale, to_offset
