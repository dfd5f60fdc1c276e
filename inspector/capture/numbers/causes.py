"""Why an op made a NaN or an infinity of numbers that were fine, in words, with what to do.

One row per op: which operands at the bad element explain it. The rules are IEEE 754's and the
functions' domains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inspector.capture.numbers.arrays import Index, can_broadcast, number, under, values_of
from inspector.engine import OpRecord

_EPSILON = "Add keras.config.epsilon() before it, or bound it with ops.maximum."


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened, what to do, and which operand's element (position, index) did it."""

    message: str
    fix: str
    operands: tuple[tuple[int, Index], ...] = ()


Rule = Callable[[list[float]], tuple[str, str] | None]


def of(record: OpRecord, index: Index, value: float) -> Cause:
    """Why element `index` of the op's first output is `value`."""
    places = _operands_at(record, index)
    rule = _RULES.get(record.primitive.name)
    if rule is not None and places:
        numbers = [number(values_of(record.inputs[which]), at) for which, at in places]
        found = rule(numbers)
        if found is not None:
            return Cause(*found, operands=tuple(places))
    wide = _WIDE.get(record.primitive.name)
    if wide is not None:
        return wide(record, index)
    return _unexplained(record, value, tuple(places))


def _operands_at(record: OpRecord, index: Index) -> list[tuple[int, Index]]:
    """The elements that went into this one, for ops that work element by element."""
    result = record.outputs[0].shape
    if not all(can_broadcast(tensor.shape, result) for tensor in record.inputs):
        return []
    return [(which, under(index, tensor.shape)) for which, tensor in enumerate(record.inputs)]


def _logarithm(numbers: list[float]) -> tuple[str, str] | None:
    x = numbers[0]
    if x == 0:
        return "the logarithm of 0", f"Keep its operand above 0. {_EPSILON}"
    if x < 0:
        return f"the logarithm of {x:.6g}, a negative number", "Keep its operand above 0."
    return None


def _log1p(numbers: list[float]) -> tuple[str, str] | None:
    if numbers[0] <= -1:
        return f"log1p of {numbers[0]:.6g}", "Keep its operand above -1."
    return None


def _division(numbers: list[float]) -> tuple[str, str] | None:
    x, y = numbers
    if y == 0:
        return f"{x:.6g} divided by 0", f"Keep the divisor away from 0. {_EPSILON}"
    if np.isfinite(x) and np.isfinite(y):
        return f"{x:.6g} divided by {y:.6g} is too large a number", _EPSILON
    return None


def _reciprocal(numbers: list[float]) -> tuple[str, str] | None:
    return _division([1.0, numbers[0]])


def _root(numbers: list[float]) -> tuple[str, str] | None:
    if numbers[0] < 0:
        return (
            f"the square root of {numbers[0]:.6g}, a negative number",
            "Keep its operand at 0 or above: ops.maximum(x, 0).",
        )
    return None


def _inverse_root(numbers: list[float]) -> tuple[str, str] | None:
    if numbers[0] == 0:
        return "1 divided by the square root of 0", f"Keep its operand above 0. {_EPSILON}"
    return _root(numbers)


def _exponential(numbers: list[float]) -> tuple[str, str] | None:
    return (
        f"the exponential of {numbers[0]:.6g} is too large a number",
        "Subtract the largest value first (softmax and logsumexp do), or clip the operand.",
    )


def _power(numbers: list[float]) -> tuple[str, str] | None:
    x, y = numbers
    if x == 0 and y < 0:
        return f"0 to the power of {y:.6g}", f"Keep the base away from 0. {_EPSILON}"
    if x < 0 and y != round(y):
        return f"{x:.6g}, a negative number, to the power of {y:.6g}", "Keep the base above 0."
    return f"{x:.6g} to the power of {y:.6g} is too large a number", "Bound the base or exponent."


def _difference(numbers: list[float]) -> tuple[str, str] | None:
    x, y = numbers
    if np.isinf(x) and x == y:
        return "infinity minus infinity", "Look at where the infinities come from."
    return _too_large(numbers)


def _sum_of_two(numbers: list[float]) -> tuple[str, str] | None:
    x, y = numbers
    if np.isinf(x) and x == -y:
        return "infinity minus infinity", "Look at where the infinities come from."
    return _too_large(numbers)


def _product(numbers: list[float]) -> tuple[str, str] | None:
    if 0.0 in numbers and any(np.isinf(numbers)):
        return (
            "0 times infinity",
            "A mask that multiplies cannot take infinities away: use ops.where.",
        )
    return _too_large(numbers)


def _too_large(numbers: list[float]) -> tuple[str, str] | None:
    if all(np.isfinite(numbers)):
        shown = " and ".join(f"{x:.6g}" for x in numbers)
        return f"the result from {shown} is too large a number", "Scale the values down."
    return None


def _outside(name: str, low: float, high: float) -> Rule:
    def rule(numbers: list[float]) -> tuple[str, str] | None:
        x = numbers[0]
        if low < x < high:
            return None
        return (
            f"{name} of {x:.6g}, which has no finite value",
            f"Keep its operand between {low:g} and {high:g}.",
        )

    return rule


def _cast(numbers: list[float]) -> tuple[str, str] | None:
    if np.isfinite(numbers[0]):
        return (
            f"{numbers[0]:.6g} does not fit into this dtype",
            "Scale it down, or compute it in float32 or bfloat16.",
        )
    return None


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("log", "log2", "log10"), _logarithm),
    "log1p": _log1p,
    "divide": _division,
    "floor_divide": _division,
    "remainder": _division,
    "fmod": _division,
    "reciprocal": _reciprocal,
    "sqrt": _root,
    "rsqrt": _inverse_root,
    **dict.fromkeys(("exp", "exp2", "expm1", "sinh", "cosh"), _exponential),
    "power": _power,
    "subtract": _difference,
    "add": _sum_of_two,
    "multiply": _product,
    "square": _too_large,
    "cast": _cast,
    "arcsin": _outside("the arc sine", -1.0, 1.0),
    "arccos": _outside("the arc cosine", -1.0, 1.0),
    "arctanh": _outside("the inverse hyperbolic tangent", -1.0, 1.0),
    "arccosh": _outside("the inverse hyperbolic cosine", 1.0, np.inf),
    "erfinv": _outside("the inverse error function", -1.0, 1.0),
}


def _row_of_softmax(record: OpRecord, index: Index) -> Cause:
    x = values_of(record.inputs[0])
    axis = record.constants.get("axis", -1)
    axis = axis[0] if isinstance(axis, tuple) else axis
    row = list(index)
    row[axis] = slice(None)  # type: ignore[call-overload]  # an index into one row
    numbers = x[tuple(row)]
    if np.isneginf(numbers).all():
        message = f"softmax over a row of {numbers.size} values that are all -inf"
        return Cause(message, "Let every row attend to at least one place.", ((0, index),))
    return Cause("softmax over a row with an infinity", "Bound its operand.", ((0, index),))


def _product_sum(record: OpRecord, index: Index) -> Cause:
    x, y = (values_of(tensor) for tensor in record.inputs[:2])
    largest = [float(np.max(np.abs(array), initial=0.0)) for array in (x, y)]
    inner = x.shape[-1] if x.ndim else 1
    message = (
        f"a sum of {inner} products is too large a number (largest factors {largest[0]:.6g} and "
        f"{largest[1]:.6g})"
    )
    places = [
        (which, tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(a))), a.shape)))
        for which, a in enumerate((x, y))
        if a.size
    ]
    return Cause(message, "Scale inputs or weights down, or normalize between.", tuple(places))


def _reduction(record: OpRecord, index: Index) -> Cause:
    size = record.inputs[0].size // max(record.outputs[0].size, 1)
    if size == 0:
        message = f"the {record.primitive.name} of no values at all"
        return Cause(message, "Look at why this axis is empty.")
    return Cause(f"the {record.primitive.name} of {size} values is too large a number", "Scale.")


_WIDE: dict[str, Callable[[OpRecord, Index], Cause]] = {
    **dict.fromkeys(("softmax", "log_softmax"), _row_of_softmax),
    **dict.fromkeys(("matmul", "conv"), _product_sum),
    **dict.fromkeys(("sum", "mean", "variance", "prod", "cumsum", "cumprod"), _reduction),
}


def _unexplained(record: OpRecord, value: float, places: tuple[tuple[int, Index], ...]) -> Cause:
    what = "NaN" if np.isnan(value) else "an infinity"
    message = f"{record.primitive.name} made {what} of finite operands"
    return Cause(message, "Look at its operands.", places)
