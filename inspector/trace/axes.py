"""What the axes of a run's tensors mean, and where axes of different meaning met."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.trace.numbers import Passage


@dataclass(frozen=True, slots=True)
class TensorAxes:
    """The meaning of each axis of one tensor: "batch", "time", "channels"...; "" is not known."""

    tensor: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AxisConflict:
    """An op that brought axes of different meaning together although their sizes fit."""

    message: str
    fix: str
    at: Passage
