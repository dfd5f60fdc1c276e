"""The matrix product; `einsum.py` lowers all other contractions to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import shaping
from inspector.engine.promotion import EXTENDED_FLOATS
from inspector.engine.rules import FLOAT32, Shape, broadcast, conjugated, same, sum_to
from inspector.engine.tensor import Tensor


def _product_shape(a: Shape, b: Shape) -> Shape:
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-2]:
        raise ValueError(
            f"shapes {a} and {b}: the last axis of the first is not the second's last but one"
        )
    return (*broadcast(a[:-2], b[:-2]), a[-2], b[-1])


def swapped(x: Tensor) -> Tensor:
    """The matrices in the last two axes transposed."""
    return shaping.transpose(x, axes=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _to_left(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return sum_to(matmul(g, swapped(conjugated(b))), a.shape)


def _to_right(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    a = conjugated(a)
    if b.ndim == 2 and a.ndim > 2:
        # One product over all rows, instead of one per batch entry and a sum.
        a = shaping.reshape(a, shape=(-1, a.shape[-1]))
        g = shaping.reshape(g, shape=(-1, g.shape[-1]))
    return sum_to(matmul(swapped(a), g), b.shape)


@primitive(shape=_product_shape, dtype=same, vjp=each(_to_left, _to_right))
def matmul(xp: Any, a: Any, b: Any) -> Any:
    """Matrix products over the last two axes; those before them broadcast."""
    dtype = a.dtype
    if dtype in EXTENDED_FLOATS or (xp is np and dtype == np.float16):
        # BLAS knows neither: float32 is a hundred times faster, and its sums keep their digits.
        # cuBLAS knows float16; that CuPy passes bfloat16 on to it has not been seen on a GPU yet.
        return _rows(xp, a.astype(FLOAT32), b.astype(FLOAT32)).astype(dtype)
    if xp is np and dtype.kind in "iu" and a.size and b.size:
        return _whole(a, b)
    return _rows(xp, a, b)


def _whole(a: Any, b: Any) -> Any:
    """Products of whole numbers through BLAS, many times faster, where that is exact."""
    bound = _largest(a) * _largest(b) * a.shape[-1]
    if bound >= 2**53:
        return np.matmul(a, b)
    dtype = FLOAT32 if bound < 2**24 else np.dtype("float64")
    # By way of int64, so that what a narrow result cannot hold wraps around as it would.
    return _rows(np, a.astype(dtype), b.astype(dtype)).astype(np.int64).astype(a.dtype)


def _largest(x: Any) -> float:
    return max(abs(float(x.max())), abs(float(x.min())))


def _rows(xp: Any, a: Any, b: Any) -> Any:
    """One large product where the right side is one matrix: NumPy would do one per batch entry."""
    if b.ndim == 2 and a.ndim > 2 and a.flags.c_contiguous:
        flat = xp.matmul(a.reshape(-1, a.shape[-1]), b) if a.size else None
        if flat is not None:
            return flat.reshape(*a.shape[:-1], b.shape[-1])
    return xp.matmul(a, b)
