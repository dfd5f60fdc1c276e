"""The labels of every tensor of a run, and the conflicts met on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.capture.axes import conflicts, rules, seeds
from inspector.capture.axes.rules import UNKNOWN, Labels
from inspector.capture.frames import Frame
from inspector.engine import OpRecord, Tensor
from inspector.trace.axes import AxisConflict, TensorAxes
from inspector.trace.numbers import Passage


@dataclass(slots=True)
class Labelled:
    """What came out: labels by tensor id, and conflicts in order."""

    labels: dict[int, Labels] = field(default_factory=dict)
    conflicts: list[AxisConflict] = field(default_factory=list)

    def of(self, wanted: set[int]) -> tuple[TensorAxes, ...]:
        """The labels of these tensors, where any axis is known."""
        return tuple(
            TensorAxes(tensor, labels)
            for tensor, labels in sorted(self.labels.items())
            if tensor in wanted and any(labels)
        )


def label(records: Sequence[OpRecord], passage: Callable[[OpRecord], Passage]) -> Labelled:
    """Walk over the forward pass of a record."""
    walk = _Walk(passage)
    for record in records:
        if not record.is_backward:
            walk.go_on(record)
    return walk.found


class _Walk:
    def __init__(self, passage: Callable[[OpRecord], Passage]) -> None:
        self.found = Labelled()
        self._passage = passage
        self._entered: set[int] = set()
        self._made: set[int] = set()
        self._givers: dict[int, list[Frame]] = defaultdict(list)

    def go_on(self, record: OpRecord) -> None:
        """One op: what its calls say of their inputs, its own rule, what they say of outputs."""
        for frame in _around(record.scope):
            if id(frame) not in self._entered:
                self._entered.add(id(frame))
                self._enter(frame)
        given = [self._of(tensor) for tensor in record.inputs]
        at = self._passage(record)
        for message, fix in conflicts.of(record, given):
            self.found.conflicts.append(AxisConflict(message, fix, at))
        for tensor, labels in zip(record.outputs, rules.outputs(record, given), strict=True):
            self._made.add(tensor.id)
            self.found.labels[tensor.id] = self._said_by_givers(tensor, labels)

    def _enter(self, frame: Frame) -> None:
        for _, tensor in frame.inputs:
            if isinstance(tensor, Tensor):
                told = seeds.of_input(frame, tensor.ndim)
                if frame.parent is None and tensor.ndim and tensor.id not in self._made:
                    told = (told[0] or "batch", *told[1:])
                self._fill(tensor, told)
        for tensor in frame.outputs:
            if isinstance(tensor, Tensor):
                self._givers[tensor.id].append(frame)

    def _fill(self, tensor: Tensor, told: Labels) -> None:
        known = self._of(tensor)
        self.found.labels[tensor.id] = tuple(a or b for a, b in zip(known, told, strict=True))

    def _said_by_givers(self, tensor: Tensor, labels: Labels) -> Labels:
        for frame in self._givers.get(tensor.id, ()):
            told = seeds.of_output(frame, tensor.ndim)
            labels = tuple(b or a for a, b in zip(labels, told, strict=True))
        return labels

    def _of(self, tensor: Tensor) -> Labels:
        return self.found.labels.get(tensor.id) or (UNKNOWN,) * tensor.ndim


def _around(frame: Any) -> Iterator[Frame]:
    """The calls that an op runs in, outermost first."""
    if isinstance(frame, Frame):
        yield from reversed([frame, *frame.ancestors()])
