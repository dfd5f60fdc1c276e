"""Keras' `backend.linalg`: matrices in the last two axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras.src import tree
from keras.src.backend.common.dtypes import result_type

from inspector.engine import array_module, autodiff, tape
from inspector.engine.operators import cast_to
from inspector.engine.primitives import (
    arithmetic,
    decompositions,
    elementwise,
    reduction,
    shaping,
)
from inspector.engine.primitives import linalg as matrices
from inspector.engine.promotion import is_inexact
from inspector.engine.rules import normalize_axis
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor, to_dtype


def inexact(x: Any) -> Any:
    """The operand, integers as floating numbers."""
    tensor = convert_to_tensor(x)
    if is_inexact(tensor.dtype):
        return tensor
    return cast_to(tensor, to_dtype(result_type(tensor.dtype, float)))


def _pair(a: Any, b: Any) -> tuple[Any, Any]:
    first, second = inexact(a), inexact(b)
    dtype = to_dtype(result_type(first.dtype, second.dtype))
    return cast_to(first, dtype), cast_to(second, dtype)


def cholesky(a: Any, upper: bool = False) -> Any:
    lower = matrices.cholesky(inexact(a))
    return matrices.transposed(lower) if upper else lower


def cholesky_inverse(a: Any, upper: bool = False) -> Any:
    """The inverse of a matrix from its Cholesky factor."""
    factor = inexact(a)
    eye = matrices.eye_like(factor, factor.shape[-1])
    found = matrices.solve_triangular(factor, shaped_like(eye, factor), lower=not upper)
    if upper:
        return matrices.product(found, matrices.transposed(found))
    return matrices.product(matrices.transposed(found), found)


def shaped_like(matrix: Any, stack: Any) -> Any:
    """One matrix repeated for each of a stack."""
    return (
        matrix if matrix.shape == stack.shape else shaping.broadcast_to(matrix, shape=stack.shape)
    )


def det(a: Any) -> Any:
    return matrices.det(inexact(a))


def eig(a: Any) -> Any:
    return decompositions.eig(inexact(a))


def eigh(a: Any) -> Any:
    return decompositions.eigh(inexact(a))


def inv(a: Any) -> Any:
    return matrices.inverse(inexact(a))


def lu_factor(a: Any) -> Any:
    return decompositions.lu_factor(inexact(a))


def qr(x: Any, mode: str = "reduced") -> Any:
    """Raises ValueError for a mode other than `reduced` and `complete`."""
    if mode not in ("reduced", "complete"):
        raise ValueError(
            "`mode` argument value not supported. Expected one of {'reduced', 'complete'}. "
            f"Received: mode={mode}"
        )
    return decompositions.qr(inexact(x), mode=mode)


def _as_columns(a: Any, b: Any) -> tuple[Any, bool]:
    """The right side as matrices, and whether it was given as vectors."""
    is_vector = b.ndim == a.ndim - 1
    return (matrices.rows(b) if is_vector else b), is_vector


def _solved(run: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    first, second = _pair(a, b)
    right, is_vector = _as_columns(first, second)
    found = run(first, right)
    return shaping.reshape(found, shape=found.shape[:-1]) if is_vector else found


def solve(a: Any, b: Any) -> Any:
    return _solved(matrices.solve, a, b)


def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    return _solved(lambda x, y: matrices.solve_triangular(x, y, lower=lower), a, b)


def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    tensor = inexact(x)
    if not compute_uv:
        return decompositions.singular_values(tensor)
    return decompositions.svd(tensor, full=full_matrices)


def _cutoff(x: Any, rcond: float | None) -> float:
    if rcond is not None:
        return float(rcond)
    single = "float64" if x.dtype.name in ("float64", "complex128") else "float32"
    return float(np.finfo(single).eps) * max(x.shape[-2:])


def pinv(x: Any, rcond: float | None = None) -> Any:
    tensor = inexact(x)
    return matrices.pinv(tensor, rcond=_cutoff(tensor, rcond))


def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """The least-squares solution of smallest norm."""
    cutoff = _cutoff(inexact(a), rcond)
    return _solved(lambda x, y: matrices.product(matrices.pinv(x, rcond=cutoff), y), a, b)


def matrix_rank(x: Any, tol: float | None = None) -> Any:
    """Raises ValueError for less than two axes."""
    tensor = inexact(x)
    if tensor.ndim < 2:
        raise ValueError(
            f"Expected input to have rank >= 2. Received input with shape {tensor.shape}."
        )
    return matrices.matrix_rank(tensor, tol=None if tol is None else float(tol))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """A vector norm over one axis (or all), or a matrix norm over two.

    Raises:
        ValueError: an order that there is no norm for, or axes that do not fit it.
    """
    tensor = inexact(x)
    if axis is None:
        if ord is None or (ord, tensor.ndim) in (("fro", 2), (2, 1)):
            return _euclidean(tensor, tuple(range(tensor.ndim)), keepdims)
        axis = tuple(range(tensor.ndim))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    axes = tuple(normalize_axis(int(each), tensor.ndim) for each in axes)
    if len(axes) == 1:
        return _vector_norm(tensor, ord, axes, keepdims)
    if len(axes) == 2:
        return _matrix_norm(tensor, ord, axes, keepdims)
    raise ValueError(f"Improper number of dimensions to norm. Received: axis={axis}")


def _euclidean(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    size = elementwise.absolute(x) if x.dtype.kind == "c" else x
    total = reduction.sum_(elementwise.square(size), axis=axes, keepdims=keepdims)
    return elementwise.sqrt(total)


def _vector_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord is None or ord == 2:
        return _euclidean(x, axes, keepdims)
    size = elementwise.absolute(x)
    if ord == np.inf:
        return reduction.max_(size, axis=axes, keepdims=keepdims)
    if ord == -np.inf:
        return reduction.min_(size, axis=axes, keepdims=keepdims)
    if ord == 0:
        present = cast_to(size != 0, size.dtype)
        return reduction.sum_(present, axis=axes, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord == 1:
        return reduction.sum_(size, axis=axes, keepdims=keepdims)
    return reduction.sum_(size**ord, axis=axes, keepdims=keepdims) ** (1.0 / ord)


def _matrix_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    row, column = axes
    if row == column:
        raise ValueError(f"Duplicate axes given. Received: axis={axes}")
    if ord in (None, "fro"):
        return _euclidean(x, axes, keepdims)
    if ord in (1, -1, np.inf, -np.inf):
        inner, outer = (row, column) if ord in (1, -1) else (column, row)
        sums = reduction.sum_(elementwise.absolute(x), axis=(inner,), keepdims=True)
        extreme = reduction.max_ if ord > 0 else reduction.min_
        found = extreme(sums, axis=(outer,), keepdims=True)
    elif ord in (2, -2, "nuc"):
        found = _of_singular_values(x, ord, axes)
    else:
        raise ValueError(f"Invalid norm order for matrices. Received: ord={ord}")
    if keepdims:
        return found
    left = tuple(size for i, size in enumerate(found.shape) if i not in axes)
    return shaping.reshape(found, shape=left)


def _of_singular_values(x: Any, ord: Any, axes: tuple[int, ...]) -> Any:
    """The largest, the smallest, or the sum of singular values, with both axes kept."""
    rest = [i for i in range(x.ndim) if i not in axes]
    values = decompositions.singular_values(shaping.transpose(x, axes=(*rest, *axes)))
    reduce = {2: reduction.max_, -2: reduction.min_, "nuc": reduction.sum_}[ord]
    found = reduce(values, axis=(values.ndim - 1,), keepdims=False)
    kept = tuple(1 if i in axes else size for i, size in enumerate(x.shape))
    return shaping.reshape(found, shape=kept)


def jvp(fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """A function's value and its derivative along `tangents`.

    Forward mode from reverse mode: the gradient of uᵀy is linear in u, and its own gradient
    along u is the product wanted. Two backward passes, no second set of rules.
    """
    inputs = [convert_to_tensor(primal) for primal in primals]
    directions = [
        cast_to(convert_to_tensor(tangent), primal.dtype)
        for tangent, primal in zip(tangents, inputs, strict=True)
    ]
    with tape.recording() as segment:
        # Fresh tensors, so that what was recorded before does not count as the function's own.
        starts = [Tensor(primal.data, primal.shape, primal.dtype) for primal in inputs]
        made = fun(*starts)
        outputs, aux = made if has_aux else (made, None)
        products = [_along(output, starts, directions, segment) for output in tree.flatten(outputs)]
    derivative = tree.pack_sequence_as(outputs, products)
    return (outputs, derivative, aux) if has_aux else (outputs, derivative)


def _along(output: Any, starts: Any, directions: Any, segment: tape.Segment) -> Any:
    xp = array_module.xp
    probe = Tensor(xp.ones(output.shape, output.dtype))
    pulled = autodiff.gradients(output, starts, segment.records, seed=probe)
    total = None
    for gradient, direction in zip(pulled, directions, strict=True):
        if gradient is not None:
            term = reduction.sum_(arithmetic.multiply(gradient, direction), axis=None)
            total = term if total is None else total + term
    if total is None:
        return Tensor(xp.zeros(output.shape, output.dtype))
    found = autodiff.gradients(total, [probe], segment.records)[0]
    return found if found is not None else Tensor(xp.zeros(output.shape, output.dtype))
