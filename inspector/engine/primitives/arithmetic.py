"""Elementwise arithmetic on two operands of one dtype, with broadcasting.

Operands are already of the result's dtype: promotion happens before (operators.py, keras_backend).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.engine.operands import constant
from inspector.engine.primitive import Primitive, Rule, each, primitive
from inspector.engine.primitives import choice
from inspector.engine.rules import broadcast, conjugated, same, sum_to
from inspector.engine.tensor import Tensor


def binary(
    name: str, doc: str, to_a: Rule | None = None, to_b: Rule | None = None, dtype: Rule = same
) -> Primitive:
    """A primitive of two broadcast operands that array modules have under this very name.

    to_a, to_b: the gradients `rule(g, y, a, b)` before they are summed to the operand's shape.
    """

    def forward(xp: Any, a: Any, b: Any) -> Any:
        return getattr(xp, name)(a, b)

    forward.__doc__ = doc
    vjp = None if to_a is None else each(_summed(to_a, 0), _summed(to_b, 1))
    register = primitive(shape=broadcast, dtype=dtype, elementwise=True, vjp=vjp, name=name)
    return register(forward)


def _summed(rule: Rule | None, operand: int) -> Callable[..., Any] | None:
    if rule is None:
        return None

    def summed(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return sum_to(rule(g, y, a, b), (a, b)[operand].shape)

    return summed


def _kept(condition: Tensor, g: Tensor) -> Tensor:
    return choice.where(condition, g, _zero(g))


def _zero(like: Tensor) -> Tensor:
    return constant(0, like.dtype)


def _one(like: Tensor) -> Tensor:
    return constant(1, like.dtype)


add = binary("add", "a + b.", lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = binary("subtract", "a - b.", lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = binary(
    "multiply",
    "a · b.",
    lambda g, y, a, b: g * conjugated(b),
    lambda g, y, a, b: g * conjugated(a),
)


@primitive(
    shape=broadcast,
    dtype=same,
    elementwise=True,
    vjp=each(
        lambda g, y, a, b: sum_to(g / conjugated(b), a.shape),
        lambda g, y, a, b: sum_to(-g * conjugated(y / b), b.shape),
    ),
)
def divide(xp: Any, a: Any, b: Any) -> Any:
    """A / b; infinite or NaN where b is 0."""
    return xp.true_divide(a, b)


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, a: -g))
def negative(xp: Any, a: Any) -> Any:
    """-a."""
    return xp.negative(a)


def _power_to_base(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    # At b = 0 the slope is 0, also where a = 0, where b·a^(b-1) would be 0·inf.
    return choice.where(b == 0, _zero(g), g * conjugated(b * power(a, b - _one(b))))


def _power_to_exponent(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    from inspector.engine.primitives.elementwise import log

    flat = choice.where(a == 0, _one(a), a)
    return choice.where(y == 0, _zero(g), g * conjugated(y * log(flat)))


@primitive(
    shape=broadcast,
    dtype=same,
    elementwise=True,
    vjp=each(_summed(_power_to_base, 0), _summed(_power_to_exponent, 1)),
)
def power(xp: Any, a: Any, b: Any) -> Any:
    """A to the power of b; of integers, the quotient without its fraction where b is negative."""
    if a.dtype.kind == "i":
        # Only 1 and -1 leave something; of their exponent it matters whether it is odd.
        negative = b < 0
        a = xp.where(negative & (a != 1) & (a != -1), a.dtype.type(0), a)
        b = xp.where(negative, 2 - (b & 1), b)
    return xp.power(a, b)


floor_divide = binary("floor_divide", "a / b, rounded down.")


def _floored(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return -g * floor_divide(a, b)


def _truncated(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    from inspector.engine.primitives.elementwise import trunc

    return -g * trunc(a / b)


remainder = binary(
    "remainder", "a - b·floor(a/b): has the sign of b.", lambda g, y, a, b: g, _floored
)
fmod = binary("fmod", "a - b·trunc(a/b): has the sign of a.", lambda g, y, a, b: g, _truncated)


def _winner(wins: Callable[[Tensor, Tensor], Tensor], operand: int) -> Rule:
    """The gradient of a maximum: all to the operand that wins, half to each on a tie."""

    def rule(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
        mine, other = (a, b) if operand == 0 else (b, a)
        return choice.where(mine == other, g * 0.5, _kept(wins(mine, other), g))

    return rule


def _above(mine: Tensor, other: Tensor) -> Tensor:
    return (mine > other) | (mine != mine)


def _below(mine: Tensor, other: Tensor) -> Tensor:
    return (mine < other) | (mine != mine)


def _above_or_alone(mine: Tensor, other: Tensor) -> Tensor:
    return (mine > other) | (other != other)


def _below_or_alone(mine: Tensor, other: Tensor) -> Tensor:
    return (mine < other) | (other != other)


maximum = binary(
    "maximum", "The larger of a and b; NaN where one is.", _winner(_above, 0), _winner(_above, 1)
)
minimum = binary(
    "minimum", "The smaller of a and b; NaN where one is.", _winner(_below, 0), _winner(_below, 1)
)
fmax = binary(
    "fmax",
    "The larger of a and b, the other one where one is NaN.",
    _winner(_above_or_alone, 0),
    _winner(_above_or_alone, 1),
)
fmin = binary(
    "fmin",
    "The smaller of a and b, the other one where one is NaN.",
    _winner(_below_or_alone, 0),
    _winner(_below_or_alone, 1),
)

arctan2 = binary(
    "arctan2",
    "The angle of the point (b, a), from -π to π.",
    lambda g, y, a, b: g * b / (a * a + b * b),
    lambda g, y, a, b: -g * a / (a * a + b * b),
)
hypot = binary(
    "hypot",
    "sqrt(a² + b²) without overflow.",
    lambda g, y, a, b: g * a / y,
    lambda g, y, a, b: g * b / y,
)


def _exp(x: Tensor) -> Tensor:
    from inspector.engine.primitives.elementwise import exp

    return exp(x)


def _exp2(x: Tensor) -> Tensor:
    from inspector.engine.primitives.elementwise import exp2

    return exp2(x)


def _below_sum(a: Tensor, y: Tensor) -> Tensor:
    """How far a term is below the sum; zero where both are infinite."""
    return choice.where(a == y, _zero(y), a - y)


logaddexp = binary(
    "logaddexp",
    "log(exp(a) + exp(b)) without overflow.",
    lambda g, y, a, b: g * _exp(_below_sum(a, y)),
    lambda g, y, a, b: g * _exp(_below_sum(b, y)),
)
logaddexp2 = binary(
    "logaddexp2",
    "log2(2^a + 2^b) without overflow.",
    lambda g, y, a, b: g * _exp2(_below_sum(a, y)),
    lambda g, y, a, b: g * _exp2(_below_sum(b, y)),
)
nextafter = binary("nextafter", "The number next to a in the direction of b.")
heaviside = binary("heaviside", "0 below zero, 1 above it, b at zero.")
gcd = binary("gcd", "Greatest common divisor of integers.")
lcm = binary("lcm", "Least common multiple of integers.")
