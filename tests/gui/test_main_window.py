"""The window as a whole: what it shows when empty, finds, repaints, keeps and puts away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from inspector.api import Finding, hookimpl
from inspector.app import Settings
from inspector.gui.start import make_window
from inspector.gui.state.recent import MemoryStore, kept_theme
from inspector.gui.window.main_window import MainWindow
from inspector.trace import Trace


def test_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert window.parts.pages.currentWidget() is window.parts.start
    assert not window.commands.actions["over"].isEnabled()
    assert window.commands.actions["open"].isEnabled()


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
    override = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " "
    )
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


def test_panels_come_back_as_wide_as_they_were(qtbot: QtBot, vae: Trace) -> None:
    store = MemoryStore()

    def widths(trace: Trace | None, change: int = 0) -> list[int]:
        """Of the docks of a window that was shown with a trace, and closed."""
        window = make_window(Settings(theme="light"), store=store)
        qtbot.addWidget(window)
        window.resize(780, 560)  # the off-screen platform's screen is 800 by 600
        with qtbot.waitExposed(window):
            window.show()
        if trace is not None:
            window.show_trace(trace)
        qtbot.wait(50)  # docks are laid out behind the first showing
        workbench = window.parts.workbench
        docks = workbench.findChildren(QDockWidget)
        if change:
            workbench.resizeDocks(
                [docks[0]], [docks[0].width() - change], Qt.Orientation.Horizontal
            )
            qtbot.wait(10)
        found = [dock.width() for dock in docks]
        window.close()
        return found

    before = widths(vae, change=40)
    widths(None)  # opens nothing, and forgets nothing

    assert widths(vae) == before


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


def test_table_row_is_copied_as_text(vae_window: MainWindow, qtbot: QtBot) -> None:
    table = vae_window.parts.losses.table
    table.selectRow(0)

    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text().startswith("variational_auto_encoder\tcompiled\t")
