"""The recorder: watches Keras while the user's code runs, and keeps what it saw.

recorder = Recorder(is_user_file, on_run, on_model)
recorder.install()          # from here on every layer call, training step and build is seen
...                         # the user's script
recorder.settle()           # ends what is still open
recorder.runs()             # plain values; recorder.tensor(run, id) gives a tensor's values
"""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

from inspector.capture import hooks, losses, models, updates
from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.location import Location, Locator
from inspector.capture.losses import NoticedLoss
from inspector.capture.runs import RunContext, Runs
from inspector.capture.store import RecordStore
from inspector.capture.writer import Writer
from inspector.engine import Tensor, tape
from inspector.errors import CaptureError, NoValue
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
    """

    def __init__(
        self,
        is_user_file: Callable[[str], bool],
        on_run: Callable[[Run, bool], None],
        on_model: Callable[[int, Model], None],
        keep_runs: int = 20,
        seed: int | None = 0,
        budget_bytes: int | None = None,
    ) -> None:
        self._locator = Locator(is_user_file)
        self._on_run = on_run
        self._on_model = on_model
        self._hooks = hooks.Hooks(self)
        self._models = models.Models(self._is_users, self._line_that_made)
        self._runs = Runs(keep_runs, self._models.name_of, self._finished, self._here)
        self._runs.seed = seed
        self._store = RecordStore(budget_bytes)
        self._written: dict[int, Run] = {}
        self._made_at: weakref.WeakKeyDictionary[Any, Location] = weakref.WeakKeyDictionary()
        self._writer = Writer(self._locator, self._line_that_made)
        self._node_lines: dict[int, tuple[Any, Location | None]] = {}
        self._flushed = (0.0, 0.0)
        # Called after each call of a layer returned: a moment at which `flush` is allowed.
        self.between_calls: Callable[[], None] | None = None
        self._call_code: CodeType | None = None
        self._node_line: Location | None = None
        self._plain: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()

    def install(self) -> None:
        """Begin to watch."""
        self._hooks.install()
        # A record is many small objects that stay: Python's collector would walk them again and
        # again, a quarter of the cost of recording.
        self._collector = gc.get_threshold()
        gc.set_threshold(_COLLECT_AFTER, *self._collector[1:])
        self._call_code = hooks.call_code()
        tape.observer = self
        symbolic.on_retry.append(self._build_restarted)

    def uninstall(self) -> None:
        """Stop watching; what was recorded stays."""
        self._hooks.remove()
        gc.set_threshold(*self._collector)
        tape.observer = None
        symbolic.on_retry.remove(self._build_restarted)

    # --- what was recorded ---------------------------------------------------------------

    def models(self) -> tuple[Model, ...]:
        """The models that were built, and the layers that were called on their own."""
        return self._models.described(self._runs.not_kept)

    def runs(self) -> tuple[Run, ...]:
        """Every run so far, in the order in which they began."""
        return tuple(self._written[number] for number in sorted(self._written))

    def keras_models(self) -> dict[str, Any]:
        """The living models and layers by the names they have in the trace."""
        return self._models.living()

    def tensor(self, run: int, tensor: int) -> Tensor | None:
        """A recorded tensor by its ids; None when it is not kept (any more)."""
        return self._store.tensor(run, tensor)

    @property
    def build_note(self) -> bool:
        """Whether Keras is computing shapes symbolically now."""
        top = self._runs.top
        return top is not None and top.kind == "build"

    def settle(self) -> None:
        """End what is still open: the script is over."""
        self._runs.settle()
        self._claim_leftovers()
        self._tell_models()

    def flush(self) -> None:
        """Tell the state of the run in progress; costs at most a tenth of the time."""
        now = time.perf_counter()
        last, took = self._flushed
        context = self._runs.stack[0] if self._runs.stack else self._runs.pending
        if context is None or not context.frames or now - last < 10 * took:
            return
        if context is self._runs.loose:
            return
        self._on_run(self._writer.run(context), False)
        self._flushed = (time.perf_counter(), time.perf_counter() - now)

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
        self._tell_models()

    # --- Watcher: what the hooks tell ----------------------------------------------------

    def operation_made(self, operation: Any) -> None:
        location, _ = self._locator.find()
        if location is not None:
            self._made_at[operation] = location
        if isinstance(operation, private.Model):
            self._models.add(operation)

    def operation_run(self, operation: Any, original: Callable[[], Any]) -> Any:
        # A Functional model runs its nodes, not the user's lines: the line is where it was made.
        before, self._node_line = self._node_line, self._made_at.get(operation)
        try:
            return original()
        finally:
            self._node_line = before

    def layer_called(self, layer: Any, args: Any, kwargs: Any, original: Any) -> Any:
        if self._runs.is_muted:
            return original(layer, *args, **kwargs)
        context = self._runs.context_for(layer, args, kwargs)
        if context is None:
            return self._unwatched(layer, args, kwargs, original)
        return self._watched(context, layer, args, kwargs, original)

    def _unwatched(self, layer: Any, args: Any, kwargs: Any, original: Any) -> Any:
        self._runs.mute()
        try:
            return original(layer, *args, **kwargs)
        finally:
            self._runs.unmute()

    def _watched(
        self, context: RunContext, layer: Any, args: Any, kwargs: Any, original: Any
    ) -> Any:
        is_top = context not in self._runs.stack
        before = tape.switch(context.tape) if is_top else None
        if is_top:
            self._runs.stack.append(context)
        if context.current is None and context.kind != "build":
            args, kwargs = private.with_tensors((args, kwargs))
        frame = self._enter(context, layer)
        try:
            outputs = original(layer, *args, **kwargs)
            self._leave(context, frame, outputs)
            return outputs
        except BaseException as error:
            self._failed(context, frame, error, args, kwargs)
            raise
        finally:
            if is_top:
                self._runs.stack.remove(context)
                tape.switch(before)
                self._top_left(context, frame)

    def _enter(self, context: RunContext, layer: Any) -> Frame:
        symbolic_call = context.kind == "build"
        frame = Frame(layer, context.current, symbolic=symbolic_call, prefix=context.prefix)
        frame.is_second_run = frame.symbolic and symbolic.fill_now == symbolic.FILLS[1]
        frame.layer_id = self._models.id_of(layer)
        if not frame.symbolic:
            self._models.note_run(layer)
        frame.location = self._location_of(context, frame)
        if self._is_plain(layer):
            frame.line_of_ops = frame.location
        if frame.parent is None and not isinstance(layer, private.Model):
            self._models.note_called(layer, symbolic=frame.symbolic)
        context.enter(frame)
        return frame

    def _leave(self, context: RunContext, frame: Frame, outputs: Any) -> None:
        frame.give(outputs)
        frame.keep_weights()
        context.leave(frame)
        context.origins.leave(frame)
        if context.failure is not None:
            context.forgive()
        if frame.symbolic:
            frame.node = private.last_inbound_node(frame.layer)
            self._node_lines[id(frame.node)] = (frame.node, frame.location)
        if self.between_calls is not None:
            self.between_calls()

    def _failed(
        self, context: RunContext, frame: Frame, error: BaseException, args: Any, kwargs: Any
    ) -> None:
        if not frame.inputs:
            frame.receive(args, kwargs)
            context.origins.enter(frame)
        frame.keep_weights()
        context.fail(frame, error)
        context.leave(frame)

    def _top_left(self, context: RunContext, frame: Frame) -> None:
        if context is self._runs.loose:
            if context.failure is not None:
                self._finished(self._runs.broken_build(context, frame))
        elif context.kind == "build" and any(context in c.builds for c in self._runs.stack):
            return  # ends with the eager run that it is inside of
        elif context.kind == "build" and _wants_values(context):
            return  # done again on zeros
        elif context.kind != "train_step":
            self._runs.end(context)

    def arguments_ready(self, layer: Any, args: Any, kwargs: Any) -> None:
        context = self._runs.top
        if self._runs.is_muted or context is None or context.current is None:
            return
        frame = context.current
        if frame.layer is layer and not frame.inputs:
            if frame.symbolic:
                # Keras may have called what is inside once already, to build it.
                context.forget_inside(frame)
                frame.ready_at = len(context.tape.records)
            frame.receive(args, kwargs)
            context.origins.enter(frame)

    def model_joined(self, model: Any, original: Callable[[], None]) -> None:
        loose = self._runs.loose
        owner = private.sequential_being_built()
        if owner is not None:
            self._models.hide(model)
        try:
            original()
        except Exception as error:
            if loose is not None and not self._runs.stack:
                loose.failure = (None, error, None)
                self._finished(self._runs.broken_build(loose, None))
            raise
        if loose is not None and not self._runs.stack:
            build = self._runs.claim(loose, model, owner if owner is not None else model)
            if build is not None:
                self._finished(build)

    def _claim_leftovers(self) -> None:
        loose = self._runs.loose
        if loose is not None and not self._models.any_model():
            build = self._runs.broken_build(loose, None)
            if build.frames:
                self._finished(build)

    def loss_added(self, layer: Any, loss: Any) -> None:
        self._notice(losses.added(layer, loss, self._here()))

    def weights_regularized(self, layer: Any, values: list[Any]) -> None:
        made_at = {id(owned): self._made_at.get(owned) for owned in private.sublayers(layer)}
        made_at[id(layer)] = self._made_at.get(layer)
        self._notice(losses.regularized(layer, values, made_at))

    def loss_computed(self, loss: Any, value: Any, arguments: Any) -> None:
        prediction = next(iter(private.flatten(arguments[1])), None)
        context = self._runs.top
        maker = context.origins.maker(prediction) if context is not None else None
        owner = maker.path if maker is not None else loss.name
        self._notice(losses.computed(loss, value, self._here(), owner))

    def _notice(self, noticed: list[NoticedLoss]) -> None:
        context = self._runs.top
        if context is not None and context.kind != "build":
            for loss in noticed:
                loss.frame = context.current
            context.noticed_losses.extend(noticed)

    def weights_updated(self, optimizer: Any, arguments: Any, original: Any) -> Any:
        gradients, variables = arguments
        context = self._runs.open_step()
        if context is None or not context.is_kept or self.build_note:
            return original(gradients, variables)
        pairs = updates.before(optimizer, gradients, variables)
        with tape.paused():
            made = original(gradients, variables)
            context.updates.extend(updates.after(pairs))
        return made

    # --- tape.Observer -------------------------------------------------------------------

    def segment_began(self) -> None:
        self._runs.begin_training_step()

    def segment_ended(self) -> None:
        self._runs.end_tape()

    def differentiated(self, target: Any, sources: Any, gradients: Any) -> None:
        context = self._runs.open_step()
        if context is not None and context.is_kept:
            context.differentiations.append((target, list(sources), list(gradients)))

    def _build_restarted(self) -> None:
        context = self._runs.top
        if context is None:
            return
        if context.kind == "build":
            context.forget_inside(context.current)
        for build in context.builds:
            if context.current is not None and build.root is context.current.layer:
                build.forget_inside(None)

    # --- runs that end -------------------------------------------------------------------

    def _finished(self, context: RunContext) -> None:
        if context.kind == "train_step" and not (context.updates or context.differentiations):
            context.kind = "forward"
        context.model_name = context.model_name or self._models.owner_of(context.frames)
        run = self._writer.run(context)
        self._written[run.number] = run
        self._store.keep(context)
        self._on_run(run, True)
        self._tell_models()

    def _tell_models(self) -> None:
        for index, model in self._models.changed(self._runs.not_kept):
            self._on_model(index, model)

    # --- lines ---------------------------------------------------------------------------

    def _here(self) -> Location | None:
        if self._node_line is not None:
            return self._node_line
        context = self._runs.top
        if context is not None and context.current is not None:
            known = context.current.line_of_ops
            if known is not None:
                return known
        location, met = self._locator.find(self._call_code)
        if met and context is not None and context.current is not None:
            return context.current.location
        return location

    def _is_users(self, layer: Any) -> bool:
        return self._locator.is_user_code(type(layer).call)

    def _is_plain(self, layer: Any) -> bool:
        """Whether no user code runs directly in the layer's calls."""
        found = self._plain.get(layer)
        if found is None:
            functions = private.functions_run_by(layer)
            found = not any(map(self._locator.is_user_code, functions))
            self._plain[layer] = found
        return found

    def _location_of(self, context: RunContext, frame: Frame) -> Location | None:
        parent = frame.parent
        if parent is not None and private.functional_inside(parent.layer) is not None:
            line = self._line_in_functional(parent, frame.layer)
            if line is not None:
                return line
        # The first wrapper on the way up is this call's own.
        location, met = self._locator.find(self._call_code, skip=1)
        return parent.location if met and parent is not None else location

    def _line_that_made(self, layer: Any) -> Location | None:
        return self._made_at.get(layer)

    def _line_in_functional(self, parent: Frame, layer: Any) -> Location | None:
        """The line that made the inbound node; in a Sequential model, that made the layer."""
        if not private.is_functional(parent.layer):
            return self._made_at.get(layer)
        node = parent.next_node(layer)
        found = self._node_lines.get(id(node))
        return found[1] if found is not None else self._made_at.get(layer)


def _wants_values(context: RunContext) -> bool:
    """Whether a symbolic run was given up because code in it asks for values."""
    return context.failure is not None and isinstance(context.failure[1], NoValue)
