"""Linear algebra over the last two axes: determinants, inverses, solutions, Cholesky factors.

The gradients are the textbook ones (M. Giles, "Collected matrix derivative results for forward and
reverse mode", 2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import contraction, shaping
from inspector.engine.promotion import EXTENDED_FLOATS
from inspector.engine.rules import (
    FLOAT32,
    INT32,
    Shape,
    conjugated,
    same,
    sum_to,
    to_float,
    to_int32,
)
from inspector.engine.tensor import Tensor


def widened(function: Any, *arrays: Any) -> Any:
    """LAPACK knows neither half nor bfloat16: those are computed in float32."""
    dtype = arrays[0].dtype
    if dtype in EXTENDED_FLOATS or dtype == np.float16:
        made = function(*[array.astype(FLOAT32) for array in arrays])
        if isinstance(made, tuple):
            return tuple(part.astype(dtype) for part in made)
        return made.astype(dtype)
    return function(*arrays)


def _square(shape: Shape) -> int:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"a stack of square matrices is needed, not {shape}")
    return shape[-1]


def square_shape(shape: Shape, **constants: Any) -> Shape:
    """The shape of a stack of square matrices.

    Raises:
        ValueError: the matrices are not square.
    """
    _square(shape)
    return shape


def _scalars(shape: Shape) -> Shape:
    """One number for each square matrix."""
    _square(shape)
    return shape[:-2]


def plain(dtype: Any) -> Any:
    """The dtype that LAPACK computes such matrices in."""
    return FLOAT32 if dtype in EXTENDED_FLOATS or dtype == np.float16 else dtype


def as_complex(dtype: Any) -> Any:
    """The complex dtype of as many digits."""
    return np.dtype("complex128" if dtype.name in ("float64", "complex128") else "complex64")


def finite(xp: Any, a: Any) -> Any:
    """The matrices as they are; refused where LAPACK's iterations may never end: at an infinity.

    On a GPU nothing is asked: the host would wait for the answer, and cuSOLVER's iterations end.
    """
    if xp is np and not np.isfinite(a).all():
        raise np.linalg.LinAlgError("NaN or infinity in the matrices: there is no decomposition")
    return a


def symmetric(xp: Any, a: Any) -> Any:
    """The symmetric part: LAPACK reads one triangle only, and a gradient must not depend on it."""
    _square(a.shape)  # a row and a column would broadcast
    half = a.dtype.type(0.5)
    return (a + xp.conj(xp.swapaxes(a, -1, -2))) * half


def transposed(x: Any) -> Any:
    """The matrices transposed, and conjugated where they are complex."""
    return contraction.swapped(conjugated(x))


def product(*factors: Any) -> Any:
    """The matrix product of all factors, from the left."""
    found = factors[0]
    for factor in factors[1:]:
        found = contraction.matmul(found, factor)
    return found


def eye_like(x: Tensor, size: int) -> Any:
    """An identity matrix in the dtype of x."""
    return Tensor(array_module.xp.eye(size, dtype=x.dtype))


def columns(values: Any) -> Any:
    """(..., n) as (..., 1, n): to scale a matrix's columns."""
    return shaping.reshape(values, shape=(*values.shape[:-1], 1, values.shape[-1]))


def rows(values: Any) -> Any:
    """(..., n) as (..., n, 1): to scale a matrix's rows."""
    return shaping.reshape(values, shape=(*values.shape, 1))


def diagonal(values: Any) -> Any:
    """A diagonal matrix of each row of values."""
    return columns(values) * eye_like(values, values.shape[-1])


def lower_half(x: Any) -> Any:
    """The lower triangle with half of its diagonal."""
    return shaping.tril(x, k=0) - x * eye_like(x, x.shape[-1]) * 0.5


def _cholesky_back(g: Any, y: Any, a: Any) -> Any:
    inner = lower_half(product(transposed(y), shaping.tril(g, k=0)))
    upper = transposed(y)
    # L⁻ᵀ Φ L⁻¹, by two triangular solves; symmetric, because a is.
    left = solve_triangular(upper, inner, lower=False)
    full = transposed(solve_triangular(upper, transposed(left), lower=False))
    return (full + transposed(full)) * 0.5


@primitive(shape=square_shape, dtype=same, vjp=each(_cholesky_back))
def cholesky(xp: Any, a: Any) -> Any:
    """The lower triangular factor of symmetric positive definite matrices."""
    return widened(xp.linalg.cholesky, symmetric(xp, a))


def _det_back(g: Any, y: Any, a: Any) -> Any:
    return transposed(inverse(a)) * rows(columns_of_scalars(g * conjugated(y)))


def columns_of_scalars(values: Any) -> Any:
    """(...) as (..., 1)."""
    return shaping.reshape(values, shape=(*values.shape, 1))


@primitive(
    shape=_scalars,
    dtype=same,
    vjp=each(_det_back),
)
def det(xp: Any, a: Any) -> Any:
    """Determinants."""
    return widened(xp.linalg.det, a)


def _slogdet_back(wanted: Any, gs: Any, ys: Any, a: Any) -> Any:
    if gs[1] is None:
        return [None]
    return [transposed(inverse(a)) * rows(columns_of_scalars(gs[1]))]


@primitive(
    shape=lambda shape: (_scalars(shape), _scalars(shape)),
    dtype=lambda dtype: (dtype, to_float(dtype)),
    vjp=_slogdet_back,
    many=True,
)
def slogdet(xp: Any, a: Any) -> Any:
    """Sign and logarithm of the absolute value of determinants."""
    return widened(lambda x: tuple(xp.linalg.slogdet(x)), a)


def _inverse_back(g: Any, y: Any, a: Any) -> Any:
    across = transposed(y)
    return -product(across, g, across)


@primitive(shape=square_shape, dtype=same, vjp=each(_inverse_back), name="inverse")
def inverse(xp: Any, a: Any) -> Any:
    """Inverse matrices."""
    return widened(xp.linalg.inv, a)


def _solved(a: Shape, b: Shape, **constants: Any) -> Shape:
    if _square(a) != b[-2]:
        raise ValueError(f"shapes {a} and {b}: the right side needs {a[-1]} rows")
    return (*np.broadcast_shapes(a[:-2], b[:-2]), *b[-2:])


def _solve_back(wanted: Any, g: Any, y: Any, a: Any, b: Any) -> Any:
    to_b = solve(transposed(a), g)
    to_a = sum_to(-product(to_b, transposed(y)), a.shape) if wanted[0] else None
    return [to_a, sum_to(to_b, b.shape)]


@primitive(shape=_solved, dtype=same, vjp=_solve_back)
def solve(xp: Any, a: Any, b: Any) -> Any:
    """X with a @ x = b; b is a stack of matrices."""
    return widened(xp.linalg.solve, *_together(xp, a, b))


def _together(xp: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Stacks of as many matrices: CuPy's `solve` does not broadcast, but NumPy's does."""
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return tuple(
        x if x.shape[:-2] == lead else xp.broadcast_to(x, (*lead, *x.shape[-2:])) for x in (a, b)
    )


def _triangle(x: Any, lower: bool) -> Any:
    return shaping.tril(x, k=0) if lower else shaping.triu(x, k=0)


def _solve_triangular_back(wanted: Any, g: Any, y: Any, a: Any, b: Any, *, lower: bool) -> Any:
    to_b = solve_triangular(transposed(a), g, lower=not lower)
    to_a = _triangle(-product(to_b, transposed(y)), lower) if wanted[0] else None
    return [None if to_a is None else sum_to(to_a, a.shape), sum_to(to_b, b.shape)]


@primitive(shape=_solved, dtype=same, vjp=_solve_triangular_back)
def solve_triangular(xp: Any, a: Any, b: Any, *, lower: bool) -> Any:
    """X with a @ x = b, reading one triangle of a only."""
    triangle = xp.tril(a) if lower else xp.triu(a)
    return widened(xp.linalg.solve, *_together(xp, triangle, b))


def _pinv_back(g: Any, y: Any, a: Any, *, rcond: float) -> Any:
    across, up = transposed(y), transposed(g)
    left = eye_like(a, a.shape[-2]) - product(a, y)
    right = eye_like(a, a.shape[-1]) - product(y, a)
    return product(left, up, y, across) + product(across, y, up, right) - product(across, g, across)


@primitive(
    shape=lambda shape, rcond: (*shape[:-2], shape[-1], shape[-2]),
    dtype=same,
    vjp=each(_pinv_back),
)
def pinv(xp: Any, a: Any, *, rcond: float) -> Any:
    """Pseudo-inverses; singular values below `rcond` times the largest count as zero."""
    return widened(lambda x: xp.linalg.pinv(x, rcond=rcond), finite(xp, a))


@primitive(shape=lambda shape, **constants: shape[:-2], dtype=to_int32)
def matrix_rank(xp: Any, a: Any, *, tol: float | None) -> Any:
    """How many singular values are larger than `tol`."""
    values = xp.linalg.svd(finite(xp, a).astype(plain(a.dtype)), compute_uv=False)
    if tol is None:
        bound = values.max(axis=-1, keepdims=True) * max(a.shape[-2:]) * np.finfo(values.dtype).eps
    else:
        bound = tol
    return (values > bound).sum(axis=-1).astype(INT32)
