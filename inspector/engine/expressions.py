"""What elementwise primitives compute, as expressions in C, for generated kernels.

In an expression {0}, {1}, ... are the operands and {name} the constants, all of one floating type
A except where an op takes or gives truth values. `larger` and `smaller` are maximum and minimum
with NaN kept (cuda/prelude.cuh). Backward ops are primitives too, so gradients fuse like the rest.
"""

from __future__ import annotations

import math
from typing import Any

from inspector.engine.tape import OpRecord

_FUNCTIONS = {
    "absolute": "fabs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctanh": "atanh",
    "power": "pow",
    "arctan2": "atan2",
    "maximum": "larger",
    "minimum": "smaller",
    **{name: name for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt")},
    **{name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "cbrt", "hypot")},
    **{name: name for name in ("floor", "ceil", "trunc", "fmax", "fmin", "fmod")},
}
_TWO = {"power", "arctan2", "maximum", "minimum", "hypot", "fmax", "fmin", "fmod"}
_SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
_SIGMOID = "(1 / (1 + exp(-{0})))"
_SIGMOID_1 = "(1 / (1 + exp(-{1})))"
_GELU_U = "(A)0.7978845608028654 * {0} * (1 + (A)0.044715 * {0} * {0})"
_NORMAL = "((A)0.5 * erfc({0} * (A)-0.7071067811865476))"
_NORMAL_1 = "((A)0.5 * erfc({1} * (A)-0.7071067811865476))"

EXPRESSIONS: dict[str, str] = {
    **{name: f"{{0}} {sign} {{1}}" for name, sign in _SIGNS.items()},
    **{
        name: f"{function}({{0}}, {{1}})" if name in _TWO else f"{function}({{0}})"
        for name, function in _FUNCTIONS.items()
    },
    "negative": "-{0}",
    "square": "{0} * {0}",
    "reciprocal": "1 / {0}",
    "sign": "{0} != {0} ? {0} : (A)(({0} > 0) - ({0} < 0))",
    "isnan": "{0} != {0}",
    "logical_and": "{0} && {1}",
    "logical_or": "{0} || {1}",
    "logical_not": "!{0}",
    "where": "{0} ? {1} : {2}",
    "clip": "smaller(larger({0}, {low}), {high})",
    "full_like": "{value}",
    "scale_shift": "{0} * {1} + {2}",
    "relu": "larger({0}, 0)",
    "relu_grad": "{0} * (A)({1} > 0)",
    "leaky_relu": "smaller({0}, 0) * {negative_slope} + larger({0}, 0)",
    "leaky_relu_grad": "{0} * ({1} > 0 ? (A)1 : {negative_slope})",
    "ramp": "smaller(larger({0} * {scale} + {shift}, {low}), {high})",
    "sigmoid": _SIGMOID,
    "sigmoid_grad": f"{{0}} * {_SIGMOID_1} * (1 - {_SIGMOID_1})",
    "silu": f"{{0}} * {_SIGMOID}",
    "silu_grad": f"{{0}} * {_SIGMOID_1} * (1 + {{1}} * (1 - {_SIGMOID_1}))",
    "softplus": "log1p(exp(-fabs({0}))) + larger({0}, 0)",
    "softplus_grad": f"{{0}} * {_SIGMOID_1}",
    "elu": "{scale} * (larger({0}, 0) + {alpha} * expm1(smaller({0}, 0) / {width}))",
    "gelu": f"{{0}} * {_NORMAL}",
    "gelu_grad": "{0} * (" + _NORMAL_1 + " + {1} * (A)0.3989422804014327 * exp({1} * {1} / -2))",
    "gelu_tanh": f"(A)0.5 * {{0}} * (1 + tanh({_GELU_U}))",
}
_TRUTH = {"logical_and", "logical_or", "logical_not"}


def has_expression(record: OpRecord) -> bool:
    """Whether a kernel of one floating type (and truth values) can compute this op."""
    name = record.primitive.name
    if len(record.outputs) != 1 or not (name in EXPRESSIONS or name == "batch_norm"):
        return False
    floats = {t.dtype.name for t in (*record.inputs, *record.outputs)} - {"bool"}
    if not floats <= {"float32", "float64"} or len(floats) > 1:
        return False
    of_truth = all(t.dtype.name == "bool" for t in record.inputs)
    return (name in _TRUTH) == of_truth and _are_plain(record) and record.outputs[0].size > 0


def expression(record: OpRecord, operands: list[str]) -> str:
    """The op as an expression of its operands' names."""
    return formula(record.primitive.name, operands, record.constants)


def formula(name: str, operands: list[str], constants: dict[str, Any]) -> str:
    """A primitive as an expression of its operands' names."""
    if name == "batch_norm":
        return _batch_norm(operands, **constants)
    literals = {key: literal(value) for key, value in constants.items()}
    return EXPRESSIONS[name].format(*operands, **literals)


def literal(value: Any) -> str:
    """A number as C has it, in the type A."""
    if not math.isinf(value):
        return f"(A){float(value)!r}"
    return "MINUS_INFINITY" if value < 0 else "-MINUS_INFINITY"


def _are_plain(record: OpRecord) -> bool:
    """Whether all constants that go into the expression are numbers."""
    constants = {k: v for k, v in record.constants.items() if k not in ("axis", "dtype")}
    numbers = all(isinstance(v, int | float) and v == v for v in constants.values())
    return numbers and record.constants.get("dtype") is None


def _batch_norm(
    operands: list[str], axis: int, epsilon: float, has_scale: bool, has_offset: bool
) -> str:
    x, mean, variance, *rest = operands
    scaled = f" * {rest[0]}" if has_scale else ""
    offset = f" + {rest[-1]}" if has_offset else ""
    return f"({x} - {mean}) * ((1 / sqrt({variance} + {literal(epsilon)})){scaled}){offset}"
