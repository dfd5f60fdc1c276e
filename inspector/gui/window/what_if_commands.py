"""The window's commands that change values of a run, and take the changes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.errors import UsageError
from inspector.gui.window.what_if_dialog import WhatIfDialog
from inspector.session.debug_messages import ChangeValue
from inspector.trace.overrides import parse_override, tensor_of

if TYPE_CHECKING:  # only the names of what the window is made of; it imports this module
    from PySide6.QtWidgets import QStatusBar

    from inspector.gui.comparing.compare_dialog import CompareDialog
    from inspector.gui.state.opening import Opening, Problem
    from inspector.gui.state.viewpoint import Viewpoint
    from inspector.gui.window.debugging import Debugging
    from inspector.gui.window.window_parts import Parts


class WhatIfCommands:
    """Mixed into the main window: a change makes a run beside the one that was recorded."""

    viewpoint: Viewpoint
    opening: Opening
    debugging: Debugging
    what_if_dialog: WhatIfDialog | None = None
    parts: Parts
    _compares_next: bool = False
    _change: str = ""

    if TYPE_CHECKING:

        def statusBar(self) -> QStatusBar: ...

        def compare_runs(self) -> CompareDialog: ...

    def ask_what_if(self) -> None:
        """Open the dialog, a change of the selected call in it."""
        call = self.viewpoint.call
        self.show_what_if(f"{call.path}.output=zeros" if call is not None else "")

    def what_if(self, change: str, is_ready: bool) -> None:
        """Ask what a change would do; one that is not ready is shown first."""
        if is_ready:
            self.try_change(change)
        else:
            self.show_what_if(change)

    def show_what_if(self, change: str) -> None:
        """Open the dialog on a change."""
        dialog: Any = WhatIfDialog(self, self.viewpoint, self.try_change)  # type: ignore[arg-type]  # it is the window
        dialog.undo_pressed.connect(self.undo_change)
        dialog.entry.write(change)
        dialog.show()
        dialog.finished.connect(self._forget_dialog)
        self.what_if_dialog = dialog

    def is_for_what_if(self, problem: Problem) -> bool:
        """Whether a problem is about the change of the open dialog; then it says so itself."""
        if not self._compares_next:
            return False
        self._compares_next = False
        if self.what_if_dialog is None or problem.can_restart:
            return False
        self.what_if_dialog.refuse(self._change, problem)
        return True

    def try_change(self, change: str) -> None:
        """Send a change to the worker, once it makes sense for the run in view.

        Raises:
            UsageError: it makes none, or there is no worker.
        """
        override = parse_override(change)
        if self.debugging.paused is not None:
            # The run that waits goes on with the change.
            self.debugging.send(ChangeValue(str(override)))
            return
        run = self.viewpoint.run
        if override.how != "training":
            tensor_of(run, override)
        if not self.opening.what_if(run.number, str(override)):
            raise UsageError(
                "There is no worker to compute it.", fix="Open the file, and wait until it has run."
            )
        self._compares_next, self._change = True, change
        self.parts.problem.hide()

    def show_changed_run(self) -> None:
        """A run came into view: one that was asked for is compared with what it was made of."""
        run = self.viewpoint.run
        if self._compares_next and run.changed_from is not None:
            self._compares_next = False
            self.compare_runs().show_first()

    def undo_change(self) -> None:
        """Take the last change back: look at the run that it was made of, and forget it."""
        run = self.viewpoint.run
        if run.changed_from is None:
            self.statusBar().showMessage("Nothing is changed in this run", 5000)
            return
        before = next(
            (
                other
                for other in reversed(self.viewpoint.runs)
                if other.changes == run.changes[:-1]
                and run.changed_from in (other.number, other.changed_from)
            ),
            next(r for r in self.viewpoint.runs if r.number == run.changed_from),
        )
        self.opening.forget_run(run)
        self.viewpoint.show_run(before)
        self.statusBar().showMessage(f"Undone: {run.changes[-1]}", 5000)

    def _forget_dialog(self) -> None:
        self.what_if_dialog = None
