"""The dialog of changes: one is typed, what lies downstream is computed, undo takes it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.errors import UsageError
from inspector.gui.state.opening import Problem
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.entry_line import EntryLine
from inspector.gui.widgets.table_panel import set_role

_EXPLAINED = (
    "Change a value of the run in view; only what lies downstream is computed again, and your file "
    "stays as it is.<br><br>"
    "<code>dense.kernel=zeros</code> &nbsp; <code>net.input=noise:0.1</code> &nbsp; "
    "<code>dense.output=clamp:-1..1</code> &nbsp; <code>dense.bias=constant:0.5</code><br>"
    "<code>dense.output[1]=scale:2</code> &nbsp; <code>net.input=images.npy</code> &nbsp; "
    "<code>dropout.training=on</code>"
)


class WhatIfDialog(QDialog):
    """Stays open: change after change can be tried."""

    undo_pressed = Signal()

    def __init__(
        self, parent: QWidget, viewpoint: Viewpoint, accept: Callable[[str], object]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("What if")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 220)
        self._viewpoint = viewpoint
        explained = QLabel(_EXPLAINED)
        explained.setWordWrap(True)
        explained.setTextFormat(Qt.TextFormat.RichText)
        explained.setContentsMargins(10, 6, 10, 4)
        self.entry = EntryLine("Change", "encoder/dense.kernel=zeros", "Try it", accept)
        self.file = QPushButton("File…")
        self.file.setToolTip("Take the values from a .npy file")
        self.file.setAutoDefault(False)
        self.entry.button.setAutoDefault(False)
        self.undo = QPushButton("Undo")
        self.undo.setAutoDefault(False)
        self.entry.row.insertWidget(1, self.file)
        self.entry.row.addWidget(self.undo)
        self.changes = set_role(QLabel(), "muted")
        self.changes.setWordWrap(True)
        self.changes.setContentsMargins(10, 0, 10, 6)
        layout = QVBoxLayout(self)
        for part in (explained, self.entry, self.changes):
            layout.addWidget(part)
        layout.addStretch(1)
        self.file.clicked.connect(self._choose_file)
        self.undo.clicked.connect(self.undo_pressed)
        viewpoint.run_changed.connect(self.refresh)
        viewpoint.trace_changed.connect(self._close_with_the_file)
        self.refresh()

    def refresh(self) -> None:
        """Say what is changed in the run in view."""
        changes = self._viewpoint.run.changes
        text = "  ·  ".join(changes) if changes else "nothing"
        self.changes.setText(f"Changed in the run in view: {text}")
        self.undo.setEnabled(bool(changes))

    def refuse(self, change: str, problem: Problem) -> None:
        """Say what the worker found wrong with a change; it can be put right and tried again."""
        self.entry.write(change)
        self.entry.say_wrong(UsageError(problem.message, fix=problem.fix))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Take values from", "", "Arrays (*.npy)")
        if name:
            target = self.entry.line.text().partition("=")[0]
            self.entry.write(f"{target}={name}")

    def _close_with_the_file(self) -> None:
        if self._viewpoint.trace is None:
            self.close()
