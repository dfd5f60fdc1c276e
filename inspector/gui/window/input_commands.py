"""The window's commands on inputs: ask what a model takes, then run it on what is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from inspector.gui.state.opening import Problem
from inspector.gui.window.input_form import InputForm
from inspector.session.protocol import InputsGuessed
from inspector.trace import Trace

if TYPE_CHECKING:  # the window is made of these commands
    from inspector.gui.window.main_window import MainWindow

# The failure of a model that says nothing of its inputs (`loading.inputs`).
_UNKNOWN = "InputsUnknown"


class InputCommands:
    """Methods of the main window; `_form` is the form that is asked with now, if any."""

    _form: InputForm | None = None

    def ask_inputs(self) -> None:
        """Ask for inputs of the model in view, or of the one that has never run."""
        window = cast("MainWindow", self)
        model = window.viewpoint.run.model or unfed_model(window.viewpoint.trace)
        if model is not None:
            window.opening.ask_inputs(model)

    def show_form(self, guessed: InputsGuessed) -> InputForm:
        """Show the form for the inputs of a model."""
        window = cast("MainWindow", self)

        def run(words: tuple[str, ...], training: bool) -> None:
            window.parts.problem.hide()
            window.commands.enable(("stop",), is_enabled=True)
            window.opening.run_again(guessed.model, training=training, input_specs=words)

        form = InputForm(window, guessed.model, guessed.inputs, window.appearance.theme, run)
        form.finished.connect(self._forget_form)
        self._form = form
        form.open()
        return form

    def is_for_form(self, problem: Problem) -> bool:
        """Whether a problem is about what the form has given; then it says so itself."""
        if self._form is None:
            return False
        if problem.can_restart:  # the worker is gone, and with it what was asked about
            self._form.reject()
            return False
        self._form.refuse(problem.message, problem.fix)
        return True

    def end_form(self) -> None:
        """The run that the form asked for has ended."""
        if self._form is not None:
            self._form.accept()

    def toggle_batch_names(self) -> None:
        """Write the batch by its name, once the model in view has shown which axes it is."""
        window = cast("MainWindow", self)
        model = window.viewpoint.run.model
        if not window.commands.actions["name_batch"].isChecked():
            window.viewpoint.name_batch(is_named=False)
        elif model is None or not window.opening.name_batch(model):
            self.note_batch(is_named=False)

    def note_batch(self, is_named: bool) -> None:
        """Take whether the batch could be named; what shapes say follows."""
        window = cast("MainWindow", self)
        window.commands.actions["name_batch"].setChecked(is_named)
        window.viewpoint.name_batch(is_named=is_named)
        if is_named:
            window.statusBar().showMessage(
                "Shapes under Calls and Values say batch where it was found", 8000
            )

    def ask_when_unfed(self) -> None:
        """Ask at once, when the file was opened and a model could not be run for want of inputs."""
        window = cast("MainWindow", self)
        trace = window.viewpoint.trace
        failure = trace.failure if trace is not None else None
        if failure is not None and failure.type == _UNKNOWN and window.bridge.is_running:
            model = unfed_model(trace)
            if model is not None:
                window.opening.ask_inputs(model)

    def _forget_form(self) -> None:
        self._form = None


def unfed_model(trace: Trace | None) -> str | None:
    """The first model that was built and never run."""
    if trace is None:
        return None
    ran = {run.model for run in trace.runs if run.kind != "build"}
    return next((model.name for model in trace.models if model.name not in ran), None)
