"""Ctrl+F: find calls by name, path or class; Enter goes from one to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy

from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_panel import set_role


class FindBar(QFrame):
    """`found` carries the ids of all calls that match."""

    found = Signal(object)

    def __init__(self, viewpoint: Viewpoint) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._matches: list[str] = []
        self._place = -1
        self.setObjectName("banner")
        self.setProperty("kind", "progress")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a call by name or class")
        self.field.setAccessibleName("Find a call")
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(360)
        self.count = set_role(QLabel(), "muted")
        done = QPushButton("Done")
        done.clicked.connect(self.close_bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 10, 6)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.count, 1)
        layout.addWidget(done)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._next)
        viewpoint.run_changed.connect(lambda: self._search(self.field.text()))
        self.hide()

    def open_bar(self) -> None:
        """Show the field and put the keyboard into it."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def close_bar(self) -> None:
        """Hide the field and forget what was found."""
        self.hide()
        self.field.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        words = text.lower().split()
        self._place = -1
        self._matches = [
            call.id
            for call in self._viewpoint.run.calls
            if words and all(word in f"{call.path} {call.class_}".lower() for word in words)
        ]
        self.count.setText(f"{len(self._matches)} calls" if words else "")
        self.found.emit(frozenset(self._matches))
        if self._matches:
            self._next()

    def _next(self) -> None:
        if self._matches:
            self._place = (self._place + 1) % len(self._matches)
            self.count.setText(f"{self._place + 1} of {len(self._matches)}")
            self._viewpoint.select(self._matches[self._place])
