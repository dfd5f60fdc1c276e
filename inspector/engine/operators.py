"""Python operators on Tensors: promotion first, then the primitive.

Two operands of one floating dtype, or a tensor and a Python number of its kind, go straight to
the primitive; everything else asks `promotion.result_type`. Unknown operands (a Keras variable,
a symbolic KerasTensor) get `NotImplemented`, so that their own operator answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine import array_module, promotion
from inspector.engine.primitives import arithmetic, shaping
from inspector.engine.tensor import Tensor

Operator = Callable[[Tensor, Any], Any]
_NUMBERS = (bool, int, float, complex)


def constant(value: Any, dtype: Any) -> Tensor:
    """A 0-d tensor of one Python number."""
    return Tensor(array_module.xp.asarray(value, dtype))


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


def _operands(x: Tensor, other: Any, extra: tuple[type, ...]) -> tuple[Tensor, Tensor] | None:
    """Both operands as Tensors of the result's dtype; None when `other` must answer itself."""
    if type(other) is Tensor:
        if other.dtype == x.dtype and (not extra or promotion.is_inexact(x.dtype)):
            return x, other
        dtype = promotion.result_type(x.dtype, other.dtype, *extra)
        return cast_to(x, dtype), cast_to(other, dtype)
    if isinstance(other, np.generic):
        # A NumPy scalar is as weak as the Python number it prints as, or np.sqrt(2) * x would
        # widen x. Keras narrows 64-bit results in the same way.
        other = other.item() if other.dtype.kind in "biuf" else np.asarray(other)
    if isinstance(other, _NUMBERS):
        dtype = _dtype_with(x, other, extra)
        return cast_to(x, dtype), constant(other, dtype)
    tensor = as_tensor(other)
    return None if tensor is None else _operands(x, tensor, extra)


def _dtype_with(x: Tensor, number: Any, extra: tuple[type, ...]) -> Any:
    kind = type(number)
    if promotion.is_float(x.dtype) and kind is not complex:
        return x.dtype
    if not extra and x.dtype.kind in "iu" and kind in (int, bool):
        return x.dtype
    return promotion.result_type(x.dtype, kind if kind is not bool else "bool", *extra)


def binary(run: Callable[..., Any], *extra: type) -> Operator:
    """An operator that promotes and runs; `extra` types join the promotion (float for `/`)."""

    def operator(x: Tensor, other: Any) -> Any:
        operands = _operands(x, other, extra)
        return NotImplemented if operands is None else run(*operands)

    return operator


def reflected(run: Callable[..., Any], *extra: type) -> Operator:
    """The same with the tensor on the right: `2 - x`."""

    def operator(x: Tensor, other: Any) -> Any:
        operands = _operands(x, other, extra)
        return NotImplemented if operands is None else run(operands[1], operands[0])

    return operator


def both(name: str, run: Callable[..., Any], *extra: type) -> dict[str, Operator]:
    """The operator and its reflected form, by their special names."""
    return {f"__{name}__": binary(run, *extra), f"__r{name}__": reflected(run, *extra)}


TABLE: dict[str, Any] = {
    **both("add", arithmetic.add),
    **both("sub", arithmetic.subtract),
    **both("mul", arithmetic.multiply),
    **both("truediv", arithmetic.divide, float),
    "__neg__": lambda x: arithmetic.negative(x),
    "__pos__": lambda x: x,
}


def attach() -> None:
    """Give Tensor its operators."""
    for name, operator in TABLE.items():
        setattr(Tensor, name, operator)
