"""The smaller parts: timeline, sliders, export, legend, start page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from inspector.api import hookimpl
from inspector.errors import ExportError
from inspector.gui.values.slicer_bar import SlicerBar
from inspector.gui.values.slicing import Slicing, first_slicing
from inspector.gui.window.export_dialog import export
from inspector.gui.window.main_window import MainWindow
from inspector.hookspecs import Exporter
from inspector.session.protocol import Opened
from inspector.trace import OpenFailure, Run, Trace


def test_timeline_click_moves_the_cursor(vae_window: MainWindow, qtbot: QtBot) -> None:
    timeline = vae_window.parts.timeline
    at = QPoint(int(timeline.x_of(20)), timeline.height() // 2)

    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at)

    assert 20 == vae_window.viewpoint.position


def test_timeline_knows_every_position_by_its_place(vae_window: MainWindow) -> None:
    timeline, count = vae_window.parts.timeline, len(vae_window.viewpoint.steps)

    places = [timeline.position_at(timeline.x_of(position)) for position in range(count)]

    assert list(range(count)) == places
    assert 0 == timeline.position_at(-50)
    assert count - 1 == timeline.position_at(99_999)


def test_slider_moves_along_its_axis(qtbot: QtBot) -> None:
    bar = SlicerBar()
    qtbot.addWidget(bar)
    bar.show_slicing(first_slicing((4, 5, 6)))
    moved: list[Slicing] = []
    bar.changed.connect(moved.append)

    slider = bar.findChild(QSlider, "axis_0")
    assert isinstance(slider, QSlider)
    slider.setValue(3)

    assert ((3, 0, 0), (4, 5, 6)) == moved[-1].bounds


def test_slider_bar_is_hidden_for_a_matrix(qtbot: QtBot) -> None:
    bar = SlicerBar()
    qtbot.addWidget(bar)

    bar.show_slicing(first_slicing((4, 5)))

    assert bar.isHidden()


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf", ".dot", ".graphml", ".json"])
def test_export_writes_the_visible_graph(
    vae_window: MainWindow, tmp_path: Path, suffix: str
) -> None:
    graph, path = vae_window.parts.graph, tmp_path / f"graph{suffix}"
    assert graph.scene is not None

    written = export(
        vae_window.viewpoint, graph.scene, graph.expanded, path, "light", vae_window.plugins
    )

    assert path == written
    assert path.stat().st_size > 1000


def test_export_uses_a_plugins_format(vae_window: MainWindow, tmp_path: Path) -> None:
    def write(run: Run, path: Path) -> None:
        path.write_text(str(len(run.calls)))

    class Plugin:
        @hookimpl
        def register_exporters(self) -> list[Any]:
            return [Exporter("Count", ".count", write)]

    vae_window.plugins.register(Plugin(), "count")
    graph, path = vae_window.parts.graph, tmp_path / "graph.count"
    assert graph.scene is not None

    export(vae_window.viewpoint, graph.scene, graph.expanded, path, "light", vae_window.plugins)

    assert str(len(vae_window.viewpoint.run.calls)) == path.read_text()


def test_export_refuses_an_unknown_format(vae_window: MainWindow, tmp_path: Path) -> None:
    graph = vae_window.parts.graph
    assert graph.scene is not None

    with pytest.raises(ExportError, match="xyz"):
        export(
            vae_window.viewpoint, graph.scene, graph.expanded, tmp_path / "g.xyz", "light",
            vae_window.plugins,
        )  # fmt: skip


def test_legend_lists_what_is_in_the_picture(vae_window: MainWindow) -> None:
    legend = vae_window.parts.graph.legend

    assert legend.isVisibleTo(vae_window)
    assert {"dense", "model"} <= set(legend.categories)
    assert "conv" not in legend.categories


def test_start_page_opens_a_sample(window: MainWindow, sessions: list[Any]) -> None:
    buttons = {b.text(): b for b in window.parts.start.findChildren(QPushButton)}

    buttons["vae"].click()

    assert "vae.py" == Path(sessions[-1].sent[0].path).name


def test_calls_list_leaves_columns_out_before_it_cuts_names(vae_window: MainWindow) -> None:
    tree = vae_window.parts.calls.tree
    left_out = []
    for width in (700, 330, 250):
        tree.setFixedWidth(width)
        QApplication.processEvents()
        hidden = [place for place in range(5) if tree.header().isSectionHidden(place)]
        left_out.append(hidden)
        assert tree.horizontalScrollBar().maximum() == 0
        assert tree.columnWidth(0) >= min(tree.sizeHintForColumn(0), 166)

    wide, narrow, narrowest = left_out
    assert wide == []
    assert narrow[-1] == 4  # the time goes first
    assert set(narrow) < set(narrowest)


def test_values_of_long_axes_do_not_squeeze_the_graph(vae_window: MainWindow) -> None:
    view = vae_window.parts.values.view
    least = view.minimumSizeHint().width()

    view.slicers.show_slicing(first_slicing((8, 1024, 100_000, 64)))
    view._readout.setText("[0, 0, 0, 0] = 0.000123456, and some more words behind it")

    assert view.minimumSizeHint().width() <= max(least, 330)


def test_start_page_says_what_a_sample_is(window: MainWindow, tmp_path: Path) -> None:
    sample, plain = tmp_path / "sample.py", tmp_path / "plain.py"
    sample.write_text("# A model of\n# two lines. And more.\nimport keras\n")
    plain.write_text("import keras\n")

    window.parts.start.show_files((), (sample, plain))

    tips = {b.text(): b.toolTip() for b in window.parts.start.findChildren(QPushButton)}
    assert tips["sample"] == f"A model of two lines.\n{sample}"
    assert tips["plain"] == str(plain)


def test_weights_of_a_model_are_those_of_what_it_calls(vae_window: MainWindow) -> None:
    run, weights = vae_window.viewpoint.run, vae_window.parts.weights
    inner = next(call for call in run.calls if call.weights)
    vae_window.viewpoint.select(run.calls[0].id)

    shown = [weights.model.index(row, 0).data() for row in range(weights.model.rowCount())]
    vae_window.viewpoint.select(inner.id)
    own = [weights.model.index(row, 0).data() for row in range(weights.model.rowCount())]

    owner = inner.path.removeprefix(run.calls[0].path).lstrip("/")
    assert set(shown) >= {f"{owner}/{name}" for name in own}
    assert len(shown) == len(set(shown))
    assert own == [weight.name.rpartition("/")[2] for weight in inner.weights]


def test_toolbar_drops_its_words_before_the_run_chooser(vae_window: MainWindow) -> None:
    texts = []
    for width in (1280, 979):
        vae_window.resize(width, 700)
        QApplication.processEvents()
        buttons = vae_window.toolbar.findChildren(QToolButton)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        texts.append(sum(button.toolButtonStyle() == beside for button in buttons))
        assert vae_window.chooser.isVisible()
        assert vae_window.chooser.geometry().right() <= vae_window.toolbar.width()

    assert texts == [6, 0]


def test_failing_line_of_a_script_is_shown_though_a_model_ran(
    window: MainWindow, qtbot: QtBot, sessions: list[Any], vae: Trace, model_file: Path
) -> None:
    window.open_path(model_file)
    failure = OpenFailure("run", "AttributeError", "no 'compil'", "Look.", str(model_file), 61)

    sessions[0].emit(Opened(replace(vae, runs=vae.runs[:1], failure=failure)))

    heading = window.parts.source.heading
    qtbot.waitUntil(lambda: "line 61" in heading.text())
    assert model_file.name in heading.text()


def test_step_keys_do_nothing_in_an_empty_window(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F10)

    assert window.viewpoint.step is None


def test_build_run_says_that_it_has_no_values(vae_window: MainWindow, vae: Trace) -> None:
    vae_window.viewpoint.show_run(replace(vae.runs[0], kind="build", number=9))

    assert "symbolic build" in vae_window.parts.values.view.reason
