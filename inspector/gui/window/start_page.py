"""What an empty window shows: what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.look.icons import picture
from inspector.gui.look.theme import Appearance
from inspector.gui.widgets.table_panel import set_role

_MOST_RECENT, _MOST_SAMPLES = 9, 20


class StartPage(QWidget):
    """A place to drop a file, a button, the recent files and the sample models."""

    open_pressed = Signal()
    file_chosen = Signal(object)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._logo = QLabel()
        self._recent, self._samples = QVBoxLayout(), QGridLayout()
        self._recent_title = set_role(QLabel("Recent files"), "title")
        self._samples_title = set_role(QLabel("Sample models"), "title")
        self.drop = self._drop_place()
        column = QVBoxLayout()
        column.setSpacing(18)
        column.addStretch(2)
        column.addLayout(self._heading())
        column.addWidget(self.drop)
        lists = QHBoxLayout()
        lists.setSpacing(36)
        # Without recent files the samples take the whole row.
        self._recent_side = _side(self._recent_title, self._recent)
        lists.addWidget(self._recent_side, 1)
        lists.addWidget(_side(self._samples_title, self._samples), 1)
        column.addLayout(lists)
        hint = set_role(QLabel("F1 lists all keys. Nothing leaves this machine."), "muted")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(hint)
        column.addStretch(3)
        middle = QWidget()
        middle.setLayout(column)
        middle.setFixedWidth(680)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(middle)
        outer.addStretch(1)
        appearance.changed.connect(self._recolour)
        self._recolour()

    def show_files(self, recent: Sequence[Path], samples: Sequence[Path]) -> None:
        """List the files to choose from."""
        _clear(self._recent)
        _clear(self._samples)
        for path in recent[:_MOST_RECENT]:
            self._recent.addWidget(self._file_button(path, path.name))
        columns = 2 if recent else 4
        for place, path in enumerate(samples[:_MOST_SAMPLES]):
            button = self._file_button(path, path.stem)
            self._samples.addWidget(button, place // columns, place % columns)
        self._recent_side.setVisible(bool(recent))
        self._samples_title.setVisible(bool(samples))

    def set_dragging(self, is_over: bool) -> None:
        """Light the place where a dragged file may be dropped."""
        self.drop.setProperty("over", is_over)
        self.drop.style().unpolish(self.drop)
        self.drop.style().polish(self.drop)

    def _heading(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(set_role(QLabel("Inspector"), "hero"))
        words.addWidget(
            set_role(QLabel("See what your Keras model really does, call by call."), "muted")
        )
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._logo)
        row.addLayout(words, 1)
        return row

    def _drop_place(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("drop")
        frame.setMinimumHeight(150)
        layout = QVBoxLayout(frame)
        layout.setSpacing(10)
        layout.setContentsMargins(20, 22, 20, 22)
        headline = set_role(QLabel("Drop a model file here"), "title")
        headline.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = "a Python script, a notebook, a saved model (.keras, .h5, .json), or a folder"
        kinds = set_role(QLabel(words), "muted")
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        keys = QKeySequence("Ctrl+O").toString(QKeySequence.SequenceFormat.NativeText)
        button = QPushButton(f"Open a file…   {keys}")
        button.setObjectName("open_file")
        button.setProperty("primary", True)
        button.clicked.connect(self.open_pressed)
        layout.addStretch(1)
        layout.addWidget(headline)
        layout.addWidget(kinds)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        return frame

    def _file_button(self, path: Path, title: str) -> QPushButton:
        button = QPushButton(title)
        button.setProperty("flat", True)
        button.setToolTip("\n".join(part for part in (first_sentence(path), str(path)) if part))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.file_chosen.emit(path))
        return button

    def _recolour(self) -> None:
        self._logo.setPixmap(picture("logo", self._appearance.theme.accent, 56))


def first_sentence(path: Path) -> str:
    """What a Python file says of itself at its top, empty where it says nothing."""
    try:
        with path.open(encoding="utf-8") as file:
            top = [file.readline(200).strip() for _ in range(4)]
    except (OSError, UnicodeDecodeError):
        return ""
    comment = [line.lstrip("# ") for line in takewhile(lambda line: line.startswith("#"), top)]
    words = " ".join(comment) if comment else top[0].strip('"') if top[0][:3] == '"""' else ""
    sentence, ended, _ = words.partition(". ")
    return sentence + ended.strip()


def _side(title: QLabel, place: QVBoxLayout | QGridLayout) -> QWidget:
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(title)
    column.addLayout(place)
    column.addStretch(1)
    return side


def _clear(layout: QVBoxLayout | QGridLayout) -> None:
    while (child := layout.takeAt(0)) is not None:
        widget = child.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
