"""Expected against found in plain words, and one sentence on what to do where that is certain.

Each case knows one kind of error by its message or by the op that raised, and reads the rest from
the operands. A case that is not sure of the way out leaves `fix` empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.ancestry import Ancestry
from inspector.capture.axis_rules import elements, product
from inspector.capture.frames import Frame
from inspector.capture.location import Location
from inspector.capture.runs import RunContext


@dataclass(frozen=True)
class Given:
    """One operand: what the user calls it, and the tensor."""

    name: str
    tensor: Any

    @property
    def shape(self) -> tuple[int | None, ...]:
        return tuple(self.tensor.shape)


@dataclass(frozen=True)
class Situation:
    """What is known of a failure.

    op: (primitive, inputs, constants, error) of the op that raised, or None.
    """

    context: RunContext
    frame: Frame | None
    message: str
    op: Any
    given: Sequence[Given]
    ancestry: Ancestry

    @property
    def shapes(self) -> list[tuple[int | None, ...]]:
        return [given.shape for given in self.given]

    def maker(self, index: int) -> Any:
        """The layer that gave out an operand, or None."""
        made = self.ancestry.maker(self.given[index].tensor)
        return made[0] if made is not None and private.is_layer(made[0]) else None

    def line(self, layer: Any) -> str:
        """The line that made a layer, as in "Dense 'a' (line 7)"."""
        return line_words(self.ancestry.line_of(layer))


@dataclass(frozen=True)
class Advice:
    """What to tell; None and empty where it is not known."""

    expected: str | None = None
    found: str | None = None
    fix: str = ""


Case = Callable[[Situation, "re.Match[str]"], Advice]
OpCase = Callable[[Situation], Advice | None]


def line_words(location: Location | None) -> str:
    """The end of a phrase that tells a line; empty when it is not known."""
    if location is None:
        return ""
    file, line = location
    # Each cell of a notebook counts its lines anew.
    _, is_cell, cell = file.rpartition(".ipynb cell ")
    return f" (cell {cell}:{line})" if is_cell else f" (line {line})"


def advise(situation: Situation) -> Advice | None:
    """What the first case that fits has to say."""
    from inspector.capture import advice_on_models, advice_on_shapes

    blame = situation.context.blame
    if blame is not None and blame.what == "loss" and "shape" in situation.message:
        return advice_on_models.labels(situation)
    if situation.op is not None:
        case = advice_on_shapes.OPS.get(situation.op[0].name)
        said = case(situation) if case is not None else None
        if said is not None:
            return said
    for pattern, told in (*advice_on_shapes.MESSAGES, *advice_on_models.MESSAGES):
        found = pattern.search(situation.message)
        if found is not None:
            return told(situation, found)
    return None


def layer_words(layer: Any) -> str:
    """A layer's class and name: Dense 'scores'."""
    return f"{type(layer).__name__} {layer.name!r}"


def numbers(text: str) -> tuple[int | None, ...]:
    """The sizes in a shape's text: "(None, 32)"."""
    return tuple(None if part == "None" else int(part) for part in re.findall(r"None|\d+", text))


__all__ = ["Advice", "Given", "Situation", "advise", "elements", "numbers", "product"]
