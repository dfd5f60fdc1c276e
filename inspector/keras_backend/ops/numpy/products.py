"""Products: matmul, einsum and all that is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import array_module, products, promotion
from inspector.engine import einsum as lowering
from inspector.engine.primitives import arithmetic, reduction, shaping
from inspector.engine.primitives import linalg as matrices
from inspector.engine.rules import normalize_axis
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    INT32,
    cast_to,
    floating,
    floating_operands,
    operands,
    summable,
    tensor,
)
from inspector.keras_backend.ops.numpy.shaping import diagonal, moveaxis

_INT8 = np.dtype("int8")


def _factors(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Two operands; products of int8 are added up in int32."""
    a, b = tensor(x1), tensor(x2)
    if a.dtype == _INT8 and b.dtype == _INT8:
        return cast_to(a, INT32), cast_to(b, INT32)
    return operands(a, b)


def matmul(x1: Any, x2: Any) -> Any:
    return products.matmul(*_factors(x1, x2))


def dot(x1: Any, x2: Any) -> Any:
    return products.dot(*operands(x1, x2))


def inner(x1: Any, x2: Any) -> Any:
    return products.inner(*operands(x1, x2))


def outer(x1: Any, x2: Any) -> Any:
    a, b = operands(x1, x2)
    return arithmetic.multiply(
        shaping.reshape(a, shape=(a.size, 1)), shaping.reshape(b, shape=(1, b.size))
    )


def vdot(x1: Any, x2: Any) -> Any:
    """The sum of the products of all elements, the first conjugated."""
    a, b = (shaping.reshape(t, shape=(t.size,)) for t in operands(x1, x2))
    return products.inner(a.conj() if a.dtype.kind == "c" else a, b)


def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """The sum of the products over `axes`: a number of last and first axes, or pairs of them."""
    a, b = operands(x1, x2)
    if isinstance(axes, int):
        over_a, over_b = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    else:
        first, second = axes
        over_a = (first,) if isinstance(first, int) else tuple(first)
        over_b = (second,) if isinstance(second, int) else tuple(second)
    over_a = tuple(normalize_axis(int(axis), a.ndim) for axis in over_a)
    over_b = tuple(normalize_axis(int(axis), b.ndim) for axis in over_b)
    if len(over_a) != len(over_b):
        raise ValueError(f"`axes` must pair the axes of both operands. Received: {axes}")
    return products.tensordot(a, b, over_a, over_b)


def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """The sum of products that the subscripts describe, as transposes and matrix products."""
    tensors = [tensor(x) for x in operands]
    kinds = list(dict.fromkeys(t.dtype for t in tensors))
    if kinds == [_INT8]:
        dtype: Any = INT32
    else:
        dtype = kinds[0] if len(kinds) == 1 else promotion.result_type(*kinds)
    return lowering.einsum(subscripts, [cast_to(t, dtype) for t in tensors])


def kron(x1: Any, x2: Any) -> Any:
    """Each element of x1 times the whole of x2, laid out as blocks."""
    a, b = operands(x1, x2)
    ndim = max(a.ndim, b.ndim)
    shape_a = (1,) * (ndim - a.ndim) + a.shape
    shape_b = (1,) * (ndim - b.ndim) + b.shape
    spread_a = tuple(size for n in shape_a for size in (n, 1))
    spread_b = tuple(size for n in shape_b for size in (1, n))
    blocks = arithmetic.multiply(
        shaping.reshape(a, shape=spread_a), shaping.reshape(b, shape=spread_b)
    )
    whole = tuple(m * n for m, n in zip(shape_a, shape_b, strict=True))
    return shaping.reshape(blocks, shape=whole)


def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """The cross product of vectors with two or three components; of two pairs, a number.

    Raises:
        ValueError: the vectors have neither two nor three components.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = operands(x1, x2)
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(
            "Both `x1` and `x2` must have 2 or 3 components. "
            f"Received: {a.shape[-1]} and {b.shape[-1]}"
        )
    first = [a[..., i] for i in range(a.shape[-1])]
    second = [b[..., i] for i in range(b.shape[-1])]
    last = first[0] * second[1] - first[1] * second[0]
    if len(first) == 2 and len(second) == 2:
        return last
    zero = last * 0
    a2, b2 = (parts[2] if len(parts) == 3 else zero for parts in (first, second))
    parts = [first[1] * b2 - a2 * second[1], a2 * second[0] - first[0] * b2, last]
    from inspector.keras_backend.ops.numpy.joining import stack

    return moveaxis(stack(parts, axis=-1), -1, axisc)


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    line = summable(diagonal(x, offset, axis1, axis2))
    return reduction.sum_(line, axis=(line.ndim - 1,))


def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """Sums of products of x1 with x2 shifted along it.

    Raises:
        ValueError: an operand is no vector, or the mode is unknown.
    """
    a, b = floating_operands(x1, x2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"correlate takes vectors. Received: {a.shape} and {b.shape}")
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"`mode` should be 'valid', 'same' or 'full'. Received: {mode}")
    if a.size < b.size:
        # Shifting b along a is shifting a along b, read backwards.
        return shaping.flip(_slid(b, a, mode, backwards=True), axis=(0,))
    return _slid(a, b, mode, backwards=False)


def _slid(long: Tensor, short: Tensor, mode: str, *, backwards: bool) -> Tensor:
    size = short.size
    before = {"valid": 0, "full": size - 1, "same": size // 2}[mode]
    after = {"valid": 0, "full": size - 1, "same": (size - 1) // 2}[mode]
    if mode == "same" and backwards:
        before, after = after, before
    padded = shaping.pad(long, widths=((before, after),))
    count = padded.size - size + 1
    places = np.arange(count)[:, None] + np.arange(size)
    windows = padded[Tensor(array_module.xp.asarray(places))]
    conjugated = short.conj() if short.dtype.kind == "c" else short
    return products.matmul(windows, conjugated)


def slogdet(x: Any) -> Any:
    """The sign and the logarithm of the absolute value of determinants."""
    return matrices.slogdet(floating(x))
