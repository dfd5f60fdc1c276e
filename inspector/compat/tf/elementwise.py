"""Elementwise functions: one operand (a table), two operands, and the clips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from inspector.compat.registry import export, named, public
from inspector.compat.tf.dtypes import dtype_of
from inspector.compat.tf.tensors import operands, tensor

ops = keras.ops

# TensorFlow's name under tf.math, keras.ops' name; a star: also at the top of tf.
_UNARY = """
abs* absolute, acos* arccos, acosh* arccosh, angle angle, asin* arcsin, asinh* arcsinh,
atan* arctan, atanh* arctanh, ceil ceil, conj conj, cos* cos, cosh* cosh, erf erf, erfc erfc,
erfinv erfinv, exp* exp, expm1 expm1, floor* floor, imag imag, is_finite isfinite,
is_inf isinf, is_nan isnan, log log, log1p log1p, log_sigmoid log_sigmoid, negative* negative,
real real, reciprocal reciprocal, rint round, round* round, rsqrt rsqrt, sigmoid* sigmoid,
sign* sign, sin* sin, sinh* sinh, softplus softplus, sqrt* sqrt, square* square, tan* tan,
tanh* tanh, logical_not* logical_not
"""
_BINARY = """
add* add, atan2 arctan2, divide* true_divide, equal* equal, floordiv floor_divide,
floormod mod, greater* greater, greater_equal* greater_equal, less* less,
less_equal* less_equal, logical_and* logical_and, logical_or* logical_or,
logical_xor logical_xor, maximum* maximum, minimum* minimum, mod mod, multiply* multiply,
not_equal* not_equal, pow* power, subtract* subtract, truediv* true_divide
"""


def _rows(table: str) -> list[tuple[str, str, bool]]:
    pairs = [row.split() for row in table.replace("\n", " ").split(",")]
    return [(name.rstrip("*"), target, name.endswith("*")) for name, target in pairs]


def _unary(target: str) -> Callable[..., Any]:
    def function(x: Any, name: str | None = None) -> Any:
        return getattr(ops, target)(tensor(x))

    return function


def _binary(target: str) -> Callable[..., Any]:
    def function(x: Any, y: Any, name: str | None = None) -> Any:
        return getattr(ops, target)(*operands(x, y))

    return function


def _register(table: str, make: Callable[[str], Callable[..., Any]]) -> None:
    for name, target, top in _rows(table):
        function = make(target)
        function.__name__ = function.__qualname__ = name
        function.__doc__ = f"tf.math.{name}, by keras.ops.{target}."
        export(f"math.{name} {name}" if top else f"math.{name}", named(f"tf.{name}", function))


_register(_UNARY, _unary)
_register(_BINARY, _binary)


@public("math.squared_difference", "squared_difference")
def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    return ops.square(ops.subtract(*operands(x, y)))


@public("math.divide_no_nan")
def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    return ops.divide_no_nan(*operands(x, y))


@public("math.multiply_no_nan")
def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    x, y = operands(x, y)
    product = ops.multiply(x, y)
    return ops.where(ops.equal(y, 0), ops.zeros_like(product), product)


@public("math.xlogy")
def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """X * log(y), 0 where x is 0."""
    x, y = operands(x, y)
    zero = ops.equal(x, 0)
    logarithm = ops.log(ops.where(zero, ops.ones_like(y), y))
    return ops.where(zero, ops.zeros_like(logarithm), ops.multiply(x, logarithm))


@public("math.xlog1py")
def xlog1py(x: Any, y: Any, name: str | None = None) -> Any:
    x, y = operands(x, y)
    return xlogy(x, ops.add(y, 1))


@public("math.xdivy")
def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    x, y = operands(x, y)
    zero = ops.equal(x, 0)
    quotient = ops.divide(x, ops.where(zero, ops.ones_like(y), y))
    return ops.where(zero, ops.zeros_like(quotient), quotient)


@public("math.lgamma")
def lgamma(x: Any, name: str | None = None) -> Any:
    """Log |gamma(x)| for positive x: shifted upward, then Stirling's series."""
    x = tensor(x)
    shifted, product = x, ops.ones_like(x)
    for _ in range(7):
        product = ops.multiply(product, shifted)
        shifted = ops.add(shifted, 1)
    inverse = ops.reciprocal(shifted)
    square = ops.square(inverse)
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    stirling = (shifted - 0.5) * ops.log(shifted) - shifted + 0.9189385332046727 + series
    return ops.subtract(stirling, ops.log(ops.absolute(product)))


@public("math.digamma")
def digamma(x: Any, name: str | None = None) -> Any:
    """The derivative of lgamma, for positive x."""
    shifted = tensor(x)
    total = ops.zeros_like(shifted)
    for _ in range(7):
        total = ops.subtract(total, ops.reciprocal(shifted))
        shifted = ops.add(shifted, 1)
    inverse = ops.reciprocal(shifted)
    square = ops.square(inverse)
    series = square * (1 / 12 - square * (1 / 120 - square / 252))
    return total + ops.log(shifted) - 0.5 * inverse - series


@public("math.lbeta")
def lbeta(x: Any, name: str | None = None) -> Any:
    x = tensor(x)
    return ops.subtract(ops.sum(lgamma(x), axis=-1), lgamma(ops.sum(x, axis=-1)))


@public("math.polyval")
def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    x = tensor(x)
    total = ops.zeros_like(x)
    for coefficient in coeffs:
        total = ops.add(ops.multiply(total, x), coefficient)
    return total


@public("math.add_n", "add_n", "math.accumulate_n")
def add_n(inputs: Any, name: str | None = None) -> Any:
    items = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    total = tensor(items[0])
    for item in items[1:]:
        total = ops.add(total, tensor(item))
    return total


@public("clip_by_value")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    x = tensor(t)
    low, high = operands(x, clip_value_min)[1], operands(x, clip_value_max)[1]
    return ops.cast(ops.minimum(ops.maximum(x, low), high), dtype_of(x))


@public("clip_by_norm")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    x = tensor(t)
    norm = ops.sqrt(ops.sum(ops.square(x), axis=axes, keepdims=True))
    return ops.divide(ops.multiply(x, clip_norm), ops.maximum(norm, clip_norm))


@public("linalg.global_norm")
def global_norm(t_list: Any, name: str | None = None) -> Any:
    squares = [ops.sum(ops.square(tensor(t))) for t in t_list if t is not None]
    return ops.sqrt(add_n(squares))


@public("clip_by_global_norm")
def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> Any:
    norm = global_norm(t_list) if use_norm is None else tensor(use_norm)
    scale = ops.divide(clip_norm, ops.maximum(norm, clip_norm))
    return [None if t is None else ops.multiply(tensor(t), scale) for t in t_list], norm


@public("approx_equal", "math.approximate_equal")
def approx_equal(x: Any, y: Any, tolerance: float = 1e-5, name: str | None = None) -> Any:
    return ops.less(ops.absolute(ops.subtract(*operands(x, y))), tolerance)


@public("math.nextafter")
def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    import numpy as np

    return tensor(np.nextafter(np.asarray(tensor(x1)), np.asarray(tensor(x2))))
