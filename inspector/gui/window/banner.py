"""The strip above the graph: why the run failed, what is being done, or what went wrong."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from inspector.gui.look.theme import Appearance, Theme
from inspector.gui.look.wording import place_text, shape_text
from inspector.gui.state.opening import Problem
from inspector.gui.widgets.table_panel import set_role
from inspector.trace import AxisOrigin, Failure, Operand

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_MOST_CHARACTERS = 220


class Banner(QFrame):
    """A title, a text that may hold links to source lines, and buttons."""

    place_chosen = Signal(str, int)
    button_pressed = Signal(str)

    def __init__(self, appearance: Appearance, kind: str) -> None:
        super().__init__()
        self._appearance = appearance
        self.setObjectName("banner")
        self.setProperty("kind", kind)
        self.title = set_role(QLabel(), "failure" if kind == "failure" else "title")
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.title.setWordWrap(True)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.linkActivated.connect(self._follow)
        self._buttons = QHBoxLayout()
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.title, 1)
        head.addLayout(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 7, 10, 7)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.text)
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_failure(self, failure: Failure) -> None:
        """Show why a run stopped."""
        headline = f"{failure.type}: {plain_text(failure.message).partition(chr(10))[0]}"
        # What was expected and found says it again, in parts.
        most = _MOST_CHARACTERS if failure.expected is None else _MOST_CHARACTERS // 2
        self.title.setText(shortened(headline, most))
        self.title.setToolTip(plain_text(failure.message))
        self.text.setText(failure_html(failure, self._appearance.theme))
        # A loss or the making of a model can fail: then no call is to be shown.
        self._set_buttons(*((("Show the call", "failure"),) if failure.call is not None else ()))
        self.show()

    def show_problem(self, problem: Problem) -> None:
        """Show what went wrong outside of the model."""
        self.title.setText(problem.title)
        body = f"{escape(shortened(plain_text(problem.message)))}<br>{escape(problem.fix)}"
        if problem.file:
            link = _link(problem.file, problem.line, self._appearance.theme)
            body = f"{link}: &nbsp;{body}"
        self.text.setText(body)
        self.setToolTip(plain_text(problem.detail or problem.message))
        restart = (("Restart", "restart"),) if problem.can_restart else ()
        allow = (("Allow its code", "allow_code"),) if problem.can_allow_code else ()
        self._set_buttons(*restart, *allow, ("Dismiss", "dismiss"))
        self.show()

    def show_pause(self, title: str, text: str) -> None:
        """Show where the worker waits; the buttons are named after the window's commands."""
        self.title.setText(shortened(title))
        self.text.setText(escape(shortened(text)))
        self._set_buttons(
            ("Continue", "continue_run"),
            ("Over", "step_over_head"),
            ("Into", "step_into_head"),
            ("Stop", "stop_worker"),
        )
        self.show()

    def _set_buttons(self, *wanted: tuple[str, str]) -> None:
        while (child := self._buttons.takeAt(0)) is not None:
            widget = child.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for title, name in wanted:
            button = QPushButton(title)
            button.setObjectName(name)
            button.clicked.connect(lambda _=False, name=name: self.button_pressed.emit(name))
            self._buttons.addWidget(button)

    def _follow(self, link: str) -> None:
        file, _, line = link.rpartition("#")
        self.place_chosen.emit(file, int(line))


class ProgressStrip(QFrame):
    """What the worker is doing, and the button that stops it."""

    stop_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("kind", "progress")
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(220)
        self.bar.setAccessibleName("Progress")
        self.stop = QPushButton("Stop")
        self.stop.setObjectName("stop")
        self.stop.clicked.connect(self.stop_pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 10, 7)
        layout.setSpacing(12)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.stop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_progress(self, text: str, fraction: float) -> None:
        """Show a step; a fraction below zero means that the end is not known."""
        self.text.setText(text)
        self.bar.setRange(0, 0 if fraction < 0 else 1000)
        if fraction >= 0:
            self.bar.setValue(int(fraction * 1000))
        self.show()


def failure_html(failure: Failure, theme: Theme) -> str:
    """Where it is, expected and found, operands with the origins of their axes."""
    parts = []
    if failure.expected or failure.found:
        parts.append(
            f"Expected <b>{escape(failure.expected or '?')}</b>, "
            f"found <b>{escape(failure.found or '?')}</b>."
        )
    if failure.file:
        parts.append(f"Raised at {_link(failure.file, failure.line, theme)}.")
    lines = [" ".join(parts)] if parts else []
    lines += [_operand(operand, failure, theme) for operand in failure.operands]
    if failure.fix:
        lines.append(f"<b>What to do:</b> {escape(failure.fix)}")
    return "<br>".join(lines)


def _operand(operand: Operand, failure: Failure, theme: Theme) -> str:
    shape = f"<b>{escape(operand.argument)}</b>&nbsp; {escape(shape_text(operand.shape))}"
    origins = [_origin(origin, failure, theme) for origin in operand.axes_from]
    return f"{shape}: &nbsp;{'; &nbsp;'.join(origins)}" if origins else shape


def _origin(origin: AxisOrigin, failure: Failure, theme: Theme) -> str:
    place = ""
    if origin.file:
        is_here = origin.file == failure.file
        link = _link(origin.file, origin.line, theme, is_short=is_here)
        place = f"&nbsp;({link})"
    size = "?" if origin.size is None else origin.size
    return f"{size} from {escape(origin.what)}{place}"


def _link(file: str, line: int | None, theme: Theme, *, is_short: bool = False) -> str:
    text = escape(_short_place(file, line) if is_short else place_text(file, line))
    return f"<a style='color:{theme.accent}' href='{escape(file)}#{line or 0}'>{text}</a>"


def _short_place(file: str, line: int | None) -> str:
    """A place in the file that failed: its line, and in a notebook the cell too.

    >>> _short_place("/home/book.ipynb cell 2", 4), _short_place("/home/model.py", 4)
    ('cell 2:4', 'line 4')
    """
    _, _, cell = Path(file).name.partition(".ipynb ")
    return f"{cell}:{line}" if cell else f"line {line}"


def plain_text(text: str) -> str:
    """A message without the escape codes for terminals that Keras puts into its own."""
    return _ESCAPES.sub("", text).strip()


def shortened(text: str, most: int = _MOST_CHARACTERS) -> str:
    """A message that leaves room for the graph; the tool tip has it in full."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    # Neither within a word nor just after a bracket was opened, where there is another place.
    space = cut.rfind(" ")
    cut = cut[:space] if space > most // 2 else cut
    opened = cut.rfind("(")
    if opened > max(cut.rfind(")"), most // 2):
        cut = cut[:opened]
    return f"{cut.rstrip(' ,;:(')} …"
