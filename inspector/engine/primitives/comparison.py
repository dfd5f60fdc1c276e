"""Comparisons and logic, elementwise with broadcasting; all answer with booleans."""

from __future__ import annotations

from typing import Any

from inspector.engine.primitive import primitive
from inspector.engine.primitives.arithmetic import binary
from inspector.engine.primitives.elementwise import unary
from inspector.engine.promotion import EXTENDED_FLOATS
from inspector.engine.rules import FLOAT32, to_bool

equal = binary("equal", "a == b.", dtype=to_bool)
not_equal = binary("not_equal", "a != b.", dtype=to_bool)
less = binary("less", "a < b.", dtype=to_bool)
less_equal = binary("less_equal", "a <= b.", dtype=to_bool)
greater = binary("greater", "a > b.", dtype=to_bool)
greater_equal = binary("greater_equal", "a >= b.", dtype=to_bool)

logical_and = binary("logical_and", "Both hold; not zero means true.", dtype=to_bool)
logical_or = binary("logical_or", "One of them holds.", dtype=to_bool)
logical_xor = binary("logical_xor", "Exactly one of them holds.", dtype=to_bool)
logical_not = unary("logical_not", "It does not hold.", dtype=to_bool)


@primitive(shape=lambda a, b, invert: a, dtype=to_bool)
def isin(xp: Any, a: Any, b: Any, invert: bool = False) -> Any:
    """Whether each element of `a` is among those of `b`."""
    # CuPy sorts `b`, and sorts no bfloat16; float32 has all of its values.
    a, b = (x.astype(FLOAT32) if x.dtype in EXTENDED_FLOATS else x for x in (a, b))
    return xp.isin(a, b, invert=invert)
