"""Functions of one number, elementwise."""

from __future__ import annotations

import math
from typing import Any

from inspector.engine import promotion
from inspector.engine.primitives import arithmetic, choice, comparison, elementwise
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import (
    BOOL,
    cast_to,
    constant,
    floating,
    numeric,
    tensor,
)


def absolute(x: Any) -> Any:
    t = tensor(x)
    return t if t.dtype.kind in "bu" else elementwise.absolute(t)


def abs(x: Any) -> Any:
    return absolute(x)


def fabs(x: Any) -> Any:
    return absolute(floating(x))


def negative(x: Any) -> Any:
    return arithmetic.negative(tensor(x))


def sign(x: Any) -> Any:
    t = tensor(x)
    return t if t.dtype == BOOL else elementwise.sign(t)


def square(x: Any) -> Any:
    return elementwise.square(numeric(x))


def arccos(x: Any) -> Any:
    return elementwise.arccos(floating(x))


def arccosh(x: Any) -> Any:
    return elementwise.arccosh(floating(x))


def arcsin(x: Any) -> Any:
    return elementwise.arcsin(floating(x))


def arcsinh(x: Any) -> Any:
    return elementwise.arcsinh(floating(x))


def arctan(x: Any) -> Any:
    return elementwise.arctan(floating(x))


def arctanh(x: Any) -> Any:
    return elementwise.arctanh(floating(x))


def cbrt(x: Any) -> Any:
    return elementwise.cbrt(floating(x))


def ceil(x: Any) -> Any:
    return elementwise.ceil(floating(x))


def cos(x: Any) -> Any:
    return elementwise.cos(floating(x))


def cosh(x: Any) -> Any:
    return elementwise.cosh(floating(x))


def exp(x: Any) -> Any:
    return elementwise.exp(floating(x))


def exp2(x: Any) -> Any:
    return elementwise.exp2(floating(x))


def expm1(x: Any) -> Any:
    return elementwise.expm1(floating(x))


def floor(x: Any) -> Any:
    return elementwise.floor(floating(x))


def log(x: Any) -> Any:
    return elementwise.log(floating(x))


def log10(x: Any) -> Any:
    return elementwise.log10(floating(x))


def log1p(x: Any) -> Any:
    return elementwise.log1p(floating(x))


def log2(x: Any) -> Any:
    return elementwise.log2(floating(x))


def reciprocal(x: Any) -> Any:
    return elementwise.reciprocal(floating(x))


def sin(x: Any) -> Any:
    return elementwise.sin(floating(x))


def sinh(x: Any) -> Any:
    return elementwise.sinh(floating(x))


def sqrt(x: Any) -> Any:
    return elementwise.sqrt(floating(x))


def tan(x: Any) -> Any:
    return elementwise.tan(floating(x))


def tanh(x: Any) -> Any:
    return elementwise.tanh(floating(x))


def deg2rad(x: Any) -> Any:
    return floating(x) * (math.pi / 180)


def rad2deg(x: Any) -> Any:
    return floating(x) * (180 / math.pi)


def sinc(x: Any) -> Any:
    """sin(πx) / (πx), 1 at zero."""
    scaled = floating(x) * math.pi
    origin = comparison.equal(scaled, constant(0, scaled.dtype))
    one = constant(1, scaled.dtype)
    safe = choice.where(origin, one, scaled)
    return choice.where(origin, one, elementwise.sin(safe) / safe)


def i0(x: Any) -> Any:
    return elementwise.i0(floating(x))


def trunc(x: Any) -> Any:
    t = tensor(x)
    return elementwise.trunc(t) if promotion.is_inexact(t.dtype) else t


def round(x: Any, decimals: int = 0) -> Any:
    """To so many decimals; whole numbers stay what they are, unless decimals is negative."""
    t = numeric(x)
    if promotion.is_inexact(t.dtype):
        return elementwise.round_(t, decimals=decimals)
    if decimals >= 0:
        return t
    return cast_to(elementwise.round_(floating(t), decimals=decimals), t.dtype)


def real(x: Any) -> Any:
    t = tensor(x)
    return elementwise.real(t) if t.dtype.kind == "c" else t


def imag(x: Any) -> Any:
    t = tensor(x)
    return elementwise.imag(t) if t.dtype.kind == "c" else choice.full_like(t, value=0)


def conjugate(x: Any) -> Any:
    t = tensor(x)
    return elementwise.conjugate(t) if t.dtype.kind == "c" else t


def conj(x: Any) -> Any:
    return conjugate(x)


def angle(x: Any) -> Any:
    return elementwise.angle(floating(x))


def isreal(x: Any) -> Any:
    t = tensor(x)
    if t.dtype.kind != "c":
        return choice.full_like(t, value=True, dtype=BOOL)
    part = elementwise.imag(t)
    return comparison.equal(part, constant(0, part.dtype))


def isnan(x: Any) -> Any:
    return elementwise.isnan(tensor(x))


def isinf(x: Any) -> Any:
    return elementwise.isinf(tensor(x))


def isfinite(x: Any) -> Any:
    return elementwise.isfinite(tensor(x))


def _infinite(x: Any, sign: float) -> Any:
    t = tensor(x)
    if not promotion.is_inexact(t.dtype):
        return choice.full_like(t, value=False, dtype=BOOL)
    return comparison.equal(t, constant(sign * math.inf, t.dtype))


def isposinf(x: Any) -> Any:
    return _infinite(x, 1.0)


def isneginf(x: Any) -> Any:
    return _infinite(x, -1.0)


def signbit(x: Any) -> Any:
    t = tensor(x)
    if promotion.is_inexact(t.dtype):
        return elementwise.signbit(t)
    if t.dtype.kind in "bu":
        return choice.full_like(t, value=False, dtype=BOOL)
    return comparison.less(t, constant(0, t.dtype))


def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """NaN and infinities replaced; infinities by the dtype's limits where nothing is given."""
    t = tensor(x)
    if not promotion.is_inexact(t.dtype):
        return t
    limits = promotion.float_limits(t.dtype)
    low = limits[0] if neginf is None else neginf
    high = limits[1] if posinf is None else posinf
    finite: Tensor = choice.where(elementwise.isnan(t), _like(nan, t), t)
    finite = choice.where(comparison.equal(t, constant(math.inf, t.dtype)), _like(high, t), finite)
    return choice.where(comparison.equal(t, constant(-math.inf, t.dtype)), _like(low, t), finite)


def _like(value: Any, t: Tensor) -> Tensor:
    return tensor(value, t.dtype)
