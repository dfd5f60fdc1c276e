"""The form for a model's inputs: a guess for each, which may be changed, or a file in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.errors import UsageError
from inspector.gui.look.theme import Theme
from inspector.gui.widgets.table_panel import set_role
from inspector.trace.input_spec import FILE_ENDINGS, InputGuess, parse_input_spec

_WIDTH = 620
_HELP = (
    "Write dtype, shape and, for whole numbers, a range: <b>float32[2,28,28,1]</b>, "
    "<b>int32[4,12]:0..999</b>. Or take a file: arrays (.npy, .npz), a table (.csv), a picture "
    "(.png, .jpg), a sound (.wav), lines of text (.txt)."
)
_FILTER = f"Inputs ({' '.join(f'*{ending}' for ending in FILE_ENDINGS)});;All files (*)"


class InputForm(QDialog):
    """Asks for the inputs of one model; `run` is told the words and whether in training mode.

    It stays until the run has ended: what is wrong with an input is said here, and can be changed.
    """

    def __init__(
        self,
        parent: QWidget,
        model: str,
        guesses: tuple[InputGuess, ...],
        theme: Theme,
        run: Callable[[tuple[str, ...], bool], None],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Inputs of {model}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._guesses, self._run = guesses, run
        self.fields = [QLineEdit(guess.guess) for guess in guesses]
        self.training = QCheckBox("In &training mode")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setFixedWidth(_WIDTH)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setStyleSheet(f"color: {theme.failure}")
        self.problem.hide()
        self.run_button = QPushButton("&Run")
        self.run_button.setProperty("primary", True)
        self.run_button.setDefault(True)
        self._lay_out()
        if self.fields:
            self.fields[0].setFocus()
            self.fields[0].selectAll()

    def refuse(self, message: str, fix: str) -> None:
        """Say what is wrong with the inputs; they can be changed and run again."""
        self.problem.setText(f"{message}\n{fix}" if fix else message)
        self.problem.show()
        self._set_running(is_running=False)

    def start(self) -> None:
        """Read the fields and run; what cannot be read is said at once."""
        words = []
        for guess, field in zip(self._guesses, self.fields, strict=True):
            try:
                words.append(self._words(guess, field.text()))
            except UsageError as error:
                self.refuse(f"{guess.name}: {error.message}", error.fix)
                field.setFocus()
                return
        self.problem.hide()
        self._set_running(is_running=True)
        self._run(tuple(words), self.training.isChecked())

    def _words(self, guess: InputGuess, text: str) -> str:
        spec = parse_input_spec(text)
        if spec.path is not None and not Path(spec.path).is_file():
            raise UsageError(f"There is no file {spec.path}.", fix="Choose one that is there.")
        # Alone it needs no name, and an .npz or a table may hold names of its own.
        return str(spec) if spec.name or len(self.fields) == 1 else f"{guess.name}={spec}"

    def _set_running(self, *, is_running: bool) -> None:
        self.run_button.setText("Running…" if is_running else "&Run")
        for widget in (self.run_button, self.training, *self.fields):
            widget.setEnabled(not is_running)

    def _lay_out(self) -> None:
        help_text = QLabel(_HELP)
        help_text.setWordWrap(True)
        help_text.setFixedWidth(_WIDTH)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, (guess, field) in enumerate(zip(self._guesses, self.fields, strict=True)):
            field.setAccessibleName(f"Input {guess.name}")
            browse = QPushButton("&File…")
            browse.setAccessibleName(f"File for {guess.name}")
            browse.setAutoDefault(False)  # Enter in a field runs
            browse.clicked.connect(partial(self._browse, field))
            name = QLabel(guess.name)
            name.setBuddy(field)
            grid.addWidget(name, 2 * row, 0)
            grid.addWidget(field, 2 * row, 1)
            grid.addWidget(browse, 2 * row, 2)
            hint = set_role(QLabel(f"Takes {guess.takes}. {guess.why}"), "muted")
            hint.setContentsMargins(0, 0, 0, 8)
            grid.addWidget(hint, 2 * row + 1, 1)
        grid.setColumnStretch(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.run_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.run_button.clicked.connect(self.start)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(help_text)
        layout.addLayout(grid)
        layout.addWidget(self.training)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)

    def _browse(self, field: QLineEdit) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A file as the input", "", _FILTER)
        if name:
            field.setText(name)
