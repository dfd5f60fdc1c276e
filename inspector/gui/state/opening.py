"""Opening a file: from the command to the last event, and what the window knows meanwhile."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from inspector.errors import InspectorError, ProtocolError
from inspector.gui.state.session_bridge import SessionBridge
from inspector.gui.state.viewpoint import Viewpoint
from inspector.session.debug_messages import ForgetRun, WhatIf
from inspector.session.protocol import (
    ApplyWeights,
    AskInputs,
    EngineChosen,
    Event,
    Failed,
    Hello,
    InputsGuessed,
    Lost,
    ModelFound,
    NameBatch,
    NumberExplained,
    Opened,
    OpenFile,
    Output,
    Progress,
    Replaced,
    RunExamined,
    RunModel,
    RunUpdated,
    SourceFound,
    TensorRead,
)
from inspector.trace import Engine, Protection, Run, Trace, from_plain

State = Literal["empty", "opening", "open", "lost"]
_TRACE_FIX = "Check that the file was written by `inspector run --json`."
# Failures that are no exception of the user's, in the window's words.
_TITLES = {
    "OpenError": "Nothing to show, or not all of it",
    "CaptureError": "Not run",
    "DamagedFile": "The file is damaged",
    "RefusedFile": "The file was refused",
    "WeightsOnly": "Weights without their model",
    "NotAModel": "Not a model",
}
NO_ENGINE = Engine("numpy", "", "not chosen yet")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong outside of the model, for the banner."""

    title: str
    message: str
    fix: str
    can_restart: bool = False
    can_allow_code: bool = False
    detail: str = ""
    file: str | None = None
    line: int | None = None


class Opening(QObject):
    """The life of one open file; holds no widget."""

    state_changed = Signal()
    # The worker has been started, and no command has been sent yet.
    starting = Signal()
    progressed = Signal(str, float)
    printed = Signal(object)
    problem_found = Signal(object)
    tensor_arrived = Signal(object)
    inputs_guessed = Signal(object)
    opened = Signal()
    run_ended = Signal()
    number_explained = Signal(object)
    replacements_changed = Signal()
    batch_named = Signal(bool)

    def __init__(
        self,
        bridge: SessionBridge,
        viewpoint: Viewpoint,
        engine: str = "auto",
        python: str | None = None,
    ) -> None:
        super().__init__()
        self._bridge = bridge
        self._viewpoint = viewpoint
        self._engine = engine
        self.python = python
        self.path: Path | None = None
        self.state: State = "empty"
        self.engine = NO_ENGINE
        self.protection: Protection | None = None
        self.is_running_again = False
        self.allows_code = False
        self._is_giving_weights = False
        self._is_naming_batch = False
        bridge.arrived.connect(self._take)

    def open(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        weights: Path | None = None,
        allow_code: bool = False,
        real: bool = False,
    ) -> None:
        """Open a file in a fresh worker."""
        self.allows_code = allow_code
        self.protection = None
        self._viewpoint.close()
        self.path = path
        self.engine = NO_ENGINE
        self._set_state("opening")
        self.progressed.emit(f"Starting a worker for {path.name}", -1.0)
        self._viewpoint.show_trace(Trace(str(path), NO_ENGINE))
        try:
            self._bridge.start(self.python, file=path, real=real)
            self.starting.emit()
            self._bridge.send(
                OpenFile(
                    str(path),
                    engine=self._engine,
                    keep_ops=True,
                    attribute=attribute,
                    weights=str(weights.absolute()) if weights else None,
                    allow_code=allow_code,
                )
            )
        except (InspectorError, OSError) as error:
            self._lose(Lost(None, str(error)))

    def refuse(self, path: Path, error: InspectorError) -> None:
        """Show why a file is not opened; no worker is started for it."""
        self._bridge.close()
        self._viewpoint.close()
        self.path = path
        self._set_state("open")
        self.problem_found.emit(Problem(f"{path.name} was not opened", error.message, error.fix))

    def show(self, trace: Trace, path: Path) -> None:
        """Show a saved trace; there is no worker and so there are no values."""
        self.path = path
        self.engine = trace.engine
        self._viewpoint.show_trace(trace)
        self._finish(trace)

    def open_trace(self, path: Path) -> None:
        """Open a trace that `inspector run --json` wrote."""
        self._bridge.close()
        self._viewpoint.close()
        self.path = path
        try:
            trace = from_plain(Trace, json.loads(path.read_text("utf-8", "surrogateescape")))
        except (ProtocolError, OSError, ValueError) as error:
            self._set_state("open")
            fix = error.fix if isinstance(error, ProtocolError) else _TRACE_FIX
            self.problem_found.emit(Problem(f"{path.name} is no trace", str(error), fix))
            return
        self.show(trace, path)

    def reopen(self) -> None:
        """Open the same file again."""
        if self.path is not None:
            self.open(self.path)

    def ask_inputs(self, model: str) -> None:
        """Ask the worker what a model takes; `inputs_guessed` says it."""
        if self.state == "open" and self._bridge.is_running:
            self._bridge.send(AskInputs(model))

    def run_again(self, model: str, *, training: bool, input_specs: tuple[str, ...] = ()) -> None:
        """Run one model again, on its recorded inputs or on other ones."""
        if self.state == "open" and self._bridge.is_running:
            self.is_running_again = True
            self.progressed.emit(f"Running {model}", -1.0)
            self._bridge.send(RunModel(model, input_specs, training))

    def name_batch(self, model: str) -> bool:
        """Have the batch axes of a model's runs found out; `batch_named` says how it went."""
        if self.state != "open" or not self._bridge.is_running:
            return False
        self.is_running_again = self._is_naming_batch = True
        self.progressed.emit(f"Running {model} aside, on 5 and on 7 samples", -1.0)
        self._bridge.send(NameBatch(model))
        return True

    def apply_weights(self, path: Path) -> None:
        """Put a file's weights into the model that they fit, then run it again."""
        if self.state == "open" and self._bridge.is_running:
            self.is_running_again = self._is_giving_weights = True
            self.progressed.emit(f"Reading the weights of {path.name}", -1.0)
            self._bridge.send(ApplyWeights(str(path)))

    def what_if(self, run: int, change: str) -> bool:
        """Ask for a run with a value changed; False when there is no worker that could."""
        if self.state != "open" or not self._bridge.is_running:
            return False
        self.is_running_again = True
        self.progressed.emit(f"Computing what follows from {change}", -1.0)
        self._bridge.send(WhatIf(run, (change,)))
        return True

    def forget_run(self, run: Run) -> None:
        """Let a changed run go."""
        self._bridge.send(ForgetRun(run.number))
        self._viewpoint.drop_run(run)

    def stop(self) -> None:
        """Stop what the worker does."""
        self._bridge.stop()

    def close(self) -> None:
        """Close the file and end its worker."""
        self._bridge.close()
        self.path = None
        self._viewpoint.close()
        self._set_state("empty")

    def _set_state(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()

    def _take(self, event: Event) -> None:
        match event:
            case Progress(text, fraction):
                self.progressed.emit(text, -1.0 if fraction is None else fraction)
            case Output():
                self.printed.emit(event)
            case TensorRead():
                self.tensor_arrived.emit(event)
            case InputsGuessed():
                self.inputs_guessed.emit(event)
            case NumberExplained():
                self.number_explained.emit(event)
            case RunUpdated():
                self._take_run(event)
            case RunExamined():
                self._viewpoint.note_examined(event.run, event.added_to)
                self._end_naming(is_named=True)
            case Opened(trace):
                self._finish(trace)
                self.opened.emit()
            case Failed():
                title = "The weights were not taken" if self._is_giving_weights else event.type
                title = "The batch has no name" if self._is_naming_batch else title
                self._end_naming(is_named=False)
                self.problem_found.emit(
                    Problem(title, event.message, event.fix, detail=event.traceback)
                )
                self._end_running()
                if self.state == "opening":
                    self._set_state("open")
            case Lost():
                self._lose(event)
            case _:
                self._note(event)

    def _take_run(self, event: RunUpdated) -> None:
        self._viewpoint.update_run(event.run)
        if self.is_running_again and event.ended:
            self._end_running()
            self.run_ended.emit()
            # Whoever asked for the run wants to see it.
            self._viewpoint.show_run(event.run)

    def _end_naming(self, *, is_named: bool) -> None:
        if self._is_naming_batch:
            self._is_naming_batch = False
            self._end_running()
            self.batch_named.emit(is_named)

    def _end_running(self) -> None:
        if self.is_running_again:
            self.is_running_again = self._is_giving_weights = False
            self.state_changed.emit()

    def _note(self, event: Event) -> None:
        trace = self._viewpoint.trace
        if trace is None:
            return
        if isinstance(event, Hello):
            self.protection = event.protection
            self.state_changed.emit()
        elif isinstance(event, EngineChosen):
            self.engine = event.engine
            self._viewpoint.note(replace(trace, engine=event.engine))
            self.state_changed.emit()
        elif isinstance(event, ModelFound):
            models = list(trace.models)
            models[event.index : event.index + 1] = [event.model]
            self._viewpoint.note(replace(trace, models=tuple(models)))
        elif isinstance(event, SourceFound):
            self._viewpoint.note(replace(trace, sources=(*trace.sources, event.source)))
        elif isinstance(event, Replaced):
            self._viewpoint.note(replace(trace, replaced=(*trace.replaced, event.replacement)))
            self.replacements_changed.emit()

    def _finish(self, trace: Trace) -> None:
        self.engine = trace.engine
        self.protection = trace.protection
        self._viewpoint.show_trace(trace)
        self._set_state("open")
        self.replacements_changed.emit()
        problem = open_problem(trace) or placeholder_problem(trace, self.allows_code)
        if problem is not None:
            self.problem_found.emit(problem)

    def _lose(self, event: Lost) -> None:
        self._end_naming(is_named=False)
        self.is_running_again = False
        self._bridge.close()
        self._set_state("lost")
        self.problem_found.emit(
            Problem(
                "The worker is gone",
                event.reason,
                event.fix,
                can_restart=True,
                file=event.file,
                line=event.line,
            )
        )


def placeholder_problem(trace: Trace, allows_code: bool) -> Problem | None:
    """Which layers stand in for others, and that their code may be allowed; None for none."""
    calls = {call.layer_id: call for run in trace.runs for call in run.calls if call.placeholder}
    if not calls:
        return None
    names = ", ".join(f"{call.name} ({call.class_})" for call in calls.values())
    what = f"{len(calls)} layers are placeholders" if len(calls) > 1 else "A layer is a placeholder"
    return Problem(
        f"{what}: no code of this file was run" if not allows_code else what,
        f"{names}. Their outputs are made up, and so is what is computed from them.",
        "If you trust the file, allow its code: Lambda layers, and modules that lie beside it."
        if not allows_code
        else "Put the module that defines the class beside the file, or open the script that "
        "builds the model.",
        can_allow_code=not allows_code,
    )


def open_problem(trace: Trace) -> Problem | None:
    """Why opening stopped; None when a failed run says the same, with more detail."""
    failure = trace.failure
    if failure is None:
        return None
    places = {(run.failure.file, run.failure.line) for run in trace.runs if run.failure}
    if failure.file is not None and (failure.file, failure.line) in places:
        return None
    title = _TITLES.get(failure.type, failure.type)
    return Problem(title, failure.message, failure.fix, file=failure.file, line=failure.line)
