"""Moving through a run in the window: keys, failures, runs, and the panels that follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from inspector.gui.window.main_window import MainWindow
from inspector.trace import Trace

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


def test_gutter_click_moves_the_cursor_through_the_calls_of_a_line(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    code = vae_window.parts.source.code
    assert {21, 40, 41} <= code.called_lines
    vae_window.parts.source.show_line(code.file, 21)
    line_21 = code.cursorRect(QTextCursor(code.document().findBlockByNumber(20))).center()

    code.line_chosen.emit(code.line_at(line_21.y()))

    assert "enter variational_auto_encoder/encoder/dense_proj#0" == _here(vae_window)
