"""Values changed in the window: the menu of a value and the dialog of changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from inspector.gui.comparing.compare_dialog import CompareDialog
from inspector.gui.panels.value_menu import ValueCommands, name_of, target_of, value_menu
from inspector.gui.window.main_window import MainWindow
from inspector.session.debug_messages import (
    ForgetRun,
    WhatIf,
)
from inspector.session.protocol import Failed, RunUpdated
from tests.gui.asking import press


def test_value_menu_watches_breaks_and_changes(vae_window: MainWindow) -> None:
    call = next(c for c in vae_window.viewpoint.run.calls if c.name == "dense_proj")
    vae_window.viewpoint.go_to_call(call.id)
    rows = vae_window.parts.values.rows.model.rows
    row = next(row for row in rows if row.role == "weight")
    done: list[Any] = []
    commands = ValueCommands(done.append, done.append, lambda *change: done.append(change))
    menu = value_menu(vae_window, call, row, commands)
    watches, stops, changes = (action.menu() for action in menu.actions())

    for part in (watches, stops, changes):
        assert isinstance(part, QMenu)
        part.actions()[0].trigger()

    assert [
        "mean(w.kernel)",
        f"call:{call.path} if not all(isfinite(w.kernel))",
        (f"{call.id}.kernel=zeros", True),
    ] == done
    assert ["x", "y"] == [name_of(other) for other in rows[:2]]
    assert f"{call.id}.output" == target_of(call, rows[1])


def test_change_is_sent_and_its_run_shown_beside_the_recorded_one(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    base = window.viewpoint.run
    window.what_if("dense_proj.kernel=zeros", is_ready=True)
    assert WhatIf(base.number, ("dense_proj.kernel=zeros",)) == session.sent[-1]

    changes = ("dense_proj.kernel=zeros",)
    session.emit(RunUpdated(replace(base, number=9, changes=changes, changed_from=1), True))

    qtbot.waitUntil(lambda: window.viewpoint.run.number == 9)
    qtbot.waitUntil(lambda: bool(window.findChildren(CompareDialog)))
    assert window.commands.actions["undo"].isEnabled()
    press(qtbot, window, "undo")
    assert base.number == window.viewpoint.run.number
    assert ForgetRun(9) in session.sent
    assert 9 not in {run.number for run in window.viewpoint.runs}


def test_change_that_makes_no_sense_is_said_and_nothing_is_sent(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    window.show_what_if("dense_proj.gamma=zeros")
    dialog = window.what_if_dialog
    assert dialog is not None
    count = len(session.sent)

    dialog.entry.submit()

    assert "kernel, bias" in dialog.entry.problem.text()
    assert count == len(session.sent)
    session.emit(Failed("ExpressionError", "too large", "make it smaller"))
    qtbot.waitUntil(lambda: window.parts.problem.isVisible())
    dialog.close()


def test_change_that_the_worker_refuses_stays_in_the_dialog_with_the_reason(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    window.show_what_if("dense_proj.output=missing.npy")
    dialog = window.what_if_dialog
    assert dialog is not None
    dialog.entry.submit()

    session.emit(Failed("ExpressionError", "missing.npy is not there.", "Choose another."))

    qtbot.waitUntil(lambda: dialog.entry.problem.isVisible())
    assert "missing.npy is not there. Choose another." == dialog.entry.problem.text()
    assert "dense_proj.output=missing.npy" == dialog.entry.line.text()
    assert not window.parts.problem.isVisible()
    dialog.close()
