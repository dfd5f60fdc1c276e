"""One file, opened in the worker: run, recorded, and then asked for values and further runs.

Imports Keras, so the backend's hook must have been installed before this module is imported.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from inspector import compat
from inspector.capture import Recorder
from inspector.compat.limits import limit_iteration
from inspector.compat.loops import model_called, watch_loops
from inspector.engine import allocation, array_module
from inspector.errors import CaptureError, ExpressionError
from inspector.loading import given_inputs, input_guesses, inputs, uncalled
from inspector.loading.handing_over import hand_over
from inspector.loading.inputs import ModelInputs
from inspector.loading.interruption import Interrupter
from inspector.loading.notes import Notes
from inspector.loading.policies import install_policies, install_policies_of_a_real_run
from inspector.loading.programs import Around, read_program
from inspector.loading.python_file import NotReadable, prepared, run_code
from inspector.loading.seed import set_dtype_policy, set_run_seed, set_seed
from inspector.loading.situation import Situation
from inspector.loading.user_files import UserFiles
from inspector.session.answers import Answers
from inspector.session.asked_for import AskedFor
from inspector.session.batch_naming import models_with_runs, name_batch
from inspector.session.confinement.limits import processor_limit
from inspector.session.debug_messages import ForgetRun, WhatIf
from inspector.session.debugging import Debugger
from inspector.session.output import UserOutput
from inspector.session.overriding import carried_out
from inspector.session.pausing import Pausing
from inspector.session.protocol import (
    ApplyWeights,
    AskInputs,
    Command,
    EngineChosen,
    Event,
    HandedOver,
    HandOver,
    InputsGuessed,
    ModelFound,
    NameBatch,
    Opened,
    OpenFile,
    Progress,
    Replaced,
    RunExamined,
    RunModel,
    RunUpdated,
    SourceFound,
)
from inspector.session.settings import Settings, cpu_seconds, record_budget_bytes
from inspector.session.time_limits import MORE_TIME, end_of_opening, time_limits
from inspector.trace import Engine, OpenFailure, Run, Trace

# How many batches a script's own loop over a data set gets.
_DATASET_ELEMENTS = 2


class Outgoing(Protocol):
    """Where events go; `post_now` returns when the event is on its way."""

    def post(self, event: Event) -> None: ...

    def post_now(self, event: Event) -> None: ...


class OpenedFile:
    """The file that this worker has open."""

    def __init__(
        self,
        command: OpenFile,
        outgoing: Outgoing,
        *,
        interrupter: Interrupter,
        output: UserOutput,
        settings: Settings,
        debugger: Debugger,
        next_command: Callable[[], Command],
        real: bool = False,
    ) -> None:
        self._command = command
        self._real = real
        self._outgoing = outgoing
        self._post = outgoing.post
        self._updated = time.monotonic()
        self._until = math.inf
        self._interrupter = interrupter
        self._output = output
        self._settings = settings
        self._path = Path(command.path).absolute()
        self._files = UserFiles(self._path)
        self._notes = Notes(self._files, lambda replacement: outgoing.post(Replaced(replacement)))
        self._recorder = Recorder(
            self._files.contains,
            self._run_updated,
            lambda index, model: outgoing.post(ModelFound(index, model)),
            keep_runs=settings.keep_runs,
            seed=command.seed,
            budget_bytes=record_budget_bytes(settings),
        )
        self.answers = Answers(self._recorder, self._post)
        self._pausing = Pausing(
            self._recorder, debugger, interrupter, outgoing, next_command, self.answers.answer
        )
        self._told: tuple[Exception | None, str] = None, ""
        self._exits = ExitStack()
        scratch = tempfile.mkdtemp(prefix="scratch-")  # goes with the client's folder
        self._situation = Situation(
            self._path,
            self._path.parent,
            Path(scratch),
            self._files,
            self._notes,
            seed=command.seed,
        )
        self._asked = AskedFor(command, self._recorder, self._situation)

    def close(self) -> None:
        """Give up the file: take the patches out again."""
        self._exits.close()

    def open(self) -> None:
        """Run the file to its end, its failure, Stop or its time, then say `Opened`."""
        began = time.monotonic()
        choice = array_module.choice
        engine = Engine(choice.name, choice.device, choice.reason)
        self._post(EngineChosen(engine))
        try:
            program = read_program(self._situation, allow_code=self._command.allow_code)
        except NotReadable as error:
            failure: OpenFailure | None = error.failure(self._path)
        else:
            self._post(Progress(f"Running {self._path.name}"))
            module = self._exits.enter_context(prepared(self._situation))
            self._install()
            around = Around(
                module.__dict__,
                self._may_go_on,
                lambda source: self._post(SourceFound(source)),
                self._recorder.place,
            )
            failure = self._run(lambda: program.run(around))
            self._until = end_of_opening(self._settings, began)
            if failure is None or failure.type != "Stopped" or failure.fix in MORE_TIME:
                # Also after a failure: what it built before can be looked at.
                asked = self._asked.carry_out(module.__dict__, self._run)
                later = self._run_uncalled(module.__dict__, failed=failure is not None)
                failure = failure or asked or later
            self._examine()
            if self._command.name_batch:
                self._name_batches()
        self._until = math.inf
        self._output.finish()
        allocation.give_freed_memory_back()  # somebody looks now; the next run may be far off
        trace = Trace(str(self._path), engine, failure=failure)
        self._post(Opened(trace))

    def apply_weights(self, command: ApplyWeights) -> None:
        """Put a file's weights into a model, then run it again on what it ran on last.

        Raises:
            InspectorError: they fit no model, or the file is damaged.
        """
        name = self._asked.give(Path(command.path), command.model)
        self.run_model(RunModel(name, seed=self._command.seed))

    def ask_inputs(self, command: AskInputs) -> None:
        """Answer with what a model takes, and a guess for each input.

        Raises:
            CaptureError: there is no such model.
        """
        model = self._living(command.model)
        guesses = input_guesses.guessed(model, self._recorder, command.model)
        self._post(InputsGuessed(command.model, guesses))

    def run_model(self, command: RunModel) -> None:
        """Run one model again.

        Raises:
            CaptureError: there is no such model, or it has no inputs to run on.
        """
        model = self._living(command.model)
        given = self._inputs_for(model, command)
        set_run_seed(model, command.seed)
        before = len(self._recorder.runs())
        failure = self._run(
            lambda: self._recorder.call_model(
                command.model,
                given.first,
                others=given.others,
                training=command.training,
                seed=command.seed,
            )
        )
        self._examine()
        self._output.finish()
        if failure is not None and len(self._recorder.runs()) == before:
            raise CaptureError(failure.message, fix=failure.fix)

    def _living(self, name: str) -> Any:
        living = self._recorder.keras_models()
        if name not in living:
            raise CaptureError(
                f"There is no model called {name!r}; there is {', '.join(living) or 'none'}.",
                fix="Give one of these names.",
            )
        return living[name]

    def _examine(self) -> None:
        self._tell_examined(self._recorder.examine())

    def _tell_examined(self, runs: Iterable[Run]) -> None:
        for run in runs:
            found = RunExamined(run.number, run.bad_values, run.axes, run.axis_conflicts)
            self._post(found)

    def hand_over(self, command: HandOver) -> None:
        """Write a model down for a Keras on another backend.

        Raises:
            CaptureError: there is no such model, or it has code of its own.
        """
        folder = hand_over(self._recorder, command.model, command.run)
        self._post(HandedOver(str(folder)))

    def name_batch(self, command: NameBatch) -> None:
        """Name the batch axes in the runs of a model.

        Raises:
            CaptureError: there is no such model, or it does not run on other batch sizes.
        """
        given = self._inputs_for(self._living(command.model), RunModel(command.model))
        self._tell_examined(name_batch(self._recorder, command.model, given, self._run))

    def _name_batches(self) -> None:
        for model in models_with_runs(self._recorder):
            try:
                self.name_batch(NameBatch(model))
            except CaptureError as error:
                self._notes.add(f"the batch axis of {model}", error.message)

    def _run_updated(self, run: Run, ended: bool) -> None:
        if not (ended and self._command.keep_ops):
            calls = tuple(replace(call, ops=()) for call in run.calls)
            run = replace(run, calls=calls, ops=(), backward=())
        # At once: what waits in this process is lost when the script's next line ends it.
        self._outgoing.post_now(RunUpdated(run, ended))

    def _between_calls(self) -> None:
        model_called()
        # A run that takes long is told from time to time, for people and in case it ends badly.
        if time.monotonic() - self._updated > self._settings.update_seconds:
            self._recorder.flush()
            self._updated = time.monotonic()

    def _inputs_for(self, model: object, command: RunModel) -> ModelInputs:
        if command.input_specs:
            return given_inputs.from_specs(
                model, command.input_specs, command.seed, self._notes.add
            )
        found = given_inputs.from_last_run(self._recorder, command.model, command.inputs_of)
        if found is not None:
            return found
        made = inputs.made_up(model, command.seed)
        why = f"Its recorded input is not kept any more; run on made-up {made}."
        self._notes.add(f"the input of {command.model}", why)
        return made

    def what_if(self, command: WhatIf) -> None:
        """Make the run that a recorded one would have been with some values changed.

        Raises:
            InspectorError: a change makes no sense or does not fit; nothing has changed.
        """
        carried_out(command, self._recorder, self._run_with_flags)

    def forget_run(self, command: ForgetRun) -> None:
        """Undo a `WhatIf`."""
        self._recorder.forget(command.run)

    def _run_with_flags(self, run: Run, flags: dict[str, bool]) -> Run:
        for path in flags:
            if not self._recorder.takes_training(run.model or "", path):
                raise ExpressionError(
                    f"{path} takes no training flag.",
                    fix="Change the flag of a layer whose call has a training argument.",
                )
        with self._recorder.forced_training(flags):
            again = RunModel(run.model or "", (), run.training, run.seed or 0, run.number)
            self.run_model(again)
        return self._recorder.runs()[-1]

    def _install(self) -> None:
        set_seed(self._command.seed)
        if self._command.dtype_policy:
            set_dtype_policy(self._command.dtype_policy)
        self._exits.callback(compat.install(self._notes.add).remove)
        if not self._real:
            limit_iteration(_DATASET_ELEMENTS, self._notes.add)
            self._exits.callback(limit_iteration, None)
            watch_loops(self._notes.add)
            self._exits.callback(watch_loops, None)
        self._recorder.install()
        self._recorder.between_calls = self._between_calls
        self._recorder.stop_at(self._pausing)
        self._exits.callback(self._recorder.uninstall)
        self._output.building = lambda: self._recorder.build_note
        if self._real:
            install_policies_of_a_real_run(self._situation)
        else:
            guard = install_policies(self._situation)
            self._exits.callback(guard.switch_off)

    def _run(self, run: Callable[[], object]) -> OpenFailure | None:
        fixes: list[str] = []
        self._pausing.begin()

        def told() -> None:
            try:
                run()
            except Exception as error:
                fixes.append(self._fix_of(error))
                raise

        limits = () if self._real else time_limits(self._settings, self._until)
        with processor_limit(math.inf if self._real else cpu_seconds(self._settings)):
            failure = run_code(told, self._situation, self._interrupter, *limits)
        self._recorder.settle()
        if failure is not None and fixes and fixes[0]:
            failure = replace(failure, fix=fixes[0])
        return failure

    def _fix_of(self, error: Exception) -> str:
        """What the recorder says to an error; asked at once, for it looks at what ran last."""
        told, fix = self._told
        if told is not error:
            fix = self._recorder.script_failed(error)
            self._told = error, fix
        return fix

    def _may_go_on(self, error: Exception) -> bool:
        """Whether what follows the script's first error is tried: not when a model is at fault."""
        self._fix_of(error)
        kinds = {model.name: model.kind for model in self._recorder.models()}
        return not any(
            run.failure and (run.kind == "build" or kinds.get(run.model or "") != "layer")
            for run in self._recorder.runs()
        )

    def _run_uncalled(self, namespace: dict[str, object], *, failed: bool) -> OpenFailure | None:
        return self._run(
            lambda: uncalled.run(
                namespace,
                self._recorder,
                self._notes,
                model=self._asked.model,
                specs=self._command.input_specs,
                training=self._command.training,
                seed=self._command.seed,
                failed=failed,
            )
        )
