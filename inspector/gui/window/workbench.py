"""The part of the window that holds graph and panels once a file is open, and its places kept."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMainWindow

from inspector.gui.state.recent import Store

# Counted up when the panels change, so that an old window's places are not forced on a new one.
_PLACES = 2


class Workbench(QMainWindow):
    """A main window inside the main window: its docks come and go with it as one."""

    first_shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("workbench")
        self._is_new = True

    def keep_sizes(self) -> None:
        """The panels have their sizes already: do not announce the first showing."""
        self._is_new = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_new:
            self._is_new = False
            self.first_shown.emit()


def save_places(store: Store, window: QMainWindow, workbench: QMainWindow) -> None:
    """Keep where the window is and how its panels are placed."""
    store.setValue(f"window/{_PLACES}", window.saveGeometry())
    store.setValue(f"panels/{_PLACES}", workbench.saveState())


def restore_places(store: Store, window: QMainWindow, workbench: Workbench) -> None:
    """Put window and panels where they were; what cannot be read is left as it is."""
    geometry, state = store.value(f"window/{_PLACES}"), store.value(f"panels/{_PLACES}")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    if isinstance(state, QByteArray) and workbench.restoreState(state):
        workbench.keep_sizes()
