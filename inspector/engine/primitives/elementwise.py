"""Functions of one number, elementwise; integers were cast to a floating dtype before.

One line each: name, what it is, gradient `rule(g, y, a)`: g times the slope, conjugated (which
costs nothing where it is real).
"""

from __future__ import annotations

import math
from typing import Any

from inspector.engine.primitive import Primitive, Rule, each, primitive
from inspector.engine.primitives import choice
from inspector.engine.rules import conjugated, same, to_bool, to_float
from inspector.engine.tensor import Tensor

_LN2, _LN10 = math.log(2.0), math.log(10.0)


def unary(name: str, doc: str, rule: Rule | None = None, dtype: Rule = same) -> Primitive:
    """A primitive of one operand that array modules have under this very name."""

    def forward(xp: Any, a: Any) -> Any:
        return getattr(xp, name)(a)

    forward.__doc__ = doc
    vjp = None if rule is None else each(rule)
    register = primitive(shape=same, dtype=dtype, elementwise=True, vjp=vjp, name=name)
    return register(forward)


def _zeros(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    return choice.full_like(g, value=0)


def _absolute_back(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    if a.dtype.kind != "c":
        return g * sign(a)
    safe = choice.where(y == 0, choice.full_like(y, value=1), y)
    return _with_dtype(g / safe, a) * a


def _angle_back(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    if a.dtype.kind != "c":
        return choice.full_like(g, value=0)
    # d angle = (re·d im - im·d re) / |a|²: the gradient is i·a/|a|².
    return _with_dtype(g / square(absolute(a)), a) * (a * 1j)


def _sin_back(g: Tensor, y: Tensor, a: Tensor) -> Any:
    return g * conjugated(cos(a))


def _sinh_back(g: Tensor, y: Tensor, a: Tensor) -> Any:
    return g * conjugated(cosh(a))


absolute = unary("absolute", "Distance from zero.", _absolute_back, to_float)
sign = unary("sign", "-1, 0 or 1; NaN stays.", _zeros)
exp = unary("exp", "e to the power of a.", lambda g, y, a: g * conjugated(y))
exp2 = unary("exp2", "2 to the power of a.", lambda g, y, a: g * conjugated(y * _LN2))
expm1 = unary("expm1", "exp(a) - 1, exact near zero.", lambda g, y, a: g * conjugated(y + 1))
log = unary("log", "Natural logarithm.", lambda g, y, a: g / conjugated(a))
log2 = unary("log2", "Logarithm to base 2.", lambda g, y, a: g / conjugated(a * _LN2))
log10 = unary("log10", "Logarithm to base 10.", lambda g, y, a: g / conjugated(a * _LN10))
log1p = unary("log1p", "log(1 + a), exact near zero.", lambda g, y, a: g / conjugated(a + 1))
sqrt = unary("sqrt", "Square root.", lambda g, y, a: g * 0.5 / conjugated(y))
square = unary("square", "a².", lambda g, y, a: g * (conjugated(a) * 2))
reciprocal = unary("reciprocal", "1 / a.", lambda g, y, a: -g * conjugated(square(y)))
cbrt = unary("cbrt", "Cube root.", lambda g, y, a: g / (square(y) * 3))

sin = unary("sin", "Sine.", _sin_back)
cos = unary("cos", "Cosine.", lambda g, y, a: -g * conjugated(sin(a)))
tan = unary("tan", "Tangent.", lambda g, y, a: g * conjugated(square(y) + 1))
arcsin = unary("arcsin", "Inverse sine.", lambda g, y, a: g / conjugated(sqrt(1 - square(a))))
arccos = unary("arccos", "Inverse cosine.", lambda g, y, a: -g / conjugated(sqrt(1 - square(a))))
arctan = unary("arctan", "Inverse tangent.", lambda g, y, a: g / conjugated(square(a) + 1))
sinh = unary("sinh", "Hyperbolic sine.", _sinh_back)
cosh = unary("cosh", "Hyperbolic cosine.", lambda g, y, a: g * conjugated(sinh(a)))
tanh = unary("tanh", "Hyperbolic tangent.", lambda g, y, a: g * conjugated(1 - square(y)))
arcsinh = unary(
    "arcsinh", "Inverse hyperbolic sine.", lambda g, y, a: g / conjugated(sqrt(square(a) + 1))
)
arccosh = unary(
    "arccosh", "Inverse hyperbolic cosine.", lambda g, y, a: g / conjugated(sqrt(square(a) - 1))
)
arctanh = unary(
    "arctanh", "Inverse hyperbolic tangent.", lambda g, y, a: g / conjugated(1 - square(a))
)

floor = unary("floor", "The next whole number below.", _zeros)
ceil = unary("ceil", "The next whole number above.", _zeros)
trunc = unary("trunc", "The whole part.", _zeros)


@primitive(
    shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, a, decimals: _zeros(g, y, a))
)
def round_(xp: Any, a: Any, decimals: int = 0) -> Any:
    """To so many decimals; halves go to the even neighbour."""
    return xp.rint(a) if decimals == 0 and a.dtype.kind in "fV" else xp.round(a, decimals)


real = unary("real", "Real part.", lambda g, y, a: _with_dtype(g, a), to_float)
imag = unary("imag", "Imaginary part.", lambda g, y, a: _imag_back(g, a), to_float)
conjugate = unary("conjugate", "Complex conjugate.", lambda g, y, a: conjugated(g))
angle = unary("angle", "Angle of a complex number, in radians.", _angle_back, to_float)


def _with_dtype(g: Tensor, a: Tensor) -> Tensor:
    from inspector.engine.primitives.shaping import cast

    return g if g.dtype == a.dtype else cast(g, dtype=a.dtype)


def _imag_back(g: Tensor, a: Tensor) -> Tensor:
    return _with_dtype(g, a) * 1j if a.dtype.kind == "c" else choice.full_like(g, value=0)


isnan = unary("isnan", "Whether it is no number.", dtype=to_bool)
isinf = unary("isinf", "Whether it is infinite.", dtype=to_bool)
isfinite = unary("isfinite", "Whether it is neither infinite nor NaN.", dtype=to_bool)
signbit = unary("signbit", "Whether the sign is minus; also for -0.0.", dtype=to_bool)


def _i0_back(g: Tensor, y: Tensor, a: Tensor) -> Any:
    return g * i1(a)


@primitive(
    shape=same,
    dtype=same,
    elementwise=True,
    vjp=each(_i0_back),
)
def i0(xp: Any, a: Any) -> Any:
    """Modified Bessel function of order 0."""
    return _bessel(xp, "i0", a)


def _i1_back(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    # I1' = I0 - I1/x; at zero I1/x is its series, whose slopes are right there too.
    origin = a == 0
    safe = choice.where(origin, choice.full_like(a, value=1), a)
    squared = square(a)
    series = (squared * (1 / 384) + 1 / 16) * squared + 0.5
    return g * (i0(a) - choice.where(origin, series, y / safe))


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(_i1_back))
def i1(xp: Any, a: Any) -> Any:
    """Modified Bessel function of order 1."""
    return _bessel(xp, "i1", a)


def _bessel(xp: Any, name: str, a: Any) -> Any:
    from inspector.engine import array_module

    small = a.dtype.itemsize < 4
    values = getattr(array_module.special(), name)(a.astype(xp.float32) if small else a)
    return values.astype(a.dtype) if values.dtype != a.dtype else values
