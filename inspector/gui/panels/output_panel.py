"""The dock of output: what the user's code printed, in the order in which it came."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QWidget

from inspector.gui.look.theme import Appearance, mono
from inspector.gui.widgets.table_panel import empty_label
from inspector.session.protocol import Output

_MOST_LINES = 20_000
_EVERY_MS = 50


class OutputPanel(QWidget):
    """Appends in batches: a script that prints a million lines must not stall the window."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._appearance = appearance
        self._waiting: list[Output] = []
        self._empty = empty_label("The file has printed nothing.")
        self.text = QPlainTextEdit()
        self.text.setObjectName("output")
        self.text.setAccessibleName("Output")
        self.text.setReadOnly(True)
        self.text.setFont(mono(9))
        self.text.setMaximumBlockCount(_MOST_LINES)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.flush)

    def add(self, output: Output) -> None:
        """Take a piece of text; it is shown a moment later."""
        self._waiting.append(output)
        if not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self.text.clear()
        self._stack.setCurrentWidget(self._empty)

    def flush(self) -> None:
        """Show what has come."""
        if not self._waiting:
            return
        bar = self.text.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum() - 4
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        for output in self._waiting[-_MOST_LINES:]:
            label = "build │ " if output.build and cursor.atBlockStart() else ""
            cursor.insertText(label + output.text, self._look(output))
        self._waiting.clear()
        self._stack.setCurrentWidget(self.text)
        if was_at_end:
            bar.setValue(bar.maximum())

    def _look(self, output: Output) -> QTextCharFormat:
        theme = self._appearance.theme
        look = QTextCharFormat()
        if output.build:
            look.setForeground(QColor(theme.muted))
        else:
            is_error = output.stream == "stderr"
            look.setForeground(QColor(theme.warning if is_error else theme.text))
        return look
