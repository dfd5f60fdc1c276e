"""Shape and dtype rules that many primitives share, and the way back through broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine.tensor import Tensor

Shape = tuple[int, ...]

BOOL = np.dtype("bool")
INT32 = np.dtype("int32")
FLOAT32 = np.dtype("float32")


def same(first: Any, *others: Any, **constants: Any) -> Any:
    """The first operand's own shape (or dtype)."""
    return first


def to_bool(*dtypes: Any, **constants: Any) -> Any:
    return BOOL


def to_int32(*dtypes: Any, **constants: Any) -> Any:
    return INT32


def broadcast(*shapes: Shape, **constants: Any) -> Shape:
    """The shape that these shapes broadcast to.

    Raises:
        ValueError: two sizes of one axis differ and neither is 1.
    """
    if len(shapes) == 2 and shapes[0] == shapes[1]:
        return shapes[0]
    ndim = max(map(len, shapes))
    axes = [1] * ndim
    for shape in shapes:
        for position, size in enumerate(shape, ndim - len(shape)):
            if size != 1:
                if axes[position] not in (1, size):
                    raise ValueError(f"shapes {' and '.join(map(str, shapes))} do not broadcast")
                axes[position] = size
    return tuple(axes)


def normalize_axis(axis: int, ndim: int) -> int:
    """A non-negative axis.

    Raises:
        ValueError: the tensor has no such axis.
    """
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis {axis} is out of range for {ndim} axes")
    return axis % ndim


def normalize_axes(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Non-negative axes in ascending order; None means all.

    Raises:
        ValueError: the tensor has no such axis, or one is named twice.
    """
    if axis is None:
        return tuple(range(ndim))
    axes = [axis] if isinstance(axis, int) else list(axis)
    found = sorted(normalize_axis(int(a), ndim) for a in axes)
    if len(set(found)) != len(found):
        raise ValueError(f"an axis is named twice in {axis}")
    return tuple(found)


def reduced(
    shape: Shape, *, axis: tuple[int, ...] | None = None, keepdims: bool = False, **constants: Any
) -> Shape:
    """The shape after a reduction over `axis`."""
    axes = normalize_axes(axis, len(shape))
    if keepdims:
        return tuple(1 if i in axes else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in axes)


def sum_to(gradient: Tensor, shape: Shape) -> Tensor:
    """A broadcast operand's gradient: `gradient` summed over the axes that were stretched."""
    if gradient.shape == shape:
        return gradient
    from inspector.engine.primitives import reduction, shaping

    extra = gradient.ndim - len(shape)
    stretched = tuple(
        i + extra for i, size in enumerate(shape) if size == 1 and gradient.shape[i + extra] != 1
    )
    axes = (*range(extra), *stretched)
    summed = reduction.sum_(gradient, axis=axes, keepdims=True) if axes else gradient
    return shaping.reshape(summed, shape=shape) if summed.shape != shape else summed


def conjugated(x: Tensor) -> Tensor:
    """The complex conjugate; the very tensor where it is real, which costs nothing."""
    if x.dtype.kind != "c":
        return x
    from inspector.engine.primitives.elementwise import conjugate

    return conjugate(x)


def to_float(dtype: Any, *others: Any, **constants: Any) -> Any:
    """The dtype of a complex number's parts; real dtypes stay."""
    return {"complex64": FLOAT32, "complex128": np.dtype("float64")}.get(dtype.name, dtype)
