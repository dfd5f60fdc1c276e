"""The dialog that sets two runs of a file side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.gui.comparing.compare_dialog import CompareDialog, partners
from inspector.gui.window.main_window import MainWindow
from inspector.session.protocol import ReadTensor
from inspector.trace import Engine, Run, TensorRef, Trace


def _twins(run: Run, *, units: int) -> tuple[Run, Run]:
    """A run and the same in training, the last call of which gives another shape."""
    plain = replace(run, kind="forward", training=False, number=1, failure=None)
    last = plain.calls[-1]
    other = replace(last, outputs=(TensorRef(None, (3, units), "float32"),))
    return plain, replace(plain, training=True, number=2, calls=(*plain.calls[:-1], other))


def _dialog(window: MainWindow, qtbot: QtBot, runs: tuple[Run, ...]) -> CompareDialog:
    trace = Trace("vae.py", Engine("numpy", "cpu", "-"), runs=runs)
    window.show_trace(trace)
    window.viewpoint.show_run(runs[0])
    window.compare_runs()
    dialog = window.findChildren(CompareDialog)[0]
    qtbot.addWidget(dialog)
    return dialog


def test_partners_are_runs_of_one_kind_and_the_other_mode_comes_first(vae_run: Run) -> None:
    plain, training = _twins(vae_run, units=9)
    same, build = replace(plain, number=3), replace(plain, number=4, kind="build")

    found = partners((plain, same, training, build), plain)

    assert [run.number for run in found] == [2, 3]


def test_first_difference_goes_to_the_call_where_the_runs_part(
    window: MainWindow, qtbot: QtBot, vae_run: Run
) -> None:
    runs = _twins(vae_run, units=99)
    dialog = _dialog(window, qtbot, runs)

    dialog.first.click()

    last = runs[0].calls[-1]
    step = window.viewpoint.step
    assert step is not None
    assert step.call == last.id
    assert f"They part first at {last.path}" in dialog.verdict.text()
    assert "(3, 99)" in dialog.verdict.text()


def test_dialog_reads_the_values_of_both_runs(
    window: MainWindow, qtbot: QtBot, vae_run: Run, sessions: list, model_file
) -> None:
    window.open_path(model_file)
    runs = _twins(vae_run, units=99)
    dialog = _dialog(window, qtbot, runs)
    assert dialog.reader is not None
    qtbot.waitUntil(lambda: not dialog.reader.is_reading, timeout=5000)

    asked = [c for c in sessions[-1].sent if isinstance(c, ReadTensor) and c.request > 1 << 40]

    assert {command.run for command in asked} == {1, 2}
    read = [value for pair in dialog.difference.pairs for value in pair.values]
    assert read
    assert {value.maximum for value in read if not value.problem} == {0.0}


def test_verdict_is_the_same_when_nothing_differs(
    window: MainWindow, qtbot: QtBot, vae_run: Run
) -> None:
    plain, _ = _twins(vae_run, units=9)
    dialog = _dialog(window, qtbot, (plain, replace(plain, number=2)))

    assert dialog.verdict.text() == f"The same: {len(plain.calls)} calls, structure only."
    assert not dialog.first.isEnabled()


def test_dialog_closes_with_the_file(window: MainWindow, qtbot: QtBot, vae_run: Run) -> None:
    dialog = _dialog(window, qtbot, _twins(vae_run, units=99))

    with qtbot.waitSignal(dialog.finished):
        window.close_file()


def test_click_in_one_graph_selects_the_pair_in_the_other_and_in_the_list(
    window: MainWindow, qtbot: QtBot, vae_run: Run
) -> None:
    runs = _twins(vae_run, units=99)
    dialog = _dialog(window, qtbot, runs)
    left, right = dialog.graphs.sides
    # The last box that both show: what is clicked must be seen first.
    box = next(call.id for call in reversed(runs[1].calls) if right.graph.view.box_of(call.id) >= 0)
    right.graph.view.bring_into_view(box)

    qtbot.mouseClick(
        right.graph.view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=right.graph.view.point_of(box),
    )

    assert right.viewpoint.selected == box
    assert left.viewpoint.selected == box
    assert dialog.list.model.rows[dialog.list.table.currentIndex().row()].pair.b.id == box
    assert window.viewpoint.selected == box


def test_graphs_zoom_pan_and_open_as_one(window: MainWindow, qtbot: QtBot, vae_run: Run) -> None:
    dialog = _dialog(window, qtbot, _twins(vae_run, units=99))
    left, right = (side.graph for side in dialog.graphs.sides)
    frame = sorted(left.expanded)[-1]

    left.view.zoom_in()
    left.view.look_at(QPointF(40.0, 60.0))
    middle = right.view.mapToScene(right.view.viewport().rect().center())
    left.view.look_at(QPointF(140.0, 260.0))
    moved = right.view.mapToScene(right.view.viewport().rect().center()) - middle
    left.view.group_toggled.emit(frame)

    assert right.view.zoom == pytest.approx(left.view.zoom)
    assert (moved.x(), moved.y()) == pytest.approx((100.0, 200.0), abs=3.0)
    assert frame not in right.expanded
    assert right.expanded == left.expanded


def test_what_differs_is_ringed_in_both_graphs(
    window: MainWindow, qtbot: QtBot, vae_run: Run
) -> None:
    runs = _twins(vae_run, units=99)
    dialog = _dialog(window, qtbot, runs)

    for side in dialog.graphs.sides:
        canvas = side.graph.view.canvas
        assert canvas.found == {canvas.drawing.home[runs[0].calls[-1].id]}


def test_call_of_one_run_only_has_no_partner_to_select(
    window: MainWindow, qtbot: QtBot, vae_run: Run
) -> None:
    plain = replace(vae_run, kind="forward", training=False, number=1, failure=None)
    shorter = replace(plain, number=2, calls=plain.calls[:-1], edges=())
    dialog = _dialog(window, qtbot, (plain, shorter))
    left, right = dialog.graphs.sides

    dialog.graphs.show_pair(left.places[plain.calls[-1].id])

    assert left.viewpoint.selected == plain.calls[-1].id
    assert right.viewpoint.selected is None


def test_dialog_says_how_to_get_a_run_to_compare_with(
    window: MainWindow, qtbot: QtBot, vae_run: Run
) -> None:
    plain, _ = _twins(vae_run, units=9)
    dialog = _dialog(window, qtbot, (plain,))

    words = " ".join(label.text() for label in dialog.list.findChildren(QLabel))
    assert "Run the model again, in training mode" in words
    assert dialog.first.isHidden()
    assert dialog.chooser.isHidden()
    assert dialog.graphs.isHidden()
