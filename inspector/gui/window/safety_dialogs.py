"""Questions before a file is run: whether its folder is trusted, whether it runs for real."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.look.theme import Theme
from inspector.trace import Protection

_WIDTH = 560
_HAPPENS = (
    "It runs from its first line to its last, in a process of its own.",
    "Training takes one step instead of hours; sleeping is cut short.",
    "Data that is missing is made up; nothing is downloaded.",
    "What it writes or deletes happens in a scratch folder that is thrown away.",
)
_REAL = (
    "All of its training runs, for as long as it takes. Stop ends it.",
    "It reaches the network, starts programs, writes and deletes files.",
    "Nothing is made up, and nothing keeps it from your files.",
)


class Question(QDialog):
    """A question about one file: what will happen, what protects, and two buttons.

    Does not block: `accepted` says yes.
    """

    def __init__(self, parent: QWidget, title: str, html: str, *, yes: str, no: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.text = QLabel(html)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setFixedWidth(_WIDTH)
        self.yes, self.no = QPushButton(yes), QPushButton(no)
        self.yes.setProperty("primary", True)
        buttons = QDialogButtonBox()
        buttons.addButton(self.yes, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.no, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(22, 18, 22, 16)
        self.column.setSpacing(14)
        self.column.addWidget(self.text)
        self.column.addWidget(buttons)
        # Enter must not run a stranger's program.
        self.no.setDefault(True)
        self.no.setFocus()


class TrustQuestion(Question):
    """Asks, once per folder, whether its files may be run."""

    def __init__(self, parent: QWidget, file: Path, protection: Protection, theme: Theme) -> None:
        html = (
            f"<h3>Run {escape(file.name)}?</h3>"
            f"<p>Opening it runs it, and nothing of this folder was run before:<br>"
            f"<b>{escape(str(file.parent))}</b></p>"
            f"<p>What will happen</p>{_list(_HAPPENS)}"
            f"<p>What protects this machine</p>{protection_html(protection, theme)}"
        )
        super().__init__(parent, "A file from a new folder", html, yes="Run it", no="Do not run")
        self.remember = QCheckBox("Do not ask again for files of this folder")
        self.remember.setChecked(True)
        self.column.insertWidget(1, self.remember)


class RealQuestion(Question):
    """Asks, every time, whether to run the file with all of the rights of the person."""

    def __init__(self, parent: QWidget, file: Path, theme: Theme) -> None:
        html = (
            f"<h3>Run {escape(file.name)} for real?</h3>"
            "<p>It runs as if you started it yourself, with your rights:</p>"
            f"{_list(_REAL)}"
            f"<p style='color:{theme.failure}'><b>Unprotected.</b> Do it only with files "
            "that you know.</p>"
        )
        super().__init__(parent, "Run for real", html, yes="Run for real", no="Cancel")


def protection_html(protection: Protection, theme: Theme) -> str:
    """What is in force and what is missing, one line each."""
    lines = [
        f"<span style='color:{theme.good}'>✓</span>&nbsp; {escape(line)}"
        for line in protection.in_force
    ]
    lines += [
        f"<span style='color:{theme.failure}'>✗</span>&nbsp; unprotected: {escape(line)}"
        for line in protection.missing
    ]
    return f"<p>{'<br>'.join(lines)}</p>"


def _list(lines: Sequence[str]) -> str:
    return f"<p>{'<br>'.join(f'•&nbsp; {escape(line)}' for line in lines)}</p>"
