"""How far each box of a drawing has come at a cursor's position: plain arrays, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inspector.gui.graph.drawing import Drawing
from inspector.trace.stepping import Steps

PENDING, OPEN, DONE = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """progress: (n,) PENDING, OPEN or DONE; the others are indices of boxes, -1 for none."""

    progress: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    current: int = -1
    failed: int = -1


def spans(drawing: Drawing, steps: Steps) -> NDArray[np.int64]:
    """(n, 2) first and last position of each box; boxes that are no call have run at once."""
    found = np.full((len(drawing.ids), 2), -1, dtype=np.int64)
    for index, box in enumerate(drawing.ids):
        if box in steps.calls:
            found[index] = steps.span(box)
    return found


def marks(drawing: Drawing, steps: Steps, position: int, known: NDArray[np.int64]) -> Marks:
    """What `drawing` looks like from `position`; `known` is what `spans` gave."""
    if not len(steps):
        return Marks(np.full(len(drawing.ids), DONE, dtype=np.int8))
    progress = np.full(len(drawing.ids), DONE, dtype=np.int8)
    progress[known[:, 1] >= position] = OPEN
    progress[known[:, 0] > position] = PENDING
    failure = steps.failure_position()
    failed = -1
    if failure is not None and position >= failure:
        failed = drawing.home.get(steps[failure].call, -1)
    return Marks(progress, drawing.home.get(steps[position].call, -1), failed)
