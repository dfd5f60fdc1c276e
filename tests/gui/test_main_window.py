"""The window as a person uses it: keys step, panels follow, files are opened and lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.api import Finding, hookimpl
from inspector.app import Settings
from inspector.gui.start import make_window
from inspector.gui.state.recent import MemoryStore, kept_theme
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

SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
ENCODER = "variational_auto_encoder/encoder#0"


def _here(window: MainWindow) -> str:
    step = window.viewpoint.step
    assert step is not None
    return f"{step.kind} {step.call}"


@pytest.mark.parametrize(
    ("start", "key", "modifier", "expected"),
    [
        (1, Qt.Key.Key_F10, NONE, "enter variational_auto_encoder/decoder#0"),
        (1, Qt.Key.Key_F11, NONE, "enter variational_auto_encoder/encoder/dense_proj#0"),
        (2, Qt.Key.Key_F11, SHIFT, f"exit {ENCODER}"),
        (2, Qt.Key.Key_F10, SHIFT, f"enter {ENCODER}"),
        (2, Qt.Key.Key_F5, NONE, "exit variational_auto_encoder#0"),
        (2, Qt.Key.Key_BracketLeft, NONE, f"enter {ENCODER}"),
        (1, Qt.Key.Key_BracketRight, NONE, "enter variational_auto_encoder/encoder/dense_proj#0"),
    ],
)
def test_step_keys_move_the_cursor(
    vae_window: MainWindow,
    qtbot: QtBot,
    start: int,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    expected: str,
) -> None:
    vae_window.viewpoint.move_to(start)

    qtbot.keyClick(vae_window, key, modifier)

    assert expected == _here(vae_window)


def test_step_into_expands_the_frame_that_it_enters(vae_window: MainWindow, qtbot: QtBot) -> None:
    vae_window.collapse_all()
    vae_window.viewpoint.move_to(1)

    qtbot.keyClick(vae_window, Qt.Key.Key_F11)

    shown = vae_window.parts.graph.view.rect_of("variational_auto_encoder/encoder/dense_proj#0")
    assert not shown.isNull()


def test_panels_follow_the_cursor(vae_window: MainWindow) -> None:
    parts = vae_window.parts
    call_id = "variational_auto_encoder/encoder/dense_proj#0"

    vae_window.viewpoint.go_to_call(call_id)

    assert "dense_proj" in parts.calls.tree.currentIndex().data()
    assert 21 == parts.source.code.line
    assert ["input", "output", "weight", "weight"] == [r.role for r in parts.values.rows.model.rows]
    assert ["kernel", "bias"] == [row.weight.name for row in parts.weights.model.rows]
    assert ["matmul", "add"] == [op.op for op in parts.ops.model.rows]
    canvas = parts.graph.view.canvas
    assert canvas.drawing.ids[canvas.marks.current] == call_id


def test_losses_row_goes_to_its_line(vae_window: MainWindow) -> None:
    losses = vae_window.parts.losses

    losses.table.clicked.emit(losses.model.index(1, 0))

    assert 44 == vae_window.parts.source.code.line
    assert "0.7404" in losses.heading.text()
    assert "add up" in losses.heading.text()


def test_mask_rows_say_where_it_was_dropped(vae_window: MainWindow) -> None:
    masks = vae_window.parts.masks

    assert ["born", "passed", "dropped"] == [row.event.what for row in masks.model.rows]
    assert "1 dropped" in masks.heading.text()


def test_failing_run_is_shown_first_with_a_banner(window: MainWindow, vae: Trace) -> None:
    window.show_trace(vae)

    banner = window.parts.failure
    assert banner.isVisibleTo(window)
    assert "ShapeMismatch" in banner.title.text()
    assert "(8, 64)" in banner.text.text()
    assert "Dense(64) features" in banner.text.text()
    canvas = window.parts.graph.view.canvas
    assert "classifier/head#0" == canvas.drawing.ids[canvas.marks.failed]


def test_banner_link_shows_the_line(window: MainWindow, vae: Trace, model_file: Path) -> None:
    window.show_trace(vae)

    window.parts.failure.text.linkActivated.emit(f"{model_file}#12")

    assert 12 == window.parts.source.code.line


def test_next_failure_goes_to_the_failing_run(vae_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(vae_window, Qt.Key.Key_F8)

    assert "enter classifier/head#0" == _here(vae_window)


def test_run_chooser_numbers_the_runs_and_names_their_models(vae_window: MainWindow) -> None:
    chooser = vae_window.chooser

    assert ["1 · variational_auto_encoder: training step", "2 · classifier: forward pass  ✕"] == [
        chooser.itemText(place) for place in range(chooser.count())
    ]
    assert 0 == chooser.currentIndex()


def test_ops_granularity_stops_at_ops(vae_window: MainWindow) -> None:
    vae_window.viewpoint.go_to_call("variational_auto_encoder/encoder/dense_proj#0")

    vae_window.commands.actions["ops"].trigger()
    vae_window.step_into()

    assert "op variational_auto_encoder/encoder/dense_proj#0" == _here(vae_window)
    assert ["op in", "op out"] == [row.role for row in vae_window.parts.values.rows.model.rows]


def test_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert window.parts.pages.currentWidget() is window.parts.start
    assert not window.commands.actions["over"].isEnabled()
    assert window.commands.actions["open"].isEnabled()


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
    buttons, modifiers = Qt.MouseButton.LeftButton, NONE

    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, modifiers))

    assert OpenFile(str(model_file), keep_ops=True) == sessions[-1].sent[0]
    assert "vae.py — Inspector" == window.windowTitle()


def test_opened_file_becomes_recent(window: MainWindow, model_file: Path) -> None:
    window.open_path(model_file)

    assert ["vae.py"] == [action.text() for action in window.commands.recent.actions()]


def test_find_rings_the_calls_and_selects_the_first(vae_window: MainWindow, qtbot: QtBot) -> None:
    vae_window.find_call()

    qtbot.keyClicks(vae_window.parts.find.field, "sampling")

    assert "variational_auto_encoder/encoder/sampling#0" == vae_window.viewpoint.selected
    assert "1 of 1" == vae_window.parts.find.count.text()
    assert 1 == len(vae_window.parts.graph.view.canvas.found)


def test_closing_the_window_closes_the_session(
    window: MainWindow, sessions: list[Any], model_file: Path
) -> None:
    window.open_path(model_file)

    window.close()

    assert sessions[-1].was_closed


def test_theme_switch_repaints_in_dark(vae_window: MainWindow) -> None:
    light = vae_window.grab().toImage().pixelColor(700, 300)

    vae_window.appearance.choose("dark")

    dark = vae_window.grab().toImage().pixelColor(700, 300)
    assert light.lightness() > 200
    assert dark.lightness() < 90
    vae_window.appearance.choose("light")


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


def test_left_to_right_lays_out_sideways(vae_window: MainWindow) -> None:
    bounds = vae_window.parts.graph.view.canvas.boundingRect
    tall = bounds().height() / bounds().width()

    vae_window.commands.actions["sideways"].trigger()

    assert bounds().height() / bounds().width() < tall / 2


def _no_dense(trace: Trace) -> list[Finding]:
    call = trace.runs[0].calls[2]
    return [Finding("no-dense", call.id, "is a Dense", "Use none.", "error", call.file, call.line)]


def test_findings_of_plugins_are_listed_and_lead_to_their_line(
    window: MainWindow, vae: Trace
) -> None:
    class Plugin:
        @hookimpl
        def register_checks(self) -> list[Any]:
            return [_no_dense]

    window.plugins.register(Plugin(), "no_dense")

    window.show_trace(vae)

    findings = window.parts.findings
    assert ["no-dense"] == [row.rule for row in findings.model.rows]
    tabs = window.parts.tabs["Findings"]
    assert "Findings (1)" in [tabs.tabText(place) for place in range(tabs.count())]
    window.viewpoint.show_run(vae.runs[0])
    findings.row_chosen.emit(findings.model.rows[0])
    assert 21 == window.parts.source.code.line


def test_space_is_left_to_the_control_that_has_the_keyboard(vae_window: MainWindow) -> None:
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, NONE, " ")
    vae_window.chooser.setFocus()
    override.ignore()

    QApplication.sendEvent(vae_window, override)

    assert override.isAccepted()


def test_window_comes_back_where_it_was(qtbot: QtBot) -> None:
    store = MemoryStore()
    first = make_window(Settings(theme="light"), store=store)
    qtbot.addWidget(first)
    first.resize(760, 560)  # the off-screen platform's screen is 800 by 600
    first.close()

    second = make_window(Settings(theme="light"), store=store)
    qtbot.addWidget(second)

    assert (760, 560) == (second.width(), second.height())


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


def test_choices_last(qtbot: QtBot) -> None:
    store = MemoryStore()
    first = make_window(Settings(theme="dark"), store=store)
    qtbot.addWidget(first)
    first.commands.actions["wheel"].trigger()
    first.close()

    second = make_window(Settings(theme="light"), store=store)
    qtbot.addWidget(second)

    assert second.parts.graph.view.wheel_zooms
    assert "dark" == kept_theme(store)


def test_gutter_click_moves_the_cursor_through_the_calls_of_a_line(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    code = vae_window.parts.source.code
    assert {21, 40, 41} <= code.called_lines
    vae_window.parts.source.show_line(code.file, 21)
    line_21 = code.cursorRect(QTextCursor(code.document().findBlockByNumber(20))).center()

    code.line_chosen.emit(code.line_at(line_21.y()))

    assert "enter variational_auto_encoder/encoder/dense_proj#0" == _here(vae_window)


def test_table_row_is_copied_as_text(vae_window: MainWindow, qtbot: QtBot) -> None:
    table = vae_window.parts.losses.table
    table.selectRow(0)

    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text().startswith("variational_auto_encoder\tcompiled\t")
