"""What tests say to a window on an opened file: keys pressed, questions answered."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from inspector.gui.window.main_window import MainWindow
from inspector.session.debug_messages import (
    Evaluate,
    Evaluated,
    Evaluation,
)


def asked(session: Any) -> list[Evaluate]:
    return [command for command in session.sent if isinstance(command, Evaluate)]


def answer(session: Any, command: Evaluate, *values: Evaluation) -> None:
    session.emit(Evaluated(command.request, command.run, values))


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.commands.actions[name].trigger()
    qtbot.wait(0)
