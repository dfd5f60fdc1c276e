"""A file that is opened in the window: progress, output, end; and saved traces."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from inspector.gui.window.main_window import MainWindow
from inspector.session.protocol import (
    Lost,
    Opened,
    OpenFile,
    Output,
    Progress,
    ReadTensor,
    RunModel,
    RunUpdated,
)
from inspector.trace import OpenFailure, Trace, to_plain


def test_opening_shows_progress_and_stop_then_the_run(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)
    session = sessions[-1]
    with qtbot.waitSignal(window.opening.progressed):
        session.emit(Progress("Running vae.py", 0.5))
    assert window.parts.progress.isVisibleTo(window)
    window.parts.progress.stop.click()

    with qtbot.waitSignal(window.opening.state_changed):
        session.emit(Opened(vae))

    assert session.was_stopped
    assert OpenFile(str(model_file), keep_ops=True) == session.sent[0]
    assert not window.parts.progress.isVisibleTo(window)
    assert vae == window.viewpoint.trace


def test_runs_appear_while_the_file_opens(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)

    with qtbot.waitSignal(window.viewpoint.run_changed):
        sessions[-1].emit(RunUpdated(vae.runs[0], ended=True))

    assert vae.runs[0] == window.viewpoint.run
    assert "opening" == window.opening.state


def test_values_are_pulled_for_the_selected_call(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)
    with qtbot.waitSignal(window.opening.state_changed):
        sessions[-1].emit(Opened(vae))
    window.viewpoint.show_run(vae.runs[0])

    with qtbot.waitSignal(window.tensors.arrived):
        window.viewpoint.go_to_call("variational_auto_encoder/encoder/dense_proj#0")

    reads = [command for command in sessions[-1].sent if isinstance(command, ReadTensor)]
    assert (32, 64) == reads[-1].stop
    qtbot.waitUntil(lambda: window.parts.values.view.number_texts["max"] == "1")
    assert "1" == window.parts.values.view.number_texts["NaN"]


def test_lost_worker_keeps_the_trace_and_offers_a_restart(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)
    with qtbot.waitSignal(window.viewpoint.run_changed):
        sessions[-1].emit(RunUpdated(vae.runs[0], ended=True))

    with qtbot.waitSignal(window.opening.problem_found):
        sessions[-1].emit(Lost(-9, "The worker was killed."))

    assert "lost" == window.opening.state
    assert vae.runs[0] == window.viewpoint.run
    assert "killed" in window.parts.problem.text.text()
    window.parts.problem.button_pressed.emit("restart")
    assert 2 == len(sessions)


def test_events_of_a_replaced_session_are_dropped(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)
    window.reload()
    old, new = sessions
    old.emit(Opened(vae))

    with qtbot.waitSignal(window.opening.progressed):
        new.emit(Progress("still opening"))

    assert "opening" == window.opening.state
    assert old.was_closed


def test_open_failure_is_said_when_no_run_says_it(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], model_file: Path, vae: Trace
) -> None:
    failure = OpenFailure(
        "open", "SyntaxError", "invalid syntax", "Repair line 3.", str(model_file), 3
    )
    window.open_path(model_file)

    with qtbot.waitSignal(window.opening.problem_found):
        sessions[-1].emit(Opened(Trace(str(model_file), vae.engine, failure=failure)))

    assert "Repair line 3." in window.parts.problem.text.text()
    assert 3 == window.parts.source.code.line
    assert "vae.py:3" in window.parts.problem.text.text()


def test_output_is_shown_with_builds_labelled(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], model_file: Path
) -> None:
    window.open_path(model_file)
    with qtbot.waitSignals([window.opening.printed] * 2):
        sessions[-1].emit(Output("stdout", "hello\n"))
        sessions[-1].emit(Output("stdout", "shape\n", build=True))

    window.parts.output.flush()

    assert "hello\nbuild │ shape\n" == window.parts.output.text.toPlainText()


def test_dropped_file_is_opened(window: MainWindow, sessions: list[Any], model_file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(model_file))])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, modifiers))

    assert OpenFile(str(model_file), keep_ops=True) == sessions[-1].sent[0]
    assert "vae.py — Inspector" == window.windowTitle()


def test_opened_file_becomes_recent(window: MainWindow, model_file: Path) -> None:
    window.open_path(model_file)

    assert ["vae.py"] == [action.text() for action in window.commands.recent.actions()]


def test_saved_trace_is_opened(
    window: MainWindow, sessions: list[Any], vae: Trace, tmp_path: Path
) -> None:
    path = tmp_path / "vae.json"
    path.write_text(json.dumps(to_plain(vae)))

    window.open_path(path)

    assert vae == window.viewpoint.trace
    assert [] == sessions
    assert "worker" in window.parts.values.view.reason


def test_broken_trace_is_said_to_be_one(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "vae.json"
    path.write_text("{")

    window.open_path(path)

    assert "vae.json was not opened" == window.parts.problem.title.text()


def test_running_again_shows_the_new_run(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)
    with qtbot.waitSignal(window.opening.state_changed):
        sessions[-1].emit(Opened(replace(vae, runs=vae.runs[:1])))

    window.commands.actions["run_training"].trigger()
    assert window.parts.progress.isVisibleTo(window)
    with qtbot.waitSignal(window.viewpoint.run_changed):
        sessions[-1].emit(RunUpdated(vae.runs[1], ended=True))

    asked = [command for command in sessions[-1].sent if isinstance(command, RunModel)]
    assert [RunModel("variational_auto_encoder", training=True)] == asked
    assert vae.runs[1] == window.viewpoint.run
    assert not window.parts.progress.isVisibleTo(window)
