"""The part of the window that holds graph and panels once a file is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMainWindow


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
