"""Elementwise arithmetic on two operands of one dtype, with broadcasting.

Operands are already of the result's dtype: promotion happens before (operators.py, keras_backend).
"""

from __future__ import annotations

from typing import Any

from inspector.engine.primitive import each, primitive
from inspector.engine.rules import broadcast, same, sum_to


@primitive(
    shape=broadcast,
    dtype=same,
    elementwise=True,
    vjp=each(lambda g, y, a, b: sum_to(g, a.shape), lambda g, y, a, b: sum_to(g, b.shape)),
)
def add(xp: Any, a: Any, b: Any) -> Any:
    return xp.add(a, b)


@primitive(
    shape=broadcast,
    dtype=same,
    elementwise=True,
    vjp=each(lambda g, y, a, b: sum_to(g, a.shape), lambda g, y, a, b: sum_to(-g, b.shape)),
)
def subtract(xp: Any, a: Any, b: Any) -> Any:
    return xp.subtract(a, b)


@primitive(
    shape=broadcast,
    dtype=same,
    elementwise=True,
    vjp=each(lambda g, y, a, b: sum_to(g * b, a.shape), lambda g, y, a, b: sum_to(g * a, b.shape)),
)
def multiply(xp: Any, a: Any, b: Any) -> Any:
    return xp.multiply(a, b)


@primitive(
    shape=broadcast,
    dtype=same,
    elementwise=True,
    vjp=each(
        lambda g, y, a, b: sum_to(g / b, a.shape),
        lambda g, y, a, b: sum_to(-g * y / b, b.shape),
    ),
)
def divide(xp: Any, a: Any, b: Any) -> Any:
    return xp.true_divide(a, b)


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, a: -g))
def negative(xp: Any, a: Any) -> Any:
    return xp.negative(a)
