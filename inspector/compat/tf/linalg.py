"""`tf.linalg`: products, decompositions, diagonals."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import public
from inspector.compat.tf.dtypes import dtype_name, dtype_of
from inspector.compat.tf.shapes import static_axis
from inspector.compat.tf.tensors import operands, tensor

ops = keras.ops


@public("matmul", "linalg.matmul")
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    name: str | None = None,
    **ignored: Any,
) -> Any:
    """The matrix product of the last two axes, either one transposed first."""
    a, b = operands(_dense(a), _dense(b))
    a = ops.swapaxes(a, -1, -2) if transpose_a or adjoint_a else a
    b = ops.swapaxes(b, -1, -2) if transpose_b or adjoint_b else b
    return ops.matmul(a, b)


def _dense(x: Any) -> Any:
    return x.__inspector_tensor__(None) if hasattr(x, "__inspector_tensor__") else x


@public("linalg.matvec")
def matvec(
    a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, name: str | None = None
) -> Any:
    return ops.squeeze(matmul(a, ops.expand_dims(tensor(b), -1), transpose_a or adjoint_a), -1)


@public("einsum", "linalg.einsum")
def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    return ops.einsum(equation, *(tensor(x) for x in inputs))


@public("norm", "linalg.norm")
def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool = False,
    name: str | None = None,
) -> Any:
    """The norm of all entries together where no axis is given, unlike NumPy's."""
    x = _tensor(tensor)
    axes = static_axis(axis)
    if axes is None and not keepdims:
        x, axes = ops.reshape(x, (-1,)), 0
    order = (2 if isinstance(axes, int) else "fro") if ord in ("euclidean", "fro") else ord
    if order in (2, "fro"):
        return ops.sqrt(ops.sum(ops.square(ops.absolute(x)), axis=axes, keepdims=keepdims))
    return ops.norm(x, ord=order, axis=axes, keepdims=keepdims)


_tensor = tensor


@public("linalg.normalize")
def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> Any:
    size = norm(tensor, ord, axis, keepdims=True)
    return ops.divide(_tensor(tensor), size), size


@public("linalg.trace")
def trace(x: Any, name: str | None = None) -> Any:
    return ops.trace(tensor(x), axis1=-2, axis2=-1)


@public("linalg.inv")
def inv(input: Any, adjoint: bool = False, name: str | None = None) -> Any:
    found = ops.inv(tensor(input))
    return ops.swapaxes(found, -1, -2) if adjoint else found


@public("linalg.pinv")
def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    return ops.pinv(tensor(a))


@public("linalg.det")
def det(input: Any, name: str | None = None) -> Any:
    return ops.det(tensor(input))


@public("linalg.slogdet")
def slogdet(input: Any, name: str | None = None) -> Any:
    return ops.slogdet(tensor(input))


@public("linalg.logdet")
def logdet(matrix: Any, name: str | None = None) -> Any:
    return ops.logdet(tensor(matrix))


@public("linalg.cholesky")
def cholesky(input: Any, name: str | None = None) -> Any:
    return ops.cholesky(tensor(input))


@public("linalg.cholesky_solve")
def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Any:
    lower = tensor(chol)
    half = ops.solve_triangular(lower, tensor(rhs), lower=True)
    return ops.solve_triangular(ops.swapaxes(lower, -1, -2), half, lower=False)


@public("linalg.triangular_solve")
def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    a = tensor(matrix)
    a = ops.swapaxes(a, -1, -2) if adjoint else a
    return ops.solve_triangular(a, tensor(rhs), lower=lower != adjoint)


@public("linalg.solve")
def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    a = tensor(matrix)
    return ops.solve(ops.swapaxes(a, -1, -2) if adjoint else a, tensor(rhs))


@public("linalg.lstsq")
def lstsq(
    matrix: Any,
    rhs: Any,
    l2_regularizer: float = 0.0,
    fast: bool = True,
    name: str | None = None,
) -> Any:
    """(AᵀA + λI)⁻¹ Aᵀ b."""
    a, b = tensor(matrix), tensor(rhs)
    at = ops.swapaxes(a, -1, -2)
    gram = ops.matmul(at, a) + l2_regularizer * ops.eye(a.shape[-1], dtype=dtype_of(a))
    return ops.solve(gram, ops.matmul(at, b))


@public("linalg.qr")
def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    return ops.qr(tensor(input), mode="complete" if full_matrices else "reduced")


@public("linalg.svd")
def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """(s, u, v): singular values come first, and v is not transposed."""
    if not compute_uv:
        return ops.svd(_tensor(tensor), compute_uv=False)
    u, s, vh = ops.svd(_tensor(tensor), full_matrices=full_matrices)
    return s, u, ops.swapaxes(vh, -1, -2)


@public("linalg.eigh")
def eigh(tensor: Any, name: str | None = None) -> Any:
    return ops.eigh(_tensor(tensor))


@public("linalg.eigvalsh")
def eigvalsh(tensor: Any, name: str | None = None) -> Any:
    return ops.eigh(_tensor(tensor))[0]


@public("linalg.eig")
def eig(tensor: Any, name: str | None = None) -> Any:
    return ops.eig(_tensor(tensor))


@public("linalg.cross")
def cross(a: Any, b: Any, name: str | None = None) -> Any:
    return ops.cross(tensor(a), tensor(b))


@public("linalg.diag")
def diag(diagonal: Any, name: str = "diag", k: Any = 0, **ignored: Any) -> Any:
    """Matrices with these diagonals; batches of them too."""
    x, shift = tensor(diagonal), int(k)
    size = x.shape[-1] + abs(shift)
    if shift == 0:
        return ops.multiply(ops.expand_dims(x, -1), ops.eye(size, dtype=dtype_of(x)))
    rows = np.zeros((x.shape[-1], size, size))
    for index in range(x.shape[-1]):
        rows[index, index + max(0, -shift), index + max(0, shift)] = 1
    return ops.tensordot(x, tensor(rows, dtype_of(x)), axes=1)


@public("linalg.tensor_diag")
def tensor_diag(diagonal: Any, name: str | None = None) -> Any:
    return ops.diag(tensor(diagonal))


@public("linalg.diag_part", "linalg.tensor_diag_part")
def diag_part(input: Any, name: str = "diag_part", k: Any = 0, **ignored: Any) -> Any:
    return ops.diagonal(tensor(input), offset=int(k), axis1=-2, axis2=-1)


@public("linalg.set_diag")
def set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, **ignored: Any) -> Any:
    x = tensor(input)
    where = tensor(np.eye(*x.shape[-2:], dtype=bool))
    return ops.where(where, ops.expand_dims(tensor(diagonal), -1), x)


@public("linalg.band_part")
def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    """The entries within a band around the diagonal; -1 keeps that whole triangle."""
    x = tensor(input)
    rows, columns = np.ogrid[: x.shape[-2], : x.shape[-1]]
    low, high = int(num_lower), int(num_upper)
    kept = ((low < 0) | (rows - columns <= low)) & ((high < 0) | (columns - rows <= high))
    return ops.multiply(x, tensor(kept, dtype_name(x.dtype)))


@public("linalg.expm")
def expm(input: Any, name: str | None = None) -> Any:
    """The matrix exponential: a Taylor series of the matrix over 2^8, squared eight times."""
    x = ops.divide(tensor(input), 256.0)
    term = total = ops.broadcast_to(ops.eye(x.shape[-1], dtype=dtype_of(x)), x.shape)
    for order in range(1, 9):
        term = ops.divide(ops.matmul(term, x), order)
        total = ops.add(total, term)
    for _ in range(8):
        total = ops.matmul(total, total)
    return total


@public("linalg.matrix_rank")
def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: Any = None) -> Any:
    return tensor(np.linalg.matrix_rank(np.asarray(tensor(a)), tol=tol), "int32")
