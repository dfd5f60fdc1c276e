"""Breakpoints, watches and the worker's pauses, put together for the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from inspector.gui.state.breakpoints import BreakpointList
from inspector.gui.state.evaluator import Evaluator
from inspector.gui.state.hits import HitFinder
from inspector.gui.state.recent import Store
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.state.watches import WatchList
from inspector.session.debug_messages import Paused, Resumed, SetBreakpoints
from inspector.session.protocol import Command, Event, Lost, Opened


class Debugging(QObject):
    """Knows where the worker waits, if it does; `paused` changes with `pause_changed`."""

    pause_changed = Signal()
    said = Signal(str)

    def __init__(
        self,
        viewpoint: Viewpoint,
        send: Callable[[Command], None],
        can_ask: Callable[[], bool],
        store: Store,
    ) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._send = send
        self._has_told = False
        self.paused: Paused | None = None
        self.evaluator = Evaluator(send, can_ask)
        self.breakpoints = BreakpointList(store)
        self.hits = HitFinder(viewpoint, self.breakpoints, self.evaluator)
        self.watches = WatchList(viewpoint, self.evaluator, store)
        self.breakpoints.changed.connect(self.tell_worker)

    def open(self, path: Path) -> None:
        """Take what the file had; said is what became of breakpoints whose lines moved."""
        self.forget()
        self._has_told = False
        said = self.breakpoints.open(path)
        self.watches.open(path)
        if said:
            self.said.emit("Breakpoints: " + "; ".join(said) + ".")

    def forget(self) -> None:
        """No file."""
        self._set_paused(None)
        self.evaluator.forget()
        self.breakpoints.close()
        self.watches.close()

    def tell_worker(self) -> None:
        """Send the breakpoints; they hold at once, and before the file is opened."""
        if self.breakpoints.file and (self.breakpoints.rows or self._has_told):
            self._has_told = True
            self._send(SetBreakpoints(self.breakpoints.enabled))

    @property
    def is_at_head(self) -> bool:
        """Whether the worker waits and the cursor is where it does: steps then run user code."""
        paused = self.paused
        if paused is None or self._viewpoint.run.number != paused.run:
            return False
        return self._viewpoint.position == self.head(paused)

    def head(self, paused: Paused) -> int:
        """The position at which the worker waits, in the run that goes on."""
        steps = self._viewpoint.steps
        if paused.op is not None:
            return steps.op_at(paused.call, paused.op)
        return steps.span(paused.call)[1] if paused.kind == "exit" else steps.entry_of(paused.call)

    def show_head(self) -> None:
        """Put the cursor where the worker waits."""
        paused = self.paused
        if paused is None:
            return
        run = next((run for run in self._viewpoint.runs if run.number == paused.run), None)
        if run is None:
            return
        if run is not self._viewpoint.run:
            self._viewpoint.show_run(run)
        if paused.op is not None:
            self._viewpoint.set_granularity("op")
        self._viewpoint.move_to(self.head(paused))

    def take(self, event: Event) -> None:
        """Take an event of the worker."""
        if isinstance(event, Paused):
            self._set_paused(event)
            self.show_head()
            self.watches.ask()
        elif isinstance(event, Resumed | Opened | Lost):
            self._set_paused(None)
            if isinstance(event, Lost):
                self.evaluator.forget()
        else:
            self.evaluator.take(event)

    def send(self, command: Command) -> None:
        """Let the worker go on, or pause it."""
        self._send(command)

    def _set_paused(self, paused: Paused | None) -> None:
        if paused != self.paused:
            self.paused = paused
            self.pause_changed.emit()
