"""What is wrong with the numbers of a run, and where a single number comes from: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BadKind = Literal[
    "nan",
    "infinity",
    "overflow",
    "denormal",
    "dead",
    "saturated",
    "constant",
    "all masked",
    "zero deviation",
]


@dataclass(frozen=True, slots=True)
class Element:
    """One element of one tensor.

    name:  what the tensor is to people: an operand's place, a weight's path, an input's name.
    tensor: the id under which the whole tensor can be read.
    """

    name: str
    tensor: int | None
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One op that a number goes through; `call` is None outside of any call."""

    call: str | None
    op: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BadValue:
    """The first place where something is wrong with numbers, and how far it reaches.

    at:       the op that made it; `at.op` is empty when it was there from the start (an input).
    position: of the op in the run's order of events.
    element:  the first element that is bad, in C order.
    operands: the elements that made it, the guilty one first.
    count:    how many elements are bad, `of` how many (of units for "dead" and "constant").
    chain:    the ops it passes through from there to the loss or the last output.
    """

    kind: BadKind
    message: str
    fix: str
    at: Passage
    element: Element
    operands: tuple[Element, ...] = ()
    count: int = 1
    of: int = 1
    position: int = 0
    is_backward: bool = False
    chain: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much one element of an operand adds to a number: its value times the op's derivative."""

    element: Element
    derivative: float
    amount: float


@dataclass(frozen=True, slots=True)
class NumberOrigin:
    """Where one number comes from: the op that made it, and what contributes most.

    contributions: the largest amounts, over all operands.
    totals: what the amounts of each operand add up to. Those of a sum add up to the number
            together; those of each factor of a product do so alone.
    note:   why there are no contributions, else empty.
    """

    element: Element
    at: Passage | None
    contributions: tuple[Contribution, ...] = ()
    totals: tuple[tuple[str, float], ...] = ()
    note: str = ""
