"""What is looked at: the trace, one of its runs, the cursor in it, and the selected call.

The one owner of these facts in the window; every panel reads them here and follows the signals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from inspector.trace import Call, Run, Source, Trace
from inspector.trace.stepping import Granularity, Step, Steps

EMPTY_RUN = Run(model=None, kind="forward", training=False, seed=None)


class Viewpoint(QObject):
    """The window's one answer to "which run, which step, which call".

    stepped: the cursor was put elsewhere in the run; it moves too as runs come into view.
    """

    trace_changed = Signal()
    run_changed = Signal()
    cursor_moved = Signal()
    stepped = Signal()
    selection_changed = Signal()
    run_examined = Signal()
    source_requested = Signal(str, int)
    tensor_requested = Signal(int)
    item_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.trace: Trace | None = None
        self.run: Run = EMPTY_RUN
        self.steps = Steps(EMPTY_RUN)
        self.position = 0
        self.selected: str | None = None
        self.granularity: Granularity = "call"
        # Whether the user has chosen where to look; until then the most telling run is shown.
        self._is_chosen = False
        self._axes: dict[int, tuple[str, ...]] = {}
        self._axes_of: Run | None = None
        self.names_batch = False

    @property
    def runs(self) -> tuple[Run, ...]:
        return self.trace.runs if self.trace else ()

    @property
    def step(self) -> Step | None:
        """Where the cursor is, None when nothing ran."""
        return self.steps[self.position] if len(self.steps) else None

    @property
    def call(self) -> Call | None:
        """The selected call."""
        return self.steps.calls.get(self.selected) if self.selected else None

    def source(self, file: str) -> Source | None:
        """The text that stands for a file at lines of the trace, None where it is a file."""
        sources = self.trace.sources if self.trace else ()
        return next((source for source in sources if source.file == file), None)

    def parameters_of(self, model: str) -> int:
        """How many parameters a model has in all, 0 where no model is called that."""
        models = self.trace.models if self.trace else ()
        return next((known.parameters for known in models if known.name == model), 0)

    def axes_of(self, tensor: int) -> tuple[str, ...]:
        """What the axes of a tensor of the run mean, empty where nothing is known."""
        if self._axes_of is not self.run:
            self._axes = {axes.tensor: axes.labels for axes in self.run.axes}
            self._axes_of = self.run
        return self._axes.get(tensor, ())

    def named_axes(self, tensor: int) -> tuple[str, ...]:
        """What its axes mean where the batch is to be written by its name, else nothing."""
        return self.axes_of(tensor) if self.names_batch else ()

    def name_batch(self, *, is_named: bool) -> None:
        """Write the batch by its name in shapes, or by its size again."""
        self.names_batch = is_named
        self.run_examined.emit()

    def show_trace(self, trace: Trace) -> None:
        """Show a whole trace; the run in view stays if the user chose it."""
        self.trace = trace
        self.trace_changed.emit()
        kept = next((run for run in trace.runs if run.number == self.run.number), None)
        if kept is not None and self._is_chosen:
            if kept.calls != self.run.calls or kept.failure != self.run.failure:
                self._look_at(kept)
            self.run = kept
            return
        shown = telling_run(trace)
        if shown is not None:
            self._look_at(shown)

    def note(self, trace: Trace) -> None:
        """Take what is new about the file; its runs are the same."""
        self.trace = trace
        self.trace_changed.emit()

    def note_examined(self, number: int, added_to: Callable[[Run], Run]) -> None:
        """Take what was found in a run; cursor and selection stay."""
        if self.trace is None:
            return
        runs = tuple(added_to(run) if run.number == number else run for run in self.trace.runs)
        self.trace = replace(self.trace, runs=runs)
        if self.run.number == number and self.run.calls:
            self.run = added_to(self.run)
            self.run_examined.emit()
        self.trace_changed.emit()

    def close(self) -> None:
        """Show nothing."""
        self.trace = None
        self._is_chosen = False
        self.trace_changed.emit()
        self._look_at(EMPTY_RUN)

    def update_run(self, run: Run) -> None:
        """Take the newest state of a run that is still going on."""
        if self.trace is None:
            return
        others = tuple(known for known in self.trace.runs if known.number != run.number)
        runs = tuple(sorted((*others, run), key=lambda known: known.number))
        self.trace = replace(self.trace, runs=runs)
        self.trace_changed.emit()
        if run.number == self.run.number or not self.run.calls:
            self._look_at(run)

    def drop_run(self, run: Run) -> None:
        """Forget a run; another one has to be shown next."""
        if self.trace is not None:
            runs = tuple(other for other in self.trace.runs if other.number != run.number)
            self.note(replace(self.trace, runs=runs))

    def show_run(self, run: Run) -> None:
        """Look at one run, at its failure or its start."""
        self._is_chosen = True
        self._look_at(run)

    def _look_at(self, run: Run) -> None:
        self.run = run
        self.steps = Steps(run, self.granularity)
        self.position = telling_position(self.steps)
        self.selected = self.step.call if self.step else None
        self.run_changed.emit()
        self.cursor_moved.emit()
        self.selection_changed.emit()

    def set_granularity(self, granularity: Granularity) -> None:
        """Step by calls, or by the ops inside them too; the cursor stays at its call."""
        call_id = self.step.call if self.step else None
        self.granularity = granularity
        self.steps = Steps(self.run, granularity)
        self.position = self.steps.entry_of(call_id) if call_id else 0
        self.cursor_moved.emit()

    def move_to(self, position: int) -> None:
        """Put the cursor at a position; the selection follows it."""
        if not len(self.steps):
            return
        self._is_chosen = True
        self.position = max(0, min(position, len(self.steps) - 1))
        self.stepped.emit()
        self.cursor_moved.emit()
        self.select(self.steps[self.position].call)

    def select(self, call_id: str | None) -> None:
        """Select a call without moving the cursor."""
        if call_id == self.selected or (call_id and call_id not in self.steps.calls):
            return
        self._is_chosen = True
        self.selected = call_id
        self.selection_changed.emit()

    def go_to_call(self, call_id: str) -> None:
        """Move the cursor to where a call is entered."""
        if call_id in self.steps.calls:
            self.move_to(self.steps.entry_of(call_id))


def telling_run(trace: Trace) -> Run | None:
    """The run that a person wants first: one that failed, else a real one, the deepest.

    A training step tells more than a forward pass, and that more than a symbolic build.
    """
    rank = {"build": 0, "forward": 1, "train_step": 2}
    return max(
        trace.runs,
        key=lambda run: (run.failure is not None, rank[run.kind], len(run.calls), -run.number),
        default=None,
    )


def telling_position(steps: Steps) -> int:
    """The failure, else the start: from there the keys that step forward lead through the run."""
    failure = steps.failure_position()
    return 0 if failure is None else failure
