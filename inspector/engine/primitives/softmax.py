"""softmax and log_softmax along one axis, with the maximum subtracted first."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine import pool
from inspector.engine.blocks import row_sums
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives.elementwise import exp
from inspector.engine.primitives.reduction import sum_
from inspector.engine.rules import same

_BLOCK = 1 << 15
_FLOAT32 = np.dtype("float32")


def along_rows(xp: Any, formula: Callable[..., None], *arrays: Any, axis: int) -> Any:
    """`formula(xp, out, *arrays)` on (rows, axis) matrices, a block of rows at a time.

    16-bit floats are computed in float32.
    """
    first = arrays[0]
    dtype = first.dtype
    moved = [xp.moveaxis(a, axis, -1) for a in arrays]
    if dtype.itemsize < 4:
        moved = [a.astype(_FLOAT32) for a in moved]
    *outer, width = moved[0].shape
    rows = [xp.ascontiguousarray(a).reshape(math.prod(outer), width) for a in moved]
    out = xp.empty(rows[0].shape, rows[0].dtype)
    step = max(1, _BLOCK // max(width, 1)) if xp is np else max(1, len(out))

    def fill(part: slice) -> None:
        formula(xp, out[part], *[a[part] for a in rows])

    pool.each_block(len(out) if width else 0, step, fill)
    out = xp.moveaxis(out.reshape(moved[0].shape), -1, axis)
    return out.astype(dtype) if out.dtype != dtype else out


def softmax_rows(xp: Any, out: Any, x: Any) -> None:
    """The softmax of each row of a matrix, into `out` (which may be `x`)."""
    xp.subtract(x, x.max(axis=1, keepdims=True), out=out)
    xp.exp(out, out=out)
    out /= row_sums(xp, out)


def softmax_slope_rows(xp: Any, out: Any, g: Any, y: Any) -> None:
    """Y · (g - sum(g·y)), row by row: the Jacobian product without forming the Jacobian."""
    xp.multiply(g, y, out=out)
    xp.subtract(g, row_sums(xp, out), out=out)
    out *= y


def log_softmax_rows(xp: Any, out: Any, x: Any) -> None:
    """The log_softmax of each row of a matrix, into `out`."""
    xp.subtract(x, x.max(axis=1, keepdims=True), out=out)
    out -= xp.log(row_sums(xp, xp.exp(out)))


def _log_softmax_slope_rows(xp: Any, out: Any, g: Any, y: Any) -> None:
    xp.exp(y, out=out)
    out *= row_sums(xp, g)
    xp.subtract(g, out, out=out)


def _softmax_grad_to_y(gg: Any, _: Any, g: Any, y: Any, axis: int) -> Any:
    along = (axis % y.ndim,)
    inner = g - sum_(g * y, axis=along, keepdims=True)
    return gg * inner - g * sum_(gg * y, axis=along, keepdims=True)


def _softmax_grad_to_g(gg: Any, _: Any, g: Any, y: Any, axis: int) -> Any:
    return softmax_grad(gg, y, axis=axis)


@primitive(shape=same, dtype=same, vjp=each(_softmax_grad_to_g, _softmax_grad_to_y))
def softmax_grad(xp: Any, g: Any, y: Any, axis: int) -> Any:
    """The gradient through softmax, from its output."""
    return along_rows(xp, softmax_slope_rows, g, y, axis=axis)


@primitive(shape=same, dtype=same, vjp=each(lambda g, y, x, axis: softmax_grad(g, y, axis=axis)))
def softmax(xp: Any, x: Any, axis: int) -> Any:
    """exp(x) / sum(exp(x)) along one axis."""
    return along_rows(xp, softmax_rows, x, axis=axis)


def _log_grad_to_g(gg: Any, _: Any, g: Any, y: Any, axis: int) -> Any:
    return gg - sum_(gg * exp(y), axis=(axis % y.ndim,), keepdims=True)


def _log_grad_to_y(gg: Any, _: Any, g: Any, y: Any, axis: int) -> Any:
    return -(gg * exp(y) * sum_(g, axis=(axis % y.ndim,), keepdims=True))


@primitive(shape=same, dtype=same, vjp=each(_log_grad_to_g, _log_grad_to_y))
def log_softmax_grad(xp: Any, g: Any, y: Any, axis: int) -> Any:
    """The gradient through log_softmax, from its output."""
    return along_rows(xp, _log_softmax_slope_rows, g, y, axis=axis)


@primitive(
    shape=same, dtype=same, vjp=each(lambda g, y, x, axis: log_softmax_grad(g, y, axis=axis))
)
def log_softmax(xp: Any, x: Any, axis: int) -> Any:
    """X - log(sum(exp(x))) along one axis."""
    return along_rows(xp, log_softmax_rows, x, axis=axis)
