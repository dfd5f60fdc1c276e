"""At the door of every function: operands as Tensors of the dtype that Keras computes in."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine import promotion
from inspector.engine.methods import axes_of, summed_dtype
from inspector.engine.operands import cast_to, constant
from inspector.engine.rules import BOOL, FLOAT32, INT32, normalize_axis
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor, to_dtype

_NUMBERS = (bool, int, float, complex)
_result_type = promotion.result_type

# Python numbers are weak: they take the tensor's dtype where its kind can hold them.
_WEAK: dict[type, Any] = {bool: "bool"}


def tensor(x: Any, dtype: Any = None) -> Tensor:
    """Anything array-like as a Tensor, its dtype as Keras has it."""
    return x if type(x) is Tensor and dtype is None else convert_to_tensor(x, dtype)


def kind_of(x: Any) -> Any:
    """What an operand brings into promotion: a dtype, or the type of a Python number."""
    if isinstance(x, _NUMBERS):
        return _weak(x)
    return x.dtype


def _weak(x: Any) -> Any:
    for kind in _NUMBERS:
        if isinstance(x, kind):  # np.float64 is a float as well
            return _WEAK.get(kind, kind)
    raise TypeError(f"{x!r} is no number")


def operands(x1: Any, x2: Any, *extra: Any) -> tuple[Tensor, Tensor]:
    """Two operands in the dtype of their result; `extra` kinds join the promotion."""
    if type(x1) is Tensor and type(x2) is Tensor and x1.dtype is x2.dtype and not extra:
        return x1, x2
    if not isinstance(x1, _NUMBERS):
        x1 = tensor(x1)
    if not isinstance(x2, _NUMBERS):
        x2 = tensor(x2)
    dtype = _result_type(kind_of(x1), kind_of(x2), *extra)
    return in_dtype(x1, dtype), in_dtype(x2, dtype)


def in_dtype(x: Any, dtype: Any) -> Tensor:
    """A tensor cast, or a Python number made one."""
    return cast_to(x, dtype) if type(x) is Tensor else constant(x, dtype)


def numeric_operands(x1: Any, x2: Any, *extra: Any) -> tuple[Tensor, Tensor]:
    """The same; booleans count as whole numbers."""
    a, b = operands(x1, x2, *extra)
    return (cast_to(a, INT32), cast_to(b, INT32)) if a.dtype == BOOL else (a, b)


def floating_operands(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Two operands in a floating dtype."""
    if type(x1) is Tensor and type(x2) is Tensor and x1.dtype is x2.dtype:
        return floating(x1), floating(x2)
    return operands(x1, x2, float)


def floating(x: Any) -> Tensor:
    """A tensor in a floating or complex dtype: whole numbers as floatx."""
    t = x if type(x) is Tensor else convert_to_tensor(x)
    return t if promotion.is_inexact(t.dtype) else cast_to(t, _result_type(t.dtype, float))


def numeric(x: Any) -> Tensor:
    """A tensor whose booleans count as whole numbers."""
    t = x if type(x) is Tensor else convert_to_tensor(x)
    return cast_to(t, INT32) if t.dtype == BOOL else t


def summable(x: Any, dtype: Any = None) -> Tensor:
    """A tensor in the dtype that it is added up in."""
    t = tensor(x)
    return cast_to(t, to_dtype(dtype) if dtype is not None else summed_dtype(t.dtype))


def common(xs: Sequence[Any]) -> list[Tensor]:
    """Several tensors in the dtype of them all."""
    tensors = [tensor(x) for x in xs]
    first = tensors[0].dtype if tensors else None
    if all(t.dtype is first for t in tensors):
        return tensors
    dtype = _result_type(*dict.fromkeys(t.dtype for t in tensors))
    return [cast_to(t, dtype) for t in tensors]


def sizes(shape: Any) -> tuple[int, ...]:
    """A shape given as an int, a sequence (of ints or 0-d tensors) or a tensor."""
    if isinstance(shape, list | tuple):
        return tuple(map(operator.index, shape))
    if isinstance(shape, int):
        return (shape,)
    return tuple(int(size) for size in np.asarray(shape).reshape(-1))


__all__ = [
    "BOOL",
    "FLOAT32",
    "INT32",
    "Tensor",
    "axes_of",
    "cast_to",
    "common",
    "constant",
    "floating",
    "floating_operands",
    "in_dtype",
    "kind_of",
    "normalize_axis",
    "numeric",
    "numeric_operands",
    "operands",
    "sizes",
    "summable",
    "tensor",
    "to_dtype",
]
