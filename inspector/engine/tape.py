"""The tape: the op records of one run, in order; everything else reads this one list.

    with recording() as tape:     every op from here on appends an OpRecord to `tape`
        y = matmul(x, w)
    tape.records[0].primitive     forward stepping, backward, replay and export read the records

There is one tape at a time. `recording()` inside `recording()` is a *segment*: it writes on the
same tape and remembers where it began, so that a gradient taken within a recorded run reads the
same records that the debugger shows. Code that must leave no trace runs under `paused()`.

Recording knows nothing of differentiation; `autodiff.py` reads the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from inspector.engine.primitive import Primitive
    from inspector.engine.tensor import Tensor

Location = tuple[str, int]


class OpRecord:
    """One op as it ran.

    scope:    whatever `tape.scope` was (capture puts the frame of the running call there).
    function: name of the backend function that ran it ("softmax"), or empty.
    location: file and line of the user's code, None where there is none on the stack.
    is_backward: whether a gradient rule ran it.
    implementation: which GPU code ran it; empty: the function for NumPy and CuPy alike.
    """

    __slots__ = (
        "constants",
        "elapsed_s",
        "function",
        "implementation",
        "index",
        "inputs",
        "is_backward",
        "location",
        "outputs",
        "primitive",
        "scope",
    )

    def __init__(
        self,
        index: int,
        primitive: Primitive,
        inputs: tuple[Tensor, ...],
        outputs: tuple[Tensor, ...],
        constants: dict[str, Any],
        elapsed_s: float = 0.0,
        scope: Any = None,
        function: str = "",
    ) -> None:
        self.index = index
        self.primitive = primitive
        self.inputs = inputs
        self.outputs = outputs
        self.constants = constants
        self.elapsed_s = elapsed_s
        self.scope = scope
        self.function = function
        self.location: Location | None = None
        self.is_backward = False
        self.implementation = ""

    def __repr__(self) -> str:
        shapes = ", ".join(str(tensor.shape) for tensor in self.inputs)
        return f"<op {self.index} {self.primitive.name}({shapes})>"


class Tape:
    """A growing list of op records.

    scope:    stamped on each new record; capture sets it to the running call's frame.
    line:     the user's file and line of all ops until it changes; None: `locate` is asked.
    locate:   finds the user's file and line; None: lines are not wanted.
    listener: called with each new record right after it was made; None: nobody listens.
    """

    def __init__(self) -> None:
        self.records: list[OpRecord] = []
        self.scope: Any = None
        self.function = ""
        self.is_backward = False
        # What GPU code says of the op that is running (cuda/dispatch.py).
        self.implementation = ""
        # While gradient rules run: the line of the op that they go back through.
        self.backward_from: Location | None = None
        self.line: Location | None = None
        self.locate: Callable[[], Location | None] | None = None
        self.listener: Callable[[OpRecord], None] | None = None
        # Whether its records are read once gradients were taken; capture keeps the first runs only.
        self.is_kept = True
        # Whether ops on shapes alone belong to the run; in a run on values they only build it.
        self.lists_symbolic = True
        # The op that raised last: (primitive, inputs, constants, error), for the failure graph.
        self.failed: tuple[Primitive, tuple[Tensor, ...], dict[str, Any], BaseException] | None = (
            None
        )

    def append(
        self,
        primitive: Primitive,
        inputs: tuple[Tensor, ...],
        outputs: tuple[Tensor, ...],
        constants: dict[str, Any],
        elapsed_s: float = 0.0,
    ) -> OpRecord:
        """Record one op that has just run."""
        records = self.records
        record = OpRecord(
            len(records),
            primitive,
            inputs,
            outputs,
            constants,
            elapsed_s,
            self.scope,
            self.function,
        )
        if self.implementation:
            record.implementation, self.implementation = self.implementation, ""
        if self.is_backward:
            record.is_backward, record.location = True, self.backward_from
        elif self.line is not None:
            record.location = self.line
        elif self.locate is not None:
            record.location = self.locate()
        for tensor in outputs:
            tensor.record = record
        if not self.lists_symbolic and outputs and outputs[0].data is None:
            return record
        records.append(record)
        if self.listener is not None:
            self.listener(record)
        return record


class Segment:
    """A stretch of a tape, from where `recording()` was entered to its end (or to now).

    owns_tape: its tape was made for it, so nobody else reads the records.
    """

    def __init__(self, tape: Tape, owns_tape: bool = False) -> None:
        self.tape = tape
        self.owns_tape = owns_tape
        self.start = len(tape.records)
        self.stop: int | None = None

    @property
    def records(self) -> list[OpRecord]:
        return self.tape.records[self.start : self.stop]

    @property
    def is_private(self) -> bool:
        """Whether nobody but its owner will read the records."""
        return self.owns_tape or not self.tape.is_kept


class Observer(Protocol):
    """What `capture` is told, so that a training step becomes a run of its own."""

    def segment_began(self) -> None:
        """`recording()` is entered while no tape runs; a tape may be switched to now."""

    def segment_ended(self) -> None:
        """That outermost `recording()` is left."""

    def evaluation_began(self) -> None:
        """`evaluating()` is entered while no tape runs; a tape may be switched to now."""

    def evaluation_ended(self) -> None:
        """That outermost `evaluating()` is left."""

    def evaluated(self, total: Tensor) -> None:
        """The total loss of a step whose gradients will not be taken is there."""

    def differentiated(
        self, target: Tensor, sources: Sequence[Tensor], gradients: Sequence[Tensor | None]
    ) -> None:
        """Gradients of `target` have been taken; None where no path leads to a source."""


observer: Observer | None = None

# The running tape, None when nothing records. A module attribute, not a ContextVar: it is read at
# every op, and Keras code runs on one thread only.
current: Tape | None = None


@contextmanager
def recording(tape: Tape | None = None) -> Iterator[Segment]:
    """Record all ops of the block: on the running tape if there is one, else on a new one.

    tape: start this very tape instead (capture does, for each run).
    """
    global current
    told = tape is None and current is None and observer is not None
    if told and observer is not None:
        observer.segment_began()
    before = current
    current = tape if tape is not None else (before if before is not None else Tape())
    segment = Segment(current, owns_tape=current is not before and tape is None)
    try:
        yield segment
    finally:
        segment.stop = len(segment.tape.records)
        current = before
        if told and observer is not None:
            observer.segment_ended()


@contextmanager
def evaluating() -> Iterator[None]:
    """A step without gradients: nothing is recorded unless somebody observes."""
    told = current is None and observer is not None
    if told and observer is not None:
        observer.evaluation_began()
    try:
        yield
    finally:
        if told and observer is not None:
            observer.evaluation_ended()


def switch(to: Tape | None) -> Tape | None:
    """Make `to` the running tape (None: record nothing) and return the one that ran before."""
    global current
    before, current = current, to
    return before


@contextmanager
def paused() -> Iterator[None]:
    """Record nothing in the block."""
    global current
    before, current = current, None
    try:
        yield
    finally:
        current = before
