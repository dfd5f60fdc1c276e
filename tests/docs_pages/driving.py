"""Driving the real window for the pages under docs/: open a sample, click, wait, read the words."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTableView, QWidget

from inspector.app import Settings
from inspector.gui.start import make_window
from inspector.gui.state.recent import MemoryStore
from inspector.gui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1280, 800)
_LONGEST_S = 60.0
_REST_S = 0.1
_LEFT = Qt.MouseButton.LeftButton


@contextmanager
def window_on(sample: str, theme: str = "light") -> Iterator[MainWindow]:
    """The window with a sample open, at rest."""
    settings = Settings(engine="numpy", theme="dark" if theme == "dark" else "light", trust=True)
    window = make_window(settings, store=MemoryStore())
    window.plugins.discover()
    window.resize(*SIZE)
    window.show()
    try:
        window.open_path(ROOT / "sample_models" / f"{sample}.py")
        wait_for(lambda: window.opening.state in ("open", "lost"), sample)
        at_rest(window)
        yield window
    finally:
        window.close()
        window.deleteLater()


def wait_for(is_there: Callable[[], bool], what: str) -> None:
    """Let the window work until something is there."""
    end = time.monotonic() + _LONGEST_S
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {_LONGEST_S:g} s")
        QApplication.processEvents()
        time.sleep(0.005)


def at_rest(window: MainWindow) -> None:
    """Let layout and values arrive: nothing is awaited for a tenth of a second."""
    view, graph = window.parts.values.view, window.parts.graph
    since = time.monotonic()

    def is_quiet() -> bool:
        nonlocal since
        if view.is_waiting or graph.is_waiting:
            since = time.monotonic()
        return time.monotonic() - since > _REST_S

    wait_for(is_quiet, "values and layout")


def click_tab(window: MainWindow, title: str) -> None:
    """Click the tab of a panel."""
    bar = window.parts.tabs[title].tabBar()
    names = [bar.tabText(place).partition(" ")[0] for place in range(bar.count())]
    QTest.mouseClick(bar, _LEFT, pos=bar.tabRect(names.index(title)).center())
    at_rest(window)


def click_row(window: MainWindow, table: QTableView, row: int) -> None:
    """Click a row of a table."""
    table.scrollTo(table.model().index(row, 0))
    place = table.visualRect(table.model().index(row, 0)).center() + QPoint(2, 0)
    QTest.mouseClick(table.viewport(), _LEFT, pos=place)
    at_rest(window)


def words_in(widget: QWidget) -> str:
    """Everything that is written in the visible labels and tables of a widget."""
    words = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    for table in widget.findChildren(QTableView):
        model = table.model()
        if table.isVisible() and model is not None:
            words += [
                str(model.index(row, column).data())
                for row in range(model.rowCount())
                for column in range(model.columnCount())
            ]
    return "\n".join(words)
