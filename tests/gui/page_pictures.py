"""The pictures of docs/masks.md and docs/losses.md: the real window, driven by clicks.

`.venv/bin/python tests/gui/page_pictures.py` takes them anew; `test_page_pictures.py` drives the
same clicks and looks at what the window says.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

from inspector.app import Settings
from inspector.gui.screenshot import wait_until
from inspector.gui.start import make_window
from inspector.gui.state.recent import MemoryStore
from inspector.gui.window.main_window import MainWindow

Theme = Literal["light", "dark"]
ROOT = Path(__file__).resolve().parents[2]
LEFT = Qt.MouseButton.LeftButton


def open_sample(name: str, theme: Theme = "light") -> MainWindow:
    """The window on a sample model, through a real worker."""
    settings = Settings(theme=theme, trust=True)
    window = make_window(settings, store=MemoryStore())
    window.resize(1480, 920)
    window.show()
    window.open_path(ROOT / "sample_models" / f"{name}.py")
    opening = window.opening
    assert wait_until(lambda: opening.state == "open", opening.state_changed, 60_000)
    settle(window)
    return window


def settle(window: MainWindow) -> None:
    """Let layout and values arrive."""
    wait_until(lambda: not window.parts.values.view.is_waiting, window.tensors.arrived, 5_000)
    loop = QEventLoop()
    QTimer.singleShot(300, loop.quit)
    loop.exec()


def click_tab(window: MainWindow, title: str) -> None:
    """Click the tab of a panel."""
    tabs = window.parts.tabs[title]
    bar = tabs.tabBar()
    names = [bar.tabText(place).partition(" ")[0] for place in range(bar.count())]
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(names.index(title)).center())
    settle(window)


def click_row(window: MainWindow, table: QTableView, row: int) -> None:
    """Click a row of a table."""
    table.scrollTo(table.model().index(row, 0))
    place = table.visualRect(table.model().index(row, 0)).center() + QPoint(2, 0)
    QTest.mouseClick(table.viewport(), LEFT, pos=place)
    settle(window)


def lost_mask(theme: Theme = "light") -> MainWindow:
    """Two clicks from opening to the cause: the tab Masks, the row that says dropped."""
    window = open_sample("broken_mask_lost", theme)
    click_tab(window, "Masks")
    rows = window.parts.masks.model.rows
    row = next(i for i, row in enumerate(rows) if row.event.what == "dropped")
    click_row(window, window.parts.masks.table, row)
    return window


def attention(theme: Theme = "light") -> MainWindow:
    """One click on the use by attention, in the list of masks, shows what may be attended."""
    window = open_sample("transformer_block", theme)
    click_tab(window, "Masks")
    rows = window.parts.masks.model.rows
    row = next(i for i, row in enumerate(rows) if row.attention is not None)
    click_row(window, window.parts.masks.table, row)
    return window


def ledger(theme: Theme = "light") -> MainWindow:
    """The ledger, its largest term open, and the input of the sample that adds most to it."""
    window = open_sample("regularizers", theme)
    click_tab(window, "Losses")
    click_row(window, window.parts.losses.page.samples.table, 0)
    return window


PICTURES = {"masks": lost_mask, "attention": attention, "losses": ledger}

if __name__ == "__main__":
    application = QApplication.instance() or QApplication(sys.argv[:1])
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    for name, show in PICTURES.items():
        shown = show("dark" if sys.argv[2:] == ["dark"] else "light")
        shown.grab().save(str(folder / f"{name}.png"), "PNG")
        shown.close()
