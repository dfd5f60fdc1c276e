"""Which kernel computes a primitive: a rule per primitive, None where its kernel does not fit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.engine.cuda import checks
from inspector.engine.cuda.dispatch import note
from inspector.engine.cuda.launch import by_row, each, fits, takes, work_dtype
from inspector.engine.primitives.attention import MASKED, forbidden
from inspector.engine.windows import Padding, Sizes, all_places

_PIECES = 1 << 17
# Longer rows than this are too long for one block of threads.
_WIDEST = 1 << 16


def sizes(
    space: Sizes, fit: Sizes, kernel: Sizes, strides: Sizes, padding: Padding, dilation: Sizes
) -> tuple[int, ...]:
    """The SIZES of window.cuh: every list as three axes, the missing ones of size 1."""
    befores = tuple(before for before, _ in padding)
    lists = (space, fit, kernel, strides, befores, dilation)
    fills = (1, 1, 1, 1, 0, 1)
    return tuple(
        n
        for values, fill in zip(lists, fills, strict=True)
        for n in (fill,) * (3 - len(values)) + tuple(values)
    )


def pieces_of(rows: int, width: int) -> int:
    """In how many pieces the sums over rows are taken: enough threads, at least 16 rows each."""
    return max(1, min(rows // 16, _PIECES // width))


def _pooling(name: str, *, back: bool) -> Any:
    """The rule of a pooling primitive; `back`: its result has the size of the input."""

    def rule(
        xp: Any,
        *arrays: Any,
        size: Sizes,
        strides: Sizes,
        padding: Padding,
        space: Sizes | None = None,
    ) -> Any:
        last = arrays[-1]
        if not takes(*arrays) or len(size) > 3:
            return None
        space = last.shape[1:-1] if space is None else space
        fit = all_places(space, size, strides, padding, (1,) * len(size))
        y = xp.empty((last.shape[0], *(space if back else fit), last.shape[-1]), last.dtype)
        if not fits(y):
            return None
        given = [xp.ascontiguousarray(a) for a in arrays]
        geometry = sizes(space, fit, size, strides, padding, (1,) * len(size))
        each(xp, f"pool.{name}", y.dtype, y.size, *given, y, y.size, y.shape[-1], *geometry)
        note(f"kernel {name}")
        return y

    return rule


def _softmax(name: str, logarithm: bool) -> Any:
    def rule(xp: Any, *arrays: Any, axis: int) -> Any:
        if not takes(*arrays):
            return None
        rows = [xp.ascontiguousarray(xp.moveaxis(a, axis, -1)) for a in arrays]
        y = xp.empty(rows[0].shape, rows[0].dtype)
        width = y.shape[-1]
        by_row(xp, f"rows.{name}", y.dtype, y.size // width, width, *rows, y, width, logarithm)
        note(f"kernel {name}")
        return xp.moveaxis(y, -1, axis)

    return rule


def _attention(
    xp: Any, *arrays: Any, scale: float, causal: bool, has_bias: bool, has_mask: bool
) -> Any:
    """Two products around the softmax kernel, which writes over the scores."""
    q, k, v, *rest = arrays
    if not takes(q, k, v) or q.dtype.itemsize < 4:
        return None
    scores = xp.matmul(q.transpose(0, 2, 1, 3) * scale, k.transpose(0, 2, 3, 1))
    if not fits(scores):
        return None
    if has_bias:
        scores += rest[0]
    blocked = forbidden(xp, scores.shape, rest[-1] if has_mask else None, causal)
    if blocked is not None:
        xp.copyto(scores, MASKED, where=blocked)
    width = scores.shape[-1]
    how = (scores, scores, width, False)
    by_row(xp, "rows.softmax", scores.dtype, scores.size // width, width, *how)
    note("kernel softmax")
    return xp.matmul(scores, v.transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3), scores


def _layer_norm(
    xp: Any,
    x: Any,
    *rest: Any,
    epsilon: float,
    centered: bool,
    has_scale: bool,
    has_offset: bool,
) -> Any:
    if not takes(x, *rest):
        return None
    x = xp.ascontiguousarray(x)
    y, width = xp.empty(x.shape, x.dtype), x.shape[-1]
    scale = rest[0] if has_scale else x
    offset = rest[-1] if has_offset else x
    how = (width, float(epsilon), centered, has_scale, has_offset)
    by_row(xp, "rows.layer_norm", x.dtype, x.size // width, width, x, scale, offset, y, *how)
    note("kernel layer_norm")
    return y


def _layer_norm_grad(
    xp: Any, g: Any, x: Any, *scale: Any, epsilon: float, centered: bool, has_scale: bool
) -> Any:
    if not takes(g, x, *scale):
        return None
    g, x = xp.ascontiguousarray(g), xp.ascontiguousarray(x)
    dx, width = xp.empty(x.shape, x.dtype), x.shape[-1]
    rows = x.size // width
    means, factors = (xp.empty(rows, work_dtype(x.dtype)) for _ in range(2))
    arrays = (g, x, scale[0] if has_scale else x, dx, means, factors)
    how = (width, float(epsilon), centered, has_scale)
    by_row(xp, "rows.layer_norm_grad", x.dtype, rows, width, *arrays, *how)
    found = _column_sums(xp, "norm_parts", (g, x, means, factors), rows, width)
    note("kernel layer_norm_grad")
    return dx, found[1], found[0]


def _column_sums(xp: Any, kernel: str, arrays: tuple[Any, ...], rows: int, width: int) -> Any:
    """The two sums per column, (2, width)."""
    dtype, pieces = arrays[0].dtype, pieces_of(rows, width)
    parts, found = xp.empty((pieces, 2, width), np.float64), xp.empty((2, width), dtype)
    each(xp, f"columns.{kernel}", dtype, pieces * width, *arrays, parts, rows, width, pieces)
    by_row(xp, "columns.merge_sums", dtype, 2 * width, pieces, parts, found, width, pieces)
    return found


def _moments(xp: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """Over all axes but the last, or over the last ones."""
    axes = tuple(sorted(a % x.ndim for a in axis))
    first = tuple(range(x.ndim - 1))
    if not takes(x) or axes not in (first, tuple(range(x.ndim - len(axes), x.ndim))) or not axes:
        return None
    x = xp.ascontiguousarray(x)
    shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    mean, variance = xp.empty(shape, x.dtype), xp.empty(shape, x.dtype)
    if axes == first:
        width = x.shape[-1]
        rows, pieces = x.size // width, pieces_of(x.size // width, width)
        parts = xp.empty((pieces, 2, width), np.float64)
        how = (rows, width, pieces)
        each(xp, "columns.moment_parts", x.dtype, pieces * width, x, parts, *how)
        merged = (parts, mean, variance, *how)
        by_row(xp, "columns.merge_moments", x.dtype, width, pieces, *merged)
    else:
        width = x.size // mean.size
        if width > _WIDEST:
            return None
        by_row(xp, "rows.row_moments", x.dtype, mean.size, width, x, mean, variance, width)
    note("kernel moments")
    return mean, variance


def _channel_sums(xp: Any, g: Any, x: Any, mean: Any, axis: int) -> Any:
    if not takes(g, x, mean) or axis % x.ndim != x.ndim - 1 or mean.size != x.shape[-1]:
        return None
    g, x = xp.ascontiguousarray(g), xp.ascontiguousarray(x)
    width = x.shape[-1]
    found = _column_sums(
        xp, "sum_parts", (g, x, xp.ascontiguousarray(mean)), x.size // width, width
    )
    note("kernel channel_sums")
    return found[0].reshape(mean.shape), found[1].reshape(mean.shape)


def _channels(x: Any, *vectors: Any) -> tuple[int, int] | None:
    """How many elements of x lie in a row for each value of the vectors, and how many values.

    None: the vectors vary along several axes, or not along the same.
    """
    shape = vectors[0].shape
    if len(shape) != x.ndim or any(v.shape != shape for v in vectors):
        return None
    varying = [axis for axis, size in enumerate(shape) if size != 1]
    if not varying:
        return x.size, 1
    axis = varying[0]
    if len(varying) > 1 or shape[axis] != x.shape[axis]:
        return None
    return math.prod(x.shape[axis + 1 :]), shape[axis]


def _affine(name: str) -> Any:
    """The rule of a primitive that maps x with vectors along one axis."""

    def rule(xp: Any, x: Any, *vectors: Any, **how: Any) -> Any:
        place = _channels(x, *vectors) if takes(x, *vectors) else None
        if place is None:
            return None
        x = xp.ascontiguousarray(x)
        y = xp.empty(x.shape, x.dtype)
        given = [xp.ascontiguousarray(v) for v in vectors]
        options: tuple[Any, ...] = ()
        if name == "batch_norm":
            has = how["has_scale"], how["has_offset"]
            given = [*given[:2], given[2] if has[0] else x, given[-1] if has[1] else x]
            options = (float(how["epsilon"]), *has)
        each(xp, f"columns.{name}", x.dtype, x.size, x, *given, y, x.size, *place, *options)
        note(f"kernel {name}")
        return y

    return rule


def _take(xp: Any, x: Any, indices: Any, axis: int) -> Any:
    """The one wait is for `wrong`: whether an index was out of range."""
    kernel = f"gather_{x.dtype.itemsize}_{indices.dtype.itemsize}"
    if kernel not in GATHERS or indices.dtype.kind != "i" or not (fits(x) and fits(indices)):
        return None
    y = xp.empty((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]), x.dtype)
    if not fits(y):
        return None
    wrong, inner = xp.zeros(1, np.int32), math.prod(x.shape[axis + 1 :])
    given = (xp.ascontiguousarray(x), xp.ascontiguousarray(indices), y, wrong)
    place = (y.size, indices.size, x.shape[axis], inner)
    each(xp, f"gather.{kernel}", np.dtype("float32"), y.size, *given, *place)
    if not checks.passes(wrong):
        return None  # the function for both names the index in its error
    note("kernel gather")
    return y


GATHERS = {f"gather_{size}_{index}" for size in (1, 2, 4, 8) for index in (4, 8)}

RULES = {
    "max_pool": _pooling("max_pool", back=False),
    "max_pool_grad": _pooling("max_pool_grad", back=True),
    "max_pool_pick": _pooling("max_pool_pick", back=False),
    "average_pool": _pooling("average_pool", back=False),
    "average_pool_grad": _pooling("average_pool_grad", back=True),
    "softmax": _softmax("softmax", logarithm=False),
    "log_softmax": _softmax("softmax", logarithm=True),
    "softmax_grad": _softmax("softmax_grad", logarithm=False),
    "log_softmax_grad": _softmax("softmax_grad", logarithm=True),
    "attention": _attention,
    "layer_norm": _layer_norm,
    "layer_norm_grad": _layer_norm_grad,
    "moments": _moments,
    "channel_sums": _channel_sums,
    "batch_norm": _affine("batch_norm"),
    "scale_shift": _affine("scale_shift"),
    "take": _take,
}
