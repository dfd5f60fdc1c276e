"""The recorder: watches Keras while the user's code runs, and keeps what it saw.

recorder = Recorder(is_user_file, on_run, on_model)
recorder.install()          # from here on every layer call, training step and build is seen
...                         # the user's script
recorder.settle()           # ends what is still open
recorder.runs()             # plain values; recorder.tensor(run, id) gives a tensor's values
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from inspector.capture import hooks
from inspector.capture import keras_private as private
from inspector.capture.examination import examined
from inspector.capture.location import Locator
from inspector.capture.runs import RunContext
from inspector.capture.sites import RecordedSites
from inspector.capture.store import RecordStore
from inspector.capture.unwritten import Unwritten
from inspector.capture.watch import Stopping, Watch
from inspector.capture.writer import Writer
from inspector.engine import OpRecord, Tensor, tape
from inspector.errors import CaptureError
from inspector.keras_backend import symbolic
from inspector.trace import Model, Run

# Objects made before Python looks for garbage, while recording; 700 otherwise.
_COLLECT_AFTER = 20_000


class Recorder:
    """Everything seen of one opening.

    Args:
        is_user_file: whether a file name is the user's code.
        on_run:   called with a run's state so far, and whether it has ended.
        on_model: called with a model's index and what is known of it.
        keep_runs: how many runs of each model and kind are kept in full.
        seed:     written into the runs; the recorder itself draws no numbers.
        budget_bytes: how much of the recorded values is kept; older runs lose theirs first.
        writing_share: how much of the time writing may take while the user's code runs.
    """

    def __init__(
        self,
        is_user_file: Callable[[str], bool],
        on_run: Callable[[Run, bool], None],
        on_model: Callable[[int, Model], None],
        keep_runs: int = 20,
        seed: int | None = 0,
        budget_bytes: int | None = None,
        writing_share: float = 0.1,
    ) -> None:
        locator = Locator(is_user_file)
        self._on_run = on_run
        self._on_model = on_model
        self._watch = Watch(locator, keep_runs, self._finished)
        self._hooks = hooks.Hooks(self._watch)
        self._runs, self._models = self._watch.runs, self._watch.models
        self._runs.seed = seed
        self._store = RecordStore(budget_bytes)
        self._runs.began, self._runs.discarded = self._began, self._store.discard
        self._unwritten = Unwritten(self._write, writing_share)
        self._open_run: Run | None = None
        self._writer = Writer(self._watch.lines)
        self._written: dict[int, Run] = {}
        self._examined: set[int] = set()

    @property
    def between_calls(self) -> Callable[[], None] | None:
        """Called after each call of a layer returned: a moment at which `flush` is allowed."""
        return self._watch.between_calls

    @between_calls.setter
    def between_calls(self, called: Callable[[], None] | None) -> None:
        self._watch.between_calls = called

    def install(self) -> None:
        """Begin to watch."""
        self._hooks.install()
        # A record is many small objects that stay: Python's collector would walk them again and
        # again, a quarter of the cost of recording.
        self._collector = gc.get_threshold()
        gc.set_threshold(_COLLECT_AFTER, *self._collector[1:])
        self._watch.lines.call_code = hooks.call_code()
        tape.observer = self._watch
        symbolic.on_retry.append(self._watch.build_restarted)

    def uninstall(self) -> None:
        """Stop watching; what was recorded stays."""
        self._hooks.remove()
        gc.set_threshold(*self._collector)
        tape.observer = None
        symbolic.on_retry.remove(self._watch.build_restarted)

    def place(self, layer: Any, file: str, line: int) -> None:
        """Say which line a layer belongs to that no line of Python made."""
        self._watch.lines.place(layer, (file, line))

    def models(self) -> tuple[Model, ...]:
        """The models that were built, and the layers that were called on their own."""
        return self._models.described(self._runs.not_kept)

    def runs(self) -> tuple[Run, ...]:
        """Every run so far, in the order in which they began."""
        self._unwritten.write()
        return tuple(self._written[number] for number in sorted(self._written))

    def keras_models(self) -> dict[str, Any]:
        """The living models and layers by the names they have in the trace."""
        return self._models.living()

    def tensor(self, run: int, tensor: int) -> Tensor | None:
        """A recorded tensor by its ids; None when it is not kept (any more)."""
        return self._store.tensor(run, tensor)

    @property
    def store(self) -> RecordStore:
        """The tensors and records of the kept runs."""
        return self._store

    @property
    def unwritten(self) -> Unwritten:
        """The runs that have ended and are still to be written."""
        return self._unwritten

    @property
    def build_note(self) -> bool:
        """Whether Keras is computing shapes symbolically now."""
        return self._watch.is_building

    def stop_at(self, stopping: Stopping) -> None:
        """Ask at each moment of a run whether the user's code is to be held there."""
        self._watch.stopping = stopping
        self._runs.watches_all = lambda: stopping.is_armed

    def open_run(self, context: RunContext) -> Run:
        """The run that goes on, as it is now; its tensors can be read until it ends."""
        self._unwritten.write()
        context.is_kept = True
        self._store.show(context)
        self._open_run = self._writer.run(context)
        return self._open_run

    def sites(self, number: int) -> RecordedSites:
        """The places of one run at which expressions can be evaluated.

        Raises:
            CaptureError: there is no such run.
        """
        return RecordedSites(self.run(number), lambda tensor: self.tensor(number, tensor))

    def run(self, number: int) -> Run:
        """One run by its number, also the one that goes on.

        Raises:
            CaptureError: there is no such run.
        """
        self._unwritten.write()
        found = self._written.get(number)
        if found is None and self._open_run is not None and self._open_run.number == number:
            found = self._open_run
        if found is None:
            raise CaptureError(f"There is no run {number}.", fix="Take one of the runs shown.")
        return found

    def next_number(self) -> int:
        """The number of a run that is about to be made."""
        return self._runs.next_number()

    def derive(self, run: Run, values: dict[int, Tensor] | None) -> Run:
        """Keep and tell a run that was made of another; `values` are those that differ."""
        if values is not None and run.changed_from is not None:
            self._store.derive(run.number, run.changed_from, values)
            self._examined.add(run.number)
        self._written[run.number] = run
        self._on_run(run, True)
        return run

    def forget(self, number: int) -> None:
        """Let a run go that was made of another."""
        run = self.run(number)
        if run.changed_from is not None:
            del self._written[number]
            self._store.let_go(number)

    @contextmanager
    def aside(self) -> Iterator[list[Run]]:
        """Runs made inside come out in the list and nowhere else: nobody is told, none is kept."""
        self._unwritten.write()
        made: list[Run] = []
        on_run, watches_all = self._on_run, self._runs.watches_all
        self._on_run = lambda run, ended: made.append(run) if ended else None
        self._runs.watches_all = lambda: True
        try:
            yield made
            self._unwritten.write()
        finally:
            self._on_run, self._runs.watches_all = on_run, watches_all
            for run in made:
                self._written.pop(run.number, None)
                self._store.let_go(run.number)

    def say_more(self, run: Run) -> None:
        """Put a run that says more in the place of the one of its number."""
        self._written[run.number] = run

    def takes_training(self, model: str, path: str) -> bool:
        """Whether the layer of a path in a model has a training flag."""
        top = self.keras_models().get(model)
        layers = [] if top is None else [top, *private.sublayers(top)]
        name = path.rpartition("/")[2]
        return any(layer.name == name and private.takes_training(layer) for layer in layers)

    @contextmanager
    def forced_training(self, flags: dict[str, bool]) -> Iterator[None]:
        """Calls of these paths get these training flags."""
        self._watch.forced_training = flags
        try:
            yield
        finally:
            self._watch.forced_training = {}

    def settle(self) -> None:
        """End what is still open: the script is over."""
        self._watch.settle()
        self._unwritten.write()
        self._tell_models()

    def examine(self) -> tuple[Run, ...]:
        """Look through the numbers and axes of the runs that ended since; gives these runs."""
        self._unwritten.write()
        new = [run for number, run in self._written.items() if number not in self._examined]
        for run in new:
            self._examined.add(run.number)
            if run.kind != "build":
                self._written[run.number] = examined(run, self._store.records(run.number))
        return tuple(self._written[run.number] for run in new if run.kind != "build")

    def script_failed(self, error: BaseException) -> str:
        """The script stopped with an error; answers what to do about it, empty when not sure."""
        context = self._watch.script_failed(error)
        failure = self._writer.failure(context) if context is not None else None
        return failure.fix if failure is not None else ""

    def flush(self) -> None:
        """Tell the state of the run in progress; costs at most a tenth of the time."""
        self._unwritten.write_some()
        context = self._runs.stack[0] if self._runs.stack else self._runs.pending
        if context is None or not context.frames or context is self._runs.loose:
            return
        if self._unwritten.pace.allows:
            with self._unwritten.pace.spending():
                self._on_run(self._writer.run(context), False)

    def call_model(
        self,
        name: str,
        inputs: Any,
        *,
        training: bool,
        seed: int | None,
        others: Mapping[str, Any] | None = None,
    ) -> None:
        """Run a model once more; the new run is told like any other.

        inputs: the structure of arrays for the first argument.
        others: further arguments by name.

        Raises:
            CaptureError: there is no model of that name.
        """
        layer = self.keras_models().get(name)
        if layer is None:
            known = ", ".join(self.keras_models()) or "none"
            raise CaptureError(
                f"There is no model called {name!r}; there is {known}.",
                fix="Give one of these names.",
            )
        self._runs.seed = seed
        if private.takes_training(layer):
            layer(inputs, **(others or {}), training=training)
        else:
            layer(inputs, **(others or {}))
        self._runs.settle()
        self._unwritten.write()
        self._tell_models()

    def _began(self, context: RunContext) -> None:
        self._store.watch(context)
        stopping = self._watch.stopping
        if stopping is None or context.kind == "build" or not stopping.is_armed:
            return
        counted = context.tape.listener

        def listen(record: OpRecord) -> None:
            if counted is not None:
                counted(record)
            if stopping.is_armed:
                stopping.op_ran(context, record)

        context.tape.listener = listen

    def _finished(self, context: RunContext) -> None:
        if context.kind == "train_step" and not (context.updates or context.differentiations):
            context.kind = "forward"
        context.model_name = context.model_name or self._models.owner_of(context.frames)
        self._unwritten.add(context)
        if context.kind == "build" or context.failure is not None:
            self._unwritten.write()  # what is said of a failure is looked for on the stack
        else:
            self._unwritten.write_some()

    def _write(self, context: RunContext) -> None:
        run = self._writer.run(context)
        self._written[run.number] = run
        self._store.keep(context)
        self._on_run(run, True)
        # Describing them walks over all their layers; what else changes is told at the end.
        if self._models.may_have_changed(self._runs.not_kept):
            self._tell_models()

    def _tell_models(self) -> None:
        for index, model in self._models.changed(self._runs.not_kept):
            self._on_model(index, model)
