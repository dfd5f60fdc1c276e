"""Arithmetic on two operands."""

from __future__ import annotations

from typing import Any

from inspector.engine import products
from inspector.engine.primitives import arithmetic, bitwise, choice, comparison, elementwise
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    BOOL,
    INT32,
    cast_to,
    constant,
    floating_operands,
    numeric_operands,
    operands,
    tensor,
)


def add(x1: Any, x2: Any) -> Any:
    return arithmetic.add(*operands(x1, x2))


def subtract(x1: Any, x2: Any) -> Any:
    return arithmetic.subtract(*operands(x1, x2))


def multiply(x1: Any, x2: Any) -> Any:
    return arithmetic.multiply(*operands(x1, x2))


def divide(x1: Any, x2: Any) -> Any:
    return arithmetic.divide(*floating_operands(x1, x2))


def true_divide(x1: Any, x2: Any) -> Any:
    return arithmetic.divide(*floating_operands(x1, x2))


def divide_no_nan(x1: Any, x2: Any) -> Any:
    """The quotient, 0 where the divisor is 0; its gradient is 0 there too."""
    a, b = floating_operands(x1, x2)
    is_zero = comparison.equal(b, constant(0, b.dtype))
    quotient = arithmetic.divide(a, choice.where(is_zero, constant(1, b.dtype), b))
    return choice.where(is_zero, constant(0, b.dtype), quotient)


def power(x1: Any, x2: Any) -> Any:
    a, b = numeric_operands(x1, x2)
    found = products.power_of(a, x2) if type(x2) in (int, float) else None
    return arithmetic.power(a, b) if found is None else found


def floor_divide(x1: Any, x2: Any) -> Any:
    return arithmetic.floor_divide(*numeric_operands(x1, x2))


def mod(x1: Any, x2: Any) -> Any:
    return arithmetic.remainder(*numeric_operands(x1, x2))


def fmod(x1: Any, x2: Any) -> Any:
    return arithmetic.fmod(*numeric_operands(x1, x2))


def maximum(x1: Any, x2: Any) -> Any:
    return arithmetic.maximum(*operands(x1, x2))


def minimum(x1: Any, x2: Any) -> Any:
    return arithmetic.minimum(*operands(x1, x2))


def fmax(x1: Any, x2: Any) -> Any:
    return arithmetic.fmax(*operands(x1, x2))


def fmin(x1: Any, x2: Any) -> Any:
    return arithmetic.fmin(*operands(x1, x2))


def arctan2(x1: Any, x2: Any) -> Any:
    return arithmetic.arctan2(*floating_operands(x1, x2))


def hypot(x1: Any, x2: Any) -> Any:
    return arithmetic.hypot(*floating_operands(x1, x2))


def logaddexp(x1: Any, x2: Any) -> Any:
    return arithmetic.logaddexp(*floating_operands(x1, x2))


def logaddexp2(x1: Any, x2: Any) -> Any:
    return arithmetic.logaddexp2(*floating_operands(x1, x2))


def nextafter(x1: Any, x2: Any) -> Any:
    return arithmetic.nextafter(*floating_operands(x1, x2))


def heaviside(x1: Any, x2: Any) -> Any:
    return arithmetic.heaviside(*floating_operands(x1, x2))


def ldexp(x1: Any, x2: Any) -> Any:
    """x1 · 2^x2, computed as that product: `x2` holds whole numbers."""
    a, exponent = floating_operands(x1, x2)
    return arithmetic.multiply(a, elementwise.exp2(exponent))


def gcd(x1: Any, x2: Any) -> Any:
    return arithmetic.gcd(*operands(x1, x2))


def lcm(x1: Any, x2: Any) -> Any:
    return arithmetic.lcm(*operands(x1, x2))


def bitwise_and(x: Any, y: Any) -> Any:
    return bitwise.bitwise_and(*operands(x, y))


def bitwise_or(x: Any, y: Any) -> Any:
    return bitwise.bitwise_or(*operands(x, y))


def bitwise_xor(x: Any, y: Any) -> Any:
    return bitwise.bitwise_xor(*operands(x, y))


def bitwise_invert(x: Any) -> Any:
    return bitwise.invert(tensor(x))


def bitwise_not(x: Any) -> Any:
    return bitwise.invert(tensor(x))


def _shift_operands(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    if isinstance(y, int):
        t = tensor(x)
        t = cast_to(t, INT32) if t.dtype == BOOL else t
        return t, constant(y, t.dtype)
    return operands(x, y)


def bitwise_left_shift(x: Any, y: Any) -> Any:
    return bitwise.left_shift(*_shift_operands(x, y))


def left_shift(x: Any, y: Any) -> Any:
    return bitwise.left_shift(*_shift_operands(x, y))


def bitwise_right_shift(x: Any, y: Any) -> Any:
    return bitwise.right_shift(*_shift_operands(x, y))


def right_shift(x: Any, y: Any) -> Any:
    return bitwise.right_shift(*_shift_operands(x, y))
