"""The window's commands that step, stop and go on; one method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from inspector.errors import InspectorError
from inspector.gui.look.wording import place_text
from inspector.gui.panels.value_menu import ValueCommands, value_menu
from inspector.session.debug_messages import Continue, Pause, StepInto, StepOut, StepOver
from inspector.trace import Call

if TYPE_CHECKING:  # only the names of what the window is made of; it imports this module
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QStatusBar

    from inspector.gui.comparing.compare_dialog import CompareDialog
    from inspector.gui.graph.graph_panel import GraphPanel
    from inspector.gui.state.hits import Direction
    from inspector.gui.state.opening import Opening
    from inspector.gui.state.session_bridge import SessionBridge
    from inspector.gui.state.viewpoint import Viewpoint
    from inspector.gui.values.values_panel import ValueRow
    from inspector.gui.window.debugging import Debugging
    from inspector.gui.window.menus import Commands
    from inspector.gui.window.window_parts import Parts
    from inspector.session.protocol import Command


class StepCommands:
    """Mixed into the main window; while the worker waits, steps at its head run user code."""

    viewpoint: Viewpoint
    parts: Parts
    commands: Commands
    debugging: Debugging
    bridge: SessionBridge
    opening: Opening

    if TYPE_CHECKING:

        def statusBar(self) -> QStatusBar: ...

        def show_cursor(self) -> None: ...

        def compare_runs(self) -> CompareDialog: ...

        def what_if(self, change: str, is_ready: bool) -> None: ...

        def show_changed_run(self) -> None: ...

        def _show_state(self) -> None: ...

    def connect_debugging(self) -> None:
        """Follow what is known of breakpoints, pauses and changed runs."""
        debugging, parts = self.debugging, self.parts
        # After `opening`, which puts runs into the viewpoint.
        self.bridge.arrived.connect(debugging.take)
        self.opening.starting.connect(debugging.tell_worker)
        debugging.pause_changed.connect(self._show_pause)
        debugging.said.connect(self._say)
        debugging.breakpoints.changed.connect(self._count_stops)
        debugging.hits.changed.connect(self.mark_stops)
        debugging.hits.answered.connect(self._take_hit)
        parts.values.menu_requested.connect(self.show_value_menu)
        parts.source.problem_found.connect(self.say_wrong)
        parts.pause.button_pressed.connect(lambda name: getattr(self, name)())
        # A message covers where the cursor is.
        self.viewpoint.stepped.connect(self.statusBar().clearMessage)
        # Queued: all panels show the run before it is compared.
        queued = Qt.ConnectionType.QueuedConnection
        self.viewpoint.run_changed.connect(self.show_changed_run, queued)

    # Steps

    def step_to_start(self) -> None:
        self._move(0)

    def step_over(self) -> None:
        if not self._let_worker(StepOver()):
            self._move(self.viewpoint.steps.over(self.viewpoint.position))

    def step_into(self) -> None:
        if self._let_worker(StepInto()):
            return
        position = self.viewpoint.steps.into(self.viewpoint.position)
        self._reveal(position)
        self._move(position)

    def step_out(self) -> None:
        if not self._let_worker(StepOut()):
            self._move(self.viewpoint.steps.out(self.viewpoint.position))

    def step_back(self) -> None:
        self._move(self.viewpoint.steps.back(self.viewpoint.position))

    def step_before(self) -> None:
        self._move(self.viewpoint.steps.before(self.viewpoint.position))

    def step_after(self) -> None:
        self._move(self.viewpoint.steps.into(self.viewpoint.position))

    def toggle_ops(self) -> None:
        is_on = self.commands.actions["ops"].isChecked()
        self.viewpoint.set_granularity("op" if is_on else "call")
        if is_on:
            self.parts.bring_forward("Ops")

    def next_failure(self) -> None:
        runs = self.viewpoint.runs
        here = next((i for i, run in enumerate(runs) if run is self.viewpoint.run), 0)
        for run in (*runs[here + 1 :], *runs[: here + 1]):
            if run.failure is not None:
                self.viewpoint.show_run(run)
                return
        self._say("No run of this file failed")

    def next_call_of_layer(self) -> None:
        self._go_to_sibling(1)

    def previous_call_of_layer(self) -> None:
        self._go_to_sibling(-1)

    def first_difference(self) -> None:
        self.compare_runs().show_first()

    def _go_to_sibling(self, by: int) -> None:
        step = self.viewpoint.step
        if step is None:
            return
        found = self.viewpoint.steps.sibling(step.call, by)
        name = self.viewpoint.steps.calls[step.call].name
        if found is None:
            which = "later" if by > 0 else "earlier"
            self._say(f"There is no {which} call of {name} in this run")
            return
        position = self.viewpoint.steps.entry_of(found)
        self._reveal(position)
        self._move(position)

    # Breakpoints

    def continue_run(self) -> None:
        """To the next breakpoint of the record; the worker's own next one while it waits."""
        if self.debugging.paused is not None:
            self.debugging.send(Continue())
            return
        self._go_to_hit(1)

    def continue_back(self) -> None:
        self._go_to_hit(-1)

    def pause(self) -> None:
        """Stop user code at its next call."""
        self.debugging.send(Pause())
        self.parts.progress.show_progress("Pausing at the next call…", -1.0)

    def step_over_head(self) -> None:
        self.debugging.send(StepOver())

    def step_into_head(self) -> None:
        self.debugging.send(StepInto())

    def toggle_breakpoint(self) -> None:
        """Set a breakpoint at the selected call's line, else at its path, or take it away."""
        call = self.viewpoint.call
        if call is None:
            self.new_breakpoint()
            return
        self.break_at(f"call:{call.path}")

    def new_breakpoint(self) -> None:
        self.parts.bring_forward("Breakpoints")
        self.parts.breakpoints.entry.line.setFocus()

    def break_at(self, place: str) -> None:
        """Set a breakpoint at a place such as `class:Dense`, or take it away."""
        try:
            self.debugging.breakpoints.toggle(place)
        except InspectorError as error:
            self.say_wrong(error)
            return
        was_set = self.debugging.breakpoints.at(place) is not None
        self._say(f"Breakpoint {'set at' if was_set else 'taken away from'} {place}")

    def mark_stops(self) -> None:
        """Show in the graph where the breakpoints stop."""
        rows = [row for row in self.debugging.breakpoints.rows if row.is_enabled]
        hits = [site.call for row in rows for site in self.debugging.hits.of(row).sites]
        self.parts.graph.mark_stops(frozenset(hits))

    def show_value_menu(self, row: ValueRow, at: QPoint) -> None:
        """The menu of a value of the selected call."""
        call = self.viewpoint.call
        if call is not None:
            commands = ValueCommands(self.watch, self.break_on, self.what_if)
            value_menu(self.parts.values, call, row, commands).popup(at)

    def watch(self, text: str) -> None:
        """Watch an expression, and show it over all steps."""
        self.parts.bring_forward("Watches")
        self.parts.watches.entry.line.setText(text)
        self.parts.watches.entry.submit()

    def break_on(self, text: str) -> None:
        """Write a breakpoint with a condition, to be changed before it is added."""
        self.parts.bring_forward("Breakpoints")
        self.parts.breakpoints.propose(text)

    def say_wrong(self, error: InspectorError) -> None:
        self._say(f"{error.message} {error.fix}")

    def pause_text(self) -> tuple[str, str]:
        """What the strip above the graph says while the worker waits: a title, and more."""
        paused = self.debugging.paused
        call = self.viewpoint.steps.calls.get(paused.call) if paused else None
        if paused is None or call is None:
            return "", ""
        when = {"enter": "before", "exit": "after", "op": "inside"}[paused.kind]
        # The open file needs no name.
        stop = paused.breakpoint.replace(f"line:{self.debugging.breakpoints.file}:", "line:")
        why = {"breakpoint": f"breakpoint {stop}", "step": "step", "pause": "pause"}
        text = why[paused.reason]
        if paused.problem:
            text = f"{text}. Its condition cannot be asked: {paused.problem}"
        return f"Paused {when} {call.path}", f"{call.class_}{_place(call)}  ·  {text}"

    # How it is done

    def _count_stops(self) -> None:
        self.parts.count("Breakpoints", len(self.debugging.breakpoints.rows))

    def _show_pause(self) -> None:
        title, text = self.pause_text()
        if title:
            self.parts.progress.hide()
            self.parts.pause.show_pause(title, text)
        else:
            self.parts.pause.hide()
        self._show_state()
        if title:
            # A value of the call that waits can be changed.
            self.commands.enable(("what_if",), is_enabled=True)

    def _go_to_hit(self, direction: Direction) -> None:
        found = self.debugging.hits.go(direction)
        if found is None:
            self._say("Asking the breakpoints' conditions…")
        else:
            self._take_hit(found, direction)

    def _take_hit(self, found: bool, direction: int) -> None:
        if found:
            self.statusBar().clearMessage()
            step = self.viewpoint.step
            if step is not None:
                self.parts.graph.reveal(step.call)
        else:
            self._move(self.viewpoint.steps.end() if direction > 0 else 0)
            if self.debugging.breakpoints.enabled:
                self._say(f"No breakpoint stops {'further on' if direction > 0 else 'before'}")

    def _let_worker(self, command: Command) -> bool:
        if not self.debugging.is_at_head:
            return False
        self.debugging.send(command)
        return True

    def _move(self, position: int) -> None:
        if position != self.viewpoint.position:
            self.viewpoint.move_to(position)
            return
        self.show_cursor()
        if len(self.viewpoint.steps):
            end = "first" if position == 0 else "last"
            self._say(f"This is the {end} step of the run")

    def _reveal(self, position: int) -> None:
        graph: GraphPanel = self.parts.graph
        if len(self.viewpoint.steps):
            graph.reveal(self.viewpoint.steps[position].call)

    def _say(self, text: str) -> None:
        self.statusBar().showMessage(text, 6000)


def _place(call: Call) -> str:
    return f" at {place_text(call.file, call.line)}" if call.file else ""
