"""Two operands of an operator, brought to the dtype of its result.

Two operands of one floating dtype, or a tensor and a Python number of its kind, are ready as they
are; everything else asks `promotion.result_type`. Unknown operands (a Keras variable, a symbolic
KerasTensor) are none of ours: their own operator answers.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from inspector.engine import array_module, promotion
from inspector.engine.primitives import shaping
from inspector.engine.tensor import STRING, Tensor

_NUMBERS = (bool, int, float, complex)


def constant(value: Any, dtype: Any) -> Tensor:
    """A 0-d tensor of one Python number; the same tensor for the same number."""
    if value == 0 and type(value) is not int:
        # 0.0 and -0.0 are one key of a cache, but two numbers.
        return Tensor(array_module.xp.asarray(value, dtype))
    return _cached(value, dtype, array_module.xp)


@functools.lru_cache(maxsize=1024, typed=True)
def _cached(value: Any, dtype: Any, xp: Any) -> Tensor:
    return Tensor(xp.asarray(value, dtype))


def cast_to(tensor: Tensor, dtype: Any) -> Tensor:
    """The tensor in another dtype; itself when it has that dtype already."""
    return tensor if tensor.dtype == dtype else shaping.cast(tensor, dtype=dtype)


def as_tensor(value: Any) -> Tensor | None:
    """An operand as a Tensor; None when it is not array-like and should answer for itself."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray | np.generic | list | tuple):
        array = np.asarray(value)
        return Tensor(array_module.xp.asarray(array)) if array.dtype.kind in "biufcV" else None
    return Tensor(value) if isinstance(value, array_module.xp.ndarray) else None


def operands(x: Tensor, other: Any, extra: tuple[type, ...] = ()) -> tuple[Tensor, Tensor] | None:
    """Both operands as Tensors of the result's dtype; None when `other` must answer itself."""
    if type(other) is Tensor or isinstance(other, Tensor):  # the first is quicker
        if other.dtype == x.dtype and (not extra or promotion.is_inexact(x.dtype)):
            return x, other
        dtype = promotion.result_type(x.dtype, other.dtype, *extra)
        return cast_to(x, dtype), cast_to(other, dtype)
    if isinstance(other, np.generic):
        # A NumPy scalar is as weak as the Python number it prints as, or np.sqrt(2) * x would
        # widen x. Keras narrows 64-bit results in the same way.
        other = other.item() if other.dtype.kind in "biuf" else np.asarray(other)
    if isinstance(other, _NUMBERS):
        dtype = dtype_with(x, other, extra)
        return cast_to(x, dtype), constant(other, dtype)
    if isinstance(other, str) and x.dtype is STRING:
        return x, Tensor(np.array(other, dtype=np.dtypes.StringDType()))
    tensor = as_tensor(other)
    return None if tensor is None else operands(x, tensor, extra)


def dtype_with(x: Tensor, number: Any, extra: tuple[type, ...] = ()) -> Any:
    """The dtype of an op on a tensor and a Python number."""
    kind = type(number)
    if x.dtype.kind == "c" or (promotion.is_float(x.dtype) and kind is not complex):
        return x.dtype
    if not extra and x.dtype.kind in "iu" and kind in (int, bool):
        return x.dtype
    return promotion.result_type(x.dtype, kind if kind is not bool else "bool", *extra)
