"""What happens at each door of Keras: calls begin and end, losses and updates are noticed.

`hooks.py` says what the doors are; this module keeps `runs.Runs` up to date with what passes
through them, and hands each run that has ended on.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

from inspector.capture import blame, updates, user_words
from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.lines import Lines
from inspector.capture.location import Locator
from inspector.capture.loss_watch import LossWatch
from inspector.capture.models import Models
from inspector.capture.runs import Blame, RunContext, Runs, is_same_error
from inspector.engine import OpRecord, tape
from inspector.errors import NoValue
from inspector.keras_backend import symbolic


class Stopping(Protocol):
    """Who may hold the user's code at a moment of a run."""

    @property
    def is_armed(self) -> bool: ...
    def call_begins(self, context: RunContext, frame: Frame) -> None: ...
    def call_returned(self, context: RunContext, frame: Frame) -> None: ...
    def op_ran(self, context: RunContext, record: OpRecord) -> None: ...


class Watch(LossWatch):
    """The watcher that the hooks tell, and the observer of the tape.

    ended: told of each run that has ended.
    between_calls: called after each call of a layer returned.
    """

    def __init__(
        self, locator: Locator, keep_runs: int, ended: Callable[[RunContext], None]
    ) -> None:
        self._ended = ended
        # What fails later may belong to the last build of a model. Only builds and failed runs:
        # others would hold their values beyond the store's budget.
        self._last: RunContext | None = None
        self._builds: dict[str | None, RunContext] = {}
        self._lines = Lines(locator, self._current)
        self._models = Models(self._lines.is_users, self._lines.that_made)
        self.runs = Runs(keep_runs, self._models.name_of, self._end, self._lines.here)
        self.between_calls: Callable[[], None] | None = None
        self.stopping: Stopping | None = None
        # Training flags that calls get instead of their own, by path.
        self.forced_training: dict[str, bool] = {}

    @property
    def lines(self) -> Lines:
        return self._lines

    @property
    def models(self) -> Models:
        return self._models

    @property
    def is_building(self) -> bool:
        """Whether Keras is computing shapes symbolically now."""
        top = self.runs.top
        return top is not None and top.kind == "build"

    def settle(self) -> None:
        """End what is still open; symbolic calls that no model claimed are shown as they are."""
        self.runs.settle()
        loose = self.runs.loose
        if loose is not None and not self._models.any_model():
            build = self.runs.broken_build(loose, None)
            if build.frames:
                self._end(build)

    def _end(self, context: RunContext) -> None:
        self._ended(context)
        self._last = context if context.kind == "build" or context.failure is not None else None
        if context.kind == "build":
            self._builds[context.model_name] = context

    def script_failed(self, error: BaseException) -> RunContext | None:
        """The script stopped; answers the run whose failure that is.

        An error that no call raised is given to the run that it speaks of; where there is none,
        the answer is a run of nothing, which is not told.
        """
        self.runs.settle_failed(error)
        last = self._last
        if last is not None and last.failure and is_same_error(last.failure[1], error):
            return last
        found = user_words.raising(self._lines.locator.is_user_file, error.__traceback__)
        if found is None:
            return None
        context, blame = self._blamed(error, *found)
        context.heard.innermost(self._lines.locator.is_user_file, error, ())
        context.failure, context.blame = (None, error, None), blame
        if context.frames:
            self._end(context)
        return context

    def _blamed(
        self, error: BaseException, frame: FrameType, place: user_words.Place
    ) -> tuple[RunContext, Blame]:
        line = self._lines.locator.of_traceback(error.__traceback__)
        used = blame.symbols_used(frame, place)
        if used and self.runs.loose is not None:
            return self.runs.broken_build(self.runs.loose, None), Blame("script", None, line, used)
        model, layer, weights = blame.layer_spoken_of(
            str(error), list(self._models.living().values())
        )
        name = self._models.name_of(model) if model is not None else None
        context = self._builds.get(name) if name is not None else None
        context = context or RunContext("build", 0, None, lambda: None)
        return context, Blame("weights", layer, line, weights)

    def _current(self) -> Frame | None:
        top = self.runs.top
        return top.current if top is not None else None

    # --- hooks.Watcher -------------------------------------------------------------------

    def operation_made(self, operation: Any) -> None:
        self._lines.note_made(operation)
        if isinstance(operation, private.Model):
            self._models.add(operation)

    def operation_run(self, operation: Any, original: Callable[[], Any]) -> Any:
        return self._lines.during_node(operation, original)

    def layer_called(self, layer: Any, args: Any, kwargs: Any, original: Any) -> Any:
        if self.runs.muted:
            return original(layer, *args, **kwargs)
        context = self.runs.context_for(layer, args, kwargs)
        if context is None:
            return self._unwatched(layer, args, kwargs, original)
        return self._watched(context, layer, args, kwargs, original)

    def _unwatched(self, layer: Any, args: Any, kwargs: Any, original: Any) -> Any:
        self.runs.muted += 1
        try:
            return original(layer, *args, **kwargs)
        finally:
            self.runs.muted -= 1
            if self.between_calls is not None:
                self.between_calls()

    def _watched(
        self, context: RunContext, layer: Any, args: Any, kwargs: Any, original: Any
    ) -> Any:
        is_top = context is not self.runs.top
        before = tape.switch(context.tape) if is_top else None
        if is_top:
            self.runs.stack.append(context)
        given = args, kwargs
        if context.current is None and context.kind != "build":
            args, kwargs = private.with_tensors((args, kwargs))
        frame = self._enter(context, layer)
        if (
            self.forced_training
            and frame.path in self.forced_training
            and private.takes_training(layer)
        ):
            kwargs = {**kwargs, "training": self.forced_training[frame.path]}
        try:
            outputs = original(layer, *args, **kwargs)
            self._leave(context, frame, outputs)
            return self._changed(context, frame, outputs) if frame.is_changed else outputs
        except BaseException as error:
            self._failed(context, frame, error, args, kwargs)
            if frame.parent is None:
                context.heard.outermost(
                    self._lines.locator.is_user_file,
                    private.flatten(given),
                    private.flatten((args, kwargs)),
                )
            raise
        finally:
            if is_top:
                self.runs.stack.remove(context)
                tape.switch(before)
                self._top_left(context, frame)

    def _enter(self, context: RunContext, layer: Any) -> Frame:
        symbolic_call = context.kind == "build"
        frame = Frame(layer, context.current, symbolic=symbolic_call, prefix=context.prefix)
        frame.layer_id = self._models.id_of(layer)
        if not symbolic_call:
            self._models.note_run(layer)
        elif symbolic.fill_now == symbolic.FILLS[1]:
            frame.is_second_run = True
        self._lines.set_on(frame)
        if frame.parent is None and not isinstance(layer, private.Model):
            self._models.note_called(layer, symbolic=frame.symbolic)
        context.enter(frame)
        return frame

    def _leave(self, context: RunContext, frame: Frame, outputs: Any) -> None:
        frame.give(outputs)
        frame.keep_weights()
        context.leave(frame)
        context.origins.leave(frame)
        self._lines.note_first_call(frame)
        if context.failure is not None:
            context.forgive()
        if frame.symbolic:
            self._lines.note_node(frame)
        if self.between_calls is not None:
            self.between_calls()
        if self.stopping is not None and context.kind != "build" and self.stopping.is_armed:
            self.stopping.call_returned(context, frame)

    @staticmethod
    def _changed(context: RunContext, frame: Frame, outputs: Any) -> Any:
        """What a call gives after somebody changed it while the run waited there."""
        outputs = private.with_leaves(outputs, frame.outputs)
        frame.give(outputs)
        context.origins.leave(frame)
        return outputs

    def _failed(
        self, context: RunContext, frame: Frame, error: BaseException, args: Any, kwargs: Any
    ) -> None:
        if not frame.inputs:
            frame.receive(args, kwargs)
            context.origins.enter(frame)
        frame.keep_weights()
        if context.fail(frame, error):
            values = [tensor for _, tensor in frame.inputs]
            if context.tape.failed is not None:
                values += context.tape.failed[1]
            context.heard.innermost(self._lines.locator.is_user_file, error, values)
        context.leave(frame)

    def _top_left(self, context: RunContext, frame: Frame) -> None:
        if context is self.runs.loose:
            if context.failure is not None:
                self._end(self.runs.broken_build(context, frame))
        elif context.kind == "build" and any(context in c.builds for c in self.runs.stack):
            return  # ends with the eager run that it is inside of
        elif context.kind == "build" and _wants_values(context):
            return  # done again on zeros
        elif not context.is_step:
            self.runs.end(context)

    def arguments_ready(self, layer: Any, args: Any, kwargs: Any) -> None:
        context = self.runs.top
        if self.runs.muted or context is None or context.current is None:
            return
        frame = context.current
        if frame.layer is layer and not frame.inputs:
            if frame.symbolic:
                # Keras may have called what is inside once already, to build it.
                context.forget_inside(frame)
                frame.ready_at = len(context.tape.records)
            frame.receive(args, kwargs)
            context.origins.enter(frame)
            if self.stopping is not None and context.kind != "build" and self.stopping.is_armed:
                self.stopping.call_begins(context, frame)

    def model_joined(
        self, model: Any, args: Any, kwargs: Any, original: Callable[[], None]
    ) -> None:
        loose = self.runs.loose
        owner = private.sequential_being_built()
        if owner is not None:
            self._models.hide(model)
        try:
            original()
        except Exception as error:
            self._models.hide(model)
            if loose is not None and not self.runs.stack:
                left_out = blame.inputs_left_out(
                    args[0] if args else kwargs.get("inputs"),
                    args[1] if len(args) > 1 else kwargs.get("outputs"),
                )
                loose.failure = (None, error, None)
                loose.blame = Blame("join", model, self._lines.here(), left_out)
                self._end(self.runs.broken_build(loose, None))
            raise
        if loose is not None and not self.runs.stack:
            build = self.runs.claim(loose, model, owner if owner is not None else model)
            if build is not None:
                self._end(build)

    def weights_updated(self, optimizer: Any, arguments: Any, original: Any) -> Any:
        gradients, variables = arguments
        context = self.runs.open_step()
        if context is None or not context.is_kept or self.is_building:
            return original(gradients, variables)
        pairs = updates.before(optimizer, gradients, variables)
        with tape.paused():
            made = original(gradients, variables)
            context.updates.extend(updates.after(pairs))
        return made

    # --- tape.Observer -------------------------------------------------------------------

    def segment_began(self) -> None:
        self.runs.begin_step("train_step")

    def segment_ended(self) -> None:
        self.runs.end_step()

    def evaluation_began(self) -> None:
        self.runs.begin_step("forward")

    def evaluation_ended(self) -> None:
        self.runs.end_step()
        self.runs.settle()

    def evaluated(self, total: Any) -> None:
        context = self.runs.top
        if context is not None and context.is_kept:
            context.evaluated = total

    def differentiated(self, target: Any, sources: Any, gradients: Any) -> None:
        context = self.runs.open_step()
        if context is not None and context.is_kept:
            context.differentiations.append((target, list(sources), list(gradients)))

    def build_restarted(self) -> None:
        context = self.runs.top
        if context is None:
            return
        if context.kind == "build":
            context.forget_inside(context.current)
        for build in context.builds:
            if context.current is not None and build.root is context.current.layer:
                build.forget_inside(None)


def _wants_values(context: RunContext) -> bool:
    """Whether a symbolic run was given up because code in it asks for values."""
    return context.failure is not None and isinstance(context.failure[1], NoValue)
