"""Matrices taken apart, over the last two axes: eigenvectors, singular vectors, QR and LU.

The gradients are the textbook ones (M. Giles, "Collected matrix derivative results for forward and
reverse mode", 2008; J. Townsend, "Differentiating the singular value decomposition", 2016). Where
eigenvalues or singular values meet, the gradient of the vectors does not exist and comes out
infinite, as on the other backends.

Some vectors are a choice among equals: a complex eigenvector may have any phase, and what QR or SVD
add to fill up a square matrix may be any basis of the rest of the space. A value that depends on
the choice has no gradient, and asking for it is an error; one that does not (a projection on these
vectors, their absolute values) has the gradient that is given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitive import primitive
from inspector.engine.primitives import choice, elementwise, indexing, joining, reduction, shaping
from inspector.engine.primitives.linalg import (
    as_complex,
    columns,
    diagonal,
    eye_like,
    finite,
    lower_half,
    plain,
    product,
    rows,
    solve,
    solve_triangular,
    square_shape,
    symmetric,
    transposed,
    widened,
)
from inspector.engine.promotion import precision
from inspector.engine.rules import INT32, Shape, to_float
from inspector.engine.tensor import Tensor
from inspector.errors import GradientError


def _independent(op: str, of: str, turn: Any) -> None:
    """Refuse a gradient along a turn of the vectors that the decomposition leaves open."""
    xp, values = array_module.xp, turn.value()
    size = xp.abs(values).max() if values.size else 0.0
    if size > precision(values.dtype) ** 0.5:
        raise GradientError(
            f"The gradient of {op} was asked for, of a value that depends on {of}: {op} may give "
            "any of them, so there is none.",
            fix="Use what does not depend on that choice, or another decomposition.",
        )


def _skewed(x: Any) -> Any:
    """How much a turn of the basis changes: the part of x that is not symmetric."""
    return x - transposed(x)


def _main_diagonal(x: Any) -> Any:
    """The diagonals of square matrices, as rows."""
    return reduction.sum_(x * eye_like(x, x.shape[-1]), axis=(x.ndim - 2,))


def _or_zeros(gradient: Any, like: Any) -> Any:
    return gradient if gradient is not None else choice.full_like(like, value=0)


# --- eigenvalues -------------------------------------------------------------------------------


def _off_diagonal_inverse(values: Any) -> Any:
    """1 / (v_j - v_i), and 0 on the diagonal."""
    differences = columns(values) - rows(values)
    eye = eye_like(values, values.shape[-1])
    return (1 - eye) / (differences + eye)


def _eigh_back(wanted: Any, gs: Any, ys: Any, a: Any) -> Any:
    values, vectors = ys
    inner = diagonal(gs[0]) if gs[0] is not None else choice.full_like(a, value=0)
    if gs[1] is not None:
        mixed = product(transposed(vectors), gs[1])
        if a.dtype.kind == "c":
            _independent("eigh", "the phase of an eigenvector", _main_diagonal(_skewed(mixed)))
        inner = inner + mixed * _off_diagonal_inverse(values)
    full = product(vectors, inner, transposed(vectors))
    return [(full + transposed(full)) * 0.5]


@primitive(
    shape=lambda shape: (shape[:-1], square_shape(shape)),
    dtype=lambda dtype: (to_float(dtype), dtype),
    vjp=_eigh_back,
    many=True,
)
def eigh(xp: Any, a: Any) -> Any:
    """Eigenvalues, ascending, and eigenvectors of symmetric matrices."""
    return widened(lambda x: tuple(xp.linalg.eigh(x)), symmetric(xp, finite(xp, a)))


def _eig_back(wanted: Any, gs: Any, ys: Any, a: Any) -> Any:
    values, vectors = ys
    across = transposed(vectors)
    inner = diagonal(_or_zeros(gs[0], values))
    if gs[1] is not None:
        mixed = product(across, gs[1])
        along = _main_diagonal(mixed)
        _independent("eig", "the phase of an eigenvector", elementwise.imag(along))
        # Eigenvectors have length 1: what would stretch them is taken away.
        mixed = mixed - product(across, vectors) * columns(along)
        inner = inner + mixed * _off_diagonal_inverse(elementwise.conjugate(values))
    found = solve(across, product(inner, across))
    return [shaping.cast(found, dtype=a.dtype)]


@primitive(
    shape=lambda shape: (shape[:-1], square_shape(shape)),
    dtype=lambda dtype: (as_complex(dtype), as_complex(dtype)),
    vjp=_eig_back,
    many=True,
)
def eig(xp: Any, a: Any) -> Any:
    """Eigenvalues and right eigenvectors of any square matrices, complex."""
    values, vectors = np.linalg.eig(array_module.to_numpy(a).astype(plain(a.dtype)))
    dtype = as_complex(a.dtype)
    return xp.asarray(values.astype(dtype)), xp.asarray(vectors.astype(dtype))


# --- triangular factors ------------------------------------------------------------------------


def _qr_shapes(shape: Shape, *, mode: str) -> tuple[Shape, Shape]:
    m, n = shape[-2:]
    inner = m if mode == "complete" else min(m, n)
    return (*shape[:-2], m, inner), (*shape[:-2], inner, n)


def _qr_back(wanted: Any, gs: Any, ys: Any, a: Any, *, mode: str) -> Any:
    q, r = ys
    k = min(a.shape[-2:])
    g_q, g_r = _or_zeros(gs[0], q), _or_zeros(gs[1], r)
    basis, square, to_basis = q[..., :k], r[..., :k, :k], g_q[..., :k]
    if a.shape[-1] > k:
        # The columns behind the square are only turned by q: there, r is qᵀ a.
        to_basis = to_basis + product(a[..., k:], transposed(g_r[..., k:]))
    mixed = product(square, transposed(g_r[..., :k, :k])) - product(transposed(to_basis), basis)
    half = lower_half(mixed)
    moved = to_basis + product(basis, half + transposed(half))
    if q.shape[-1] > k:
        filling, to_filling = q[..., k:], transposed(g_q[..., k:])
        turn = _skewed(product(to_filling, filling))
        _independent("qr", "which columns fill up q", turn)
        moved = moved - product(filling, to_filling, basis)
    # moved · r⁻ᵀ, by a triangular solve from the right.
    found = transposed(solve_triangular(square, transposed(moved), lower=False))
    if a.shape[-1] > k:
        found = joining.concatenate(found, product(basis, g_r[..., k:]), axis=a.ndim - 1)
    return [found]


@primitive(shape=_qr_shapes, dtype=lambda dtype, mode: (dtype, dtype), vjp=_qr_back, many=True)
def qr(xp: Any, a: Any, *, mode: str) -> Any:
    """An orthogonal and an upper triangular factor."""
    return widened(lambda x: tuple(xp.linalg.qr(x, mode=mode)), a)


def _lu_shapes(shape: Shape) -> tuple[Shape, Shape]:
    if len(shape) < 2:
        raise ValueError(f"a stack of matrices is needed, not {shape}")
    return shape, (*shape[:-2], min(shape[-2:]))


def _places(pivots: Any, count: int) -> Any:
    """Where each row of the matrix came to lie, after all swaps."""
    swaps = array_module.to_numpy(pivots)
    order = np.broadcast_to(np.arange(count), (*swaps.shape[:-1], count)).copy()
    for row in range(swaps.shape[-1]):
        other = swaps[..., row, None]
        mine = order[..., row].copy()
        order[..., row] = np.take_along_axis(order, other, axis=-1)[..., 0]
        np.put_along_axis(order, other, mine[..., None], axis=-1)
    return Tensor(array_module.xp.asarray(np.argsort(order, axis=-1)[..., None]))


def _lu_back(wanted: Any, gs: Any, ys: Any, a: Any) -> Any:
    """From both factors to the swapped rows, from the square in the corner outward."""
    factors, g = ys[0], gs[0]
    m, n = a.shape[-2:]
    k, row_axis = min(m, n), a.ndim - 2
    corner = factors[..., :k, :k]
    lower = shaping.tril(corner, k=-1) + eye_like(a, k)
    upper = shaping.triu(corner, k=0)
    to_lower = shaping.tril(g[..., :k, :k], k=-1)
    to_upper = shaping.triu(g[..., :k, :k], k=0)
    beside = below = None
    if n > k:  # u there is l⁻¹ a
        beside = solve_triangular(transposed(lower), g[..., k:], lower=False)
        to_lower = to_lower - product(beside, transposed(factors[..., k:]))
    if m > k:  # l there is a u⁻¹
        below = transposed(solve_triangular(upper, transposed(g[..., k:, :]), lower=False))
        to_upper = to_upper - product(transposed(factors[..., k:, :]), below)
    inner = shaping.tril(product(transposed(lower), shaping.tril(to_lower, k=-1)), k=-1)
    inner = inner + shaping.triu(product(shaping.triu(to_upper, k=0), transposed(upper)), k=0)
    left = solve_triangular(transposed(lower), inner, lower=False)
    found = transposed(solve_triangular(upper, transposed(left), lower=False))
    if beside is not None:
        found = joining.concatenate(found, beside, axis=a.ndim - 1)
    if below is not None:
        found = joining.concatenate(found, below, axis=row_axis)
    return [indexing.take_along_axis(found, _places(ys[1].value(), m), axis=row_axis)]


@primitive(shape=_lu_shapes, dtype=lambda dtype: (dtype, INT32), vjp=_lu_back, many=True)
def lu_factor(xp: Any, a: Any) -> Any:
    """Both triangular factors in one matrix, and the row that each row was swapped with."""
    # SciPy only here: NumPy has no LU, and importing SciPy costs 0.1 s.
    from scipy import linalg

    _lu_shapes(a.shape)
    matrices = array_module.to_numpy(a).astype(plain(a.dtype))
    flat = matrices.reshape(-1, *matrices.shape[-2:])
    made = [linalg.lu_factor(matrix, check_finite=False) for matrix in flat]
    factors = np.stack([factor for factor, _ in made]).reshape(matrices.shape)
    pivots = np.stack([pivot for _, pivot in made]).reshape(*a.shape[:-2], -1)
    return xp.asarray(factors.astype(a.dtype)), xp.asarray(pivots.astype(INT32))


# --- singular values ---------------------------------------------------------------------------


def _svd_shapes(shape: Shape, *, full: bool) -> tuple[Shape, Shape, Shape]:
    m, n = shape[-2:]
    k = min(m, n)
    batch = shape[:-2]
    return (*batch, m, m if full else k), (*batch, k), (*batch, n if full else k, n)


def _svd_back(wanted: Any, gs: Any, ys: Any, a: Any, *, full: bool) -> Any:
    s = ys[1]
    k = s.shape[-1]
    u, v = ys[0][..., :k], transposed(ys[2][..., :k, :])
    if gs[0] is None and gs[2] is None:
        return [product(u * columns(gs[1]), transposed(v))]
    to_u, to_v = _or_zeros(gs[0], ys[0]), transposed(_or_zeros(gs[2], ys[2]))
    turn_u = _skewed(product(transposed(u), to_u[..., :k]))
    turn_v = _skewed(product(transposed(v), to_v[..., :k]))
    squares, eye = elementwise.square(s), eye_like(s, k)
    gap = (1 - eye) / (columns(squares) - rows(squares) + eye)
    inner = turn_u * gap * columns(s) + rows(s) * (turn_v * gap)
    if gs[1] is not None:
        inner = inner + diagonal(gs[1])
    if a.dtype.kind == "c":
        phases = _main_diagonal(turn_u) + _main_diagonal(turn_v)
        _independent("svd", "the phase of a singular vector", phases)
        inner = inner + diagonal(_main_diagonal(turn_u) * 0.5 / s)
    found = product(u, inner, transposed(v))
    if a.shape[-2] > k:
        found = found + product(_outside(u, ys[0], to_u) / columns(s), transposed(v))
    if a.shape[-1] > k:
        found = found + product(u, transposed(_outside(v, transposed(ys[2]), to_v) / columns(s)))
    return [found]


def _outside(thin: Any, whole: Any, gradient: Any) -> Any:
    """What moves singular vectors (columns) out of the space that they span."""
    k = thin.shape[-1]
    given = gradient[..., :k]
    found = given - product(thin, transposed(thin), given)
    if whole.shape[-1] == k:
        return found
    filling, to_filling = whole[..., k:], transposed(gradient[..., k:])
    turn = _skewed(product(to_filling, filling))
    _independent("svd", "which vectors fill up its square matrices", turn)
    return found - product(filling, to_filling, thin)


@primitive(
    shape=_svd_shapes,
    dtype=lambda dtype, full: (dtype, to_float(dtype), dtype),
    vjp=_svd_back,
    many=True,
)
def svd(xp: Any, a: Any, *, full: bool) -> Any:
    """Left singular vectors, singular values (descending), right singular vectors in rows."""
    return widened(lambda x: tuple(xp.linalg.svd(x, full_matrices=full)), finite(xp, a))


def singular_values(a: Any) -> Any:
    """The singular values alone; their gradient needs no gap between them."""
    return svd(a, full=False)[1]
