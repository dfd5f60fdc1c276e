"""Choosing the Python that files are run in; one that cannot be used is refused at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.errors import UsageError
from inspector.gui.look.theme import Theme
from inspector.session.interpreter import interpreter

_WIDTH = 560
_WORDS = (
    "Files run in the Python that runs this window, unless another one is named here: a Python "
    "program, or the folder of the virtual environment that has the packages your files import. "
    "It needs Keras 3.15."
)


class PythonDialog(QDialog):
    """Asks for a Python; `python` is what was chosen, None for the window's own."""

    def __init__(self, parent: QWidget, python: str | None, theme: Theme) -> None:
        super().__init__(parent)
        self.setWindowTitle("Python for the worker")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.python = python
        words = QLabel(_WORDS)
        words.setWordWrap(True)
        words.setFixedWidth(_WIDTH)
        self.path = QLineEdit(python or "")
        self.path.setPlaceholderText("The Python that runs this window")
        self.path.setAccessibleName("Python")
        self.path.setClearButtonEnabled(True)
        browse = QPushButton("&Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setFixedWidth(_WIDTH)
        self.problem.setStyleSheet(f"color: {theme.failure}")
        self.problem.hide()
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(words)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of a virtual environment")
        if name:
            self.path.setText(name)

    def _take(self) -> None:
        chosen = self.path.text().strip() or None
        try:
            interpreter(chosen)
        except UsageError as error:
            self.problem.setText(f"{error.message}\n{error.fix}")
            self.problem.show()
            return
        self.python = chosen
        self.accept()
