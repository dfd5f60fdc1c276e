"""The part of the window that holds graph and panels once a file is open, and its places kept."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMainWindow

from inspector.gui.state.recent import Store

# Counted up when the panels change, so that an old window's places are not forced on a new one.
_PLACES = 3  # 2 held sizes of docks that were squeezed when put back


class Workbench(QMainWindow):
    """A main window inside the main window: its docks come and go with it as one.

    Docks take sizes only once they have been laid out. Until it is first shown, the places that
    were kept wait; put back at once they would be squeezed into the size of a hidden widget.
    """

    first_shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("workbench")
        self._is_new = True
        self._kept: QByteArray | None = None

    def keep_places(self, places: QByteArray) -> None:
        """Put the docks there when they are first shown."""
        self._kept = places

    def put_back(self) -> bool:
        """Put the docks where they were kept; False where nothing was kept, or cannot be read."""
        return self._kept is not None and self.restoreState(self._kept)

    def places(self) -> QByteArray | None:
        """Where the docks are; of one that was never shown, what was kept of it before."""
        return self._kept if self._is_new else self.saveState()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_new:
            self._is_new = False
            self.first_shown.emit()


def save_places(store: Store, window: QMainWindow, workbench: Workbench) -> None:
    """Keep where the window is and how its panels are placed."""
    store.setValue(f"window/{_PLACES}", window.saveGeometry())
    places = workbench.places()
    if places is not None:
        store.setValue(f"panels/{_PLACES}", places)


def restore_places(store: Store, window: QMainWindow, workbench: Workbench) -> None:
    """Put window and panels where they were; what cannot be read is left as it is."""
    geometry, places = store.value(f"window/{_PLACES}"), store.value(f"panels/{_PLACES}")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    if isinstance(places, QByteArray):
        workbench.keep_places(places)
