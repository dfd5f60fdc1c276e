"""The window's commands on how files are run: trusted, for real, in which Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from inspector.gui.state.trust import keep_python
from inspector.gui.window.python_dialog import PythonDialog
from inspector.gui.window.safety_dialogs import RealQuestion, TrustQuestion
from inspector.session.confinement import offered
from inspector.session.settings import settings_from

if TYPE_CHECKING:  # the window is made of these commands
    from inspector.gui.window.main_window import MainWindow


class SafetyCommands:
    """Methods of the main window."""

    def ask_trust(self, file: Path, run: Callable[[], None]) -> TrustQuestion:
        """Ask whether a folder's files may be run, and run this one if so."""
        window = cast("MainWindow", self)
        question = TrustQuestion(window, file, offered(settings_from()), window.appearance.theme)

        def allow() -> None:
            window.trust.allow(file.parent, remember=question.remember.isChecked())
            run()

        question.accepted.connect(allow)
        question.open()
        return question

    def run_for_real(self) -> None:
        """Ask, then open the same file again as its author would run it."""
        window = cast("MainWindow", self)
        path = window.opening.path
        if path is None:
            return
        question = RealQuestion(window, path, window.appearance.theme)
        question.accepted.connect(lambda: window.open_path(path, real=True))
        question.open()

    def choose_python(self) -> None:
        """Ask for the Python that files are run in, and run the open file there."""
        window = cast("MainWindow", self)
        dialog = PythonDialog(window, window.opening.python, window.appearance.theme)

        def take() -> None:
            window.opening.python = dialog.python
            keep_python(window._store, dialog.python)
            if window.bridge.is_running:
                window.reload()

        dialog.accepted.connect(take)
        dialog.open()
