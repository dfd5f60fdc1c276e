"""One line to type something into, what was wrong with it, and buttons beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.widgets.table_panel import set_role


class EntryLine(QWidget):
    """Enter tries `accept` on the text: an error is shown below and the text stays."""

    accepted = Signal()

    def __init__(self, name: str, hint: str, button: str, accept: Callable[[str], object]) -> None:
        super().__init__()
        self._accept = accept
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(hint)
        self.line.setClearButtonEnabled(True)
        self.button = QPushButton(button)
        self.button.setAccessibleName(f"{button}: {name}")
        self.problem = set_role(QLabel(), "failure")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        self.row.addWidget(self.line, 1)
        self.row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 5)
        layout.setSpacing(4)
        layout.addLayout(self.row)
        layout.addWidget(self.problem)
        self.line.returnPressed.connect(self.submit)
        self.button.clicked.connect(self.submit)
        self.line.textEdited.connect(self.problem.hide)

    def submit(self) -> None:
        """Try the text that is there."""
        if not self.line.text().strip():
            self.line.setFocus()
            return
        try:
            self._accept(self.line.text())
        except InspectorError as error:
            self.say_wrong(error)
            return
        self.line.clear()
        self.problem.hide()
        self.accepted.emit()

    def write(self, text: str) -> None:
        """Put a text there to be changed."""
        self.problem.hide()
        self.line.setText(text)
        self.line.setFocus()

    def say_wrong(self, error: InspectorError) -> None:
        """Say what was wrong, and what to write instead."""
        self.problem.setText(f"{error.message} {error.fix}")
        self.problem.show()
