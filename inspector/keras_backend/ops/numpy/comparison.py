"""Comparisons, logic and choosing between values."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any

from inspector.engine import promotion
from inspector.engine.primitives import arithmetic, choice, comparison, elementwise, reduction
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy import sorting
from inspector.keras_backend.ops.numpy.prepare import (
    BOOL,
    cast_to,
    floating_operands,
    in_dtype,
    kind_of,
    numeric,
    operands,
    tensor,
)


def equal(x1: Any, x2: Any) -> Any:
    return comparison.equal(*operands(x1, x2))


def not_equal(x1: Any, x2: Any) -> Any:
    return comparison.not_equal(*operands(x1, x2))


def less(x1: Any, x2: Any) -> Any:
    return comparison.less(*operands(x1, x2))


def less_equal(x1: Any, x2: Any) -> Any:
    return comparison.less_equal(*operands(x1, x2))


def greater(x1: Any, x2: Any) -> Any:
    return comparison.greater(*operands(x1, x2))


def greater_equal(x1: Any, x2: Any) -> Any:
    return comparison.greater_equal(*operands(x1, x2))


def _truth(x: Any) -> Tensor:
    return cast_to(tensor(x), BOOL)


def logical_and(x1: Any, x2: Any) -> Any:
    return comparison.logical_and(_truth(x1), _truth(x2))


def logical_or(x1: Any, x2: Any) -> Any:
    return comparison.logical_or(_truth(x1), _truth(x2))


def logical_xor(x1: Any, x2: Any) -> Any:
    return comparison.logical_xor(_truth(x1), _truth(x2))


def logical_not(x: Any) -> Any:
    return comparison.logical_not(_truth(x))


def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Whether |x1 - x2| <= atol + rtol·|x2|; equal infinities are close."""
    a, b = floating_operands(x1, x2)
    same = comparison.equal(a, b)
    bound = elementwise.absolute(b) * rtol + atol
    near = comparison.less_equal(elementwise.absolute(arithmetic.subtract(a, b)), bound)
    # An infinite bound would be met by everything.
    near = comparison.logical_and(near, elementwise.isfinite(b))
    close = comparison.logical_or(same, near)
    if not equal_nan:
        return close
    both = comparison.logical_and(elementwise.isnan(a), elementwise.isnan(b))
    return comparison.logical_or(close, both)


def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    return reduction.all_(isclose(x1, x2, rtol, atol, equal_nan))


def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element of x1 is in x2; `assume_unique` is a hint that is not needed here."""
    return comparison.isin(*operands(x1, x2), invert=invert)


def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition holds, else x2; with neither, the positions where it holds."""
    if x1 is None or x2 is None:
        if x1 is not None or x2 is not None:
            raise ValueError("`x1` and `x2` either both should be `None` or both should be given.")
        return sorting.nonzero(condition)
    return choice.where(_truth(condition), *operands(x1, x2))


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """The first choice whose condition holds, the default where none does."""
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"`condlist` and `choicelist` differ in length: {len(condlist)}, {len(choicelist)}"
        )
    choices = [x if isinstance(x, int | float | complex) else tensor(x) for x in choicelist]
    last = default if isinstance(default, int | float | complex) else tensor(default)
    dtype = promotion.result_type(*dict.fromkeys(kind_of(x) for x in [*choices, last]))
    found = in_dtype(last, dtype)
    for condition, value in zip(condlist[::-1], choices[::-1], strict=True):
        found = choice.where(_truth(condition), in_dtype(value, dtype), found)
    return found


def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Values limited to x_min and x_max; either may be None."""
    t = numeric(x)
    bounds = [b for b in (x_min, x_max) if b is not None]
    if builtins.all(isinstance(b, int | float) for b in bounds):
        return _clip_to_numbers(t, x_min, x_max)
    low, high = (
        b if b is None or isinstance(b, int | float) else tensor(b) for b in (x_min, x_max)
    )
    kinds = [kind_of(b) for b in (low, high) if b is not None]
    dtype = promotion.result_type(t.dtype, *kinds)
    found = cast_to(t, dtype)
    found = found if low is None else arithmetic.maximum(found, in_dtype(low, dtype))
    return found if high is None else arithmetic.minimum(found, in_dtype(high, dtype))


def _clip_to_numbers(t: Tensor, x_min: float | None, x_max: float | None) -> Any:
    low = -math.inf if x_min is None else x_min
    high = math.inf if x_max is None else x_max
    kinds = [kind_of(b) for b in (x_min, x_max) if b is not None]
    dtype = promotion.result_type(t.dtype, *kinds)
    if dtype.kind in "iu":
        # A bound beyond the dtype is no bound.
        lowest, highest = promotion.integer_limits(dtype)
        low = int(builtins.min(builtins.max(low, lowest), highest))
        high = int(builtins.min(builtins.max(high, lowest), highest))
    return choice.clip(cast_to(t, dtype), low=low, high=high)
