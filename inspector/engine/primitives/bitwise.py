"""Bits of integers, elementwise with broadcasting."""

from __future__ import annotations

from inspector.engine.primitives.arithmetic import binary
from inspector.engine.primitives.elementwise import unary

bitwise_and = binary("bitwise_and", "Bits that both have.")
bitwise_or = binary("bitwise_or", "Bits that one of them has.")
bitwise_xor = binary("bitwise_xor", "Bits that exactly one of them has.")
invert = unary("invert", "Every bit the other way round.")
left_shift = binary("left_shift", "Bits moved to the left; zeros come in.")
right_shift = binary("right_shift", "Bits moved to the right; the sign comes in.")
