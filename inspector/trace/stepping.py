"""Stepping: a cursor's positions over the record of one run, and how step keys move it.

A position is a place at which a person may want to stop:

    enter   at a call, before what is inside it has run (a leaf call has only this one)
    op      at one array primitive directly inside a call (granularity "op" only)
    exit    at a call whose inside has run: it returns
    raise   at the failing call, when calls ran inside it before it failed

    encoder ─ enter                  over:  past everything inside, to the next place at this level
      dense ─ enter                  into:  to the next position, whatever it is
      sampling ─ enter               out:   to where the frame returns
    encoder ─ exit                   back:  over, backwards
    decoder ─ enter

A training step's backward ops come after the last return, each in the call that it belongs to.
A failing run has no exits of the frames that the exception went through. Nothing runs when the
cursor moves; every move is one look-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.trace.document import Call, Op, Run
from inspector.trace.graph import children

StepKind = Literal["enter", "op", "exit", "raise"]
Granularity = Literal["call", "op"]
CallState = Literal["pending", "open", "current", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Step:
    """One position: `op` is the index into the call's own ops at an op position."""

    kind: StepKind
    call: str
    op: int | None = None


class Steps:
    """All positions of a run, in order, with the moves between them.

    >>> run = Run(model=None, kind="forward", training=False, seed=None)
    >>> len(Steps(run))
    0
    """

    def __init__(self, run: Run, granularity: Granularity = "call") -> None:
        self.run = run
        self.granularity = granularity
        self.calls = {call.id: call for call in run.calls}
        self.children = children(run)
        self._steps: list[Step] = []
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._of_layer: dict[int, list[str]] | None = None
        self._failing = run.failure.call if run.failure else None
        self._unwound = self._frames_unwound()
        # A run that goes on: its open frames have not returned yet.
        self._is_numbered = any(call.start for call in run.calls)
        self._ops: dict[tuple[str, int], int] = {}
        for call_id in self.children[None]:
            self._walk(call_id)
        self._add_backward_ops()
        self._over, self._back, self._out = self._moves()

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, position: int) -> Step:
        return self._steps[position]

    def over(self, position: int) -> int:
        """The next position that is not inside the call at `position`."""
        return self._over[position]

    def into(self, position: int) -> int:
        """The next position, whatever its depth."""
        return min(position + 1, len(self._steps) - 1)

    def out(self, position: int) -> int:
        """Where the enclosing frame returns; the last position when it never does."""
        return self._out[position]

    def back(self, position: int) -> int:
        """The call before at this level, or the enclosing frame's entry."""
        return self._back[position]

    def before(self, position: int) -> int:
        """The previous position, whatever its depth."""
        return max(position - 1, 0)

    def end(self) -> int:
        """The last position: the end of the run, or its failure."""
        return max(len(self._steps) - 1, 0)

    def entry_of(self, call_id: str) -> int:
        """The position at which a call is entered."""
        return self._first[call_id]

    def span(self, call_id: str) -> tuple[int, int]:
        """The first and last position of a call, with everything inside it."""
        return self._first[call_id], self._last[call_id]

    def op_at(self, call_id: str, op: int) -> int:
        """The position of an op of a call; at granularity "call" the call's own."""
        return self._ops.get((call_id, op), self._first[call_id])

    def sibling(self, call_id: str, by: int) -> str | None:
        """The next (by 1) or previous (by -1) call of the same layer; None when there is none."""
        if self._of_layer is None:
            self._of_layer = {}
            for call in self.run.calls:
                self._of_layer.setdefault(call.layer_id, []).append(call.id)
        calls = self._of_layer[self.calls[call_id].layer_id]
        place = calls.index(call_id) + by
        return calls[place] if 0 <= place < len(calls) else None

    def failure_position(self) -> int | None:
        """The position of the failing call, None when nothing failed."""
        return self._last.get(self._failing) if self._failing else None

    def state(self, call_id: str, position: int) -> CallState:
        """What a call looks like from `position`."""
        if not self._steps:
            return "done"
        if call_id == self._failing and position >= self._last[call_id]:
            return "failed"
        if self._steps[position].call == call_id:
            return "current"
        if position < self._first[call_id]:
            return "pending"
        return "open" if position <= self._last[call_id] else "done"

    def frames(self, position: int) -> list[str]:
        """The calls that are open at `position`, outermost first, the current one last."""
        found: list[str] = []
        call_id: str | None = self._steps[position].call if self._steps else None
        while call_id is not None:
            found.append(call_id)
            call_id = self.calls[call_id].parent
        return found[::-1]

    def _frames_unwound(self) -> set[str]:
        frames: set[str] = set()
        call = self.calls.get(self._failing) if self._failing else None
        while call is not None and call.parent is not None and call.parent in self.calls:
            frames.add(call.parent)
            call = self.calls[call.parent]
        return frames

    def _walk(self, call_id: str) -> None:
        call = self.calls[call_id]
        self._first[call_id] = self._add(Step("enter", call_id))
        inside = self._inside(call)
        for part in inside:
            if isinstance(part, str):
                self._walk(part)
            else:
                self._add(Step("op", call_id, part))
        if call_id == self._failing and inside:
            self._add(Step("raise", call_id))
        elif inside and call_id not in self._unwound and not self._is_open(call):
            self._add(Step("exit", call_id))
        self._last[call_id] = len(self._steps) - 1

    def _is_open(self, call: Call) -> bool:
        return self._is_numbered and call.end <= call.start

    def _add_backward_ops(self) -> None:
        """Ops of the backward pass belong to calls that returned long before they run."""
        self.first_backward: int | None = None
        if self.granularity == "op":
            late = [
                (op.position, call.id, place)
                for call in self.run.calls
                for place, op in enumerate(call.ops)
                if _is_late(op, call)
            ]
            if late:
                self.first_backward = len(self._steps)
            for _, call_id, place in sorted(late):
                self._add(Step("op", call_id, place))

    def _add(self, step: Step) -> int:
        self._steps.append(step)
        if step.op is not None:
            self._ops[step.call, step.op] = len(self._steps) - 1
        return len(self._steps) - 1

    def _inside(self, call: Call) -> list[str | int]:
        inside = self.children[call.id]
        if self.granularity == "call" or not call.ops:
            return list(inside)
        if any(op.position <= call.start for op in call.ops):
            # A writer that does not number ops: they come after the calls.
            return [*inside, *range(len(call.ops))]
        placed: list[tuple[int, str | int]] = [
            (op.position, i) for i, op in enumerate(call.ops) if not _is_late(op, call)
        ]
        placed += [(self.calls[child].start, child) for child in inside]
        return [part for _, part in sorted(placed, key=lambda pair: pair[0])]

    def _moves(self) -> tuple[list[int], list[int], list[int]]:
        count = len(self._steps)
        over, back, out = [0] * count, [0] * count, [0] * count
        previous_in: dict[str | None, int] = {}
        for position, step in enumerate(self._steps):
            call = self.calls[step.call]
            over[position] = self._next_after(position, step)
            frame = step.call if step.kind == "op" else call.parent
            if step.kind in ("exit", "raise"):
                back[position] = self._first[step.call]
                out[position] = self._return_of(call.parent)
                continue
            enclosing = self._first[frame] if frame is not None else 0
            back[position] = previous_in.get(frame, enclosing)
            out[position] = self._return_of(frame)
            previous_in[frame] = position
        return over, back, out

    def _next_after(self, position: int, step: Step) -> int:
        last = self._last[step.call] if step.kind == "enter" else position
        return min(last + 1, len(self._steps) - 1)

    def _return_of(self, frame: str | None) -> int:
        return self.end() if frame is None else self._last[frame]


def _is_late(op: Op, call: Call) -> bool:
    """Whether an op ran after its call had returned: in the backward pass."""
    return call.end > call.start and op.position > call.end
