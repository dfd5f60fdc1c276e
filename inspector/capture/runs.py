"""When a run begins and ends, and which one a call belongs to.

    forward      a layer or model is called while nothing runs; ends when that call ends
    train_step   a gradient tape (the trainer's or the user's own) opens while nothing runs; it
                 stays open for the gradients and the optimizer, until the next run begins
                 an evaluation is a forward run like it, open until its loss is there
    build        a symbolic call: *loose* ones (KerasTensors at module level) wait until a
                 Functional model claims them; inside an eager call they form a run of their own

Eager runs never contain symbolic calls. Only the first `keep` runs of a model and kind are kept
in full; later ones pass through unwatched and are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.location import Location
from inspector.capture.origins import Origins
from inspector.capture.updates import Change
from inspector.capture.user_words import Heard
from inspector.engine import Tape, tape
from inspector.trace.document import RunKind


@dataclass(frozen=True)
class Blame:
    """A failure of a run that belongs to none of its calls: a loss, or the join of a model.

    what: "loss", "join", "weights" or "script"; thing: the loss, model or layer that it was.
    operands: what went into it, by name.
    """

    what: str
    thing: Any = None
    location: Location | None = None
    operands: tuple[tuple[str, Any], ...] = ()


class RunContext:
    """One run while it goes on: its frames, its tape, and what was noticed on the way."""

    def __init__(
        self, kind: RunKind, number: int, root: Any, locate: Callable[[], Location | None]
    ) -> None:
        self.kind = kind
        self.number = number
        self.root = root
        self.model_name: str | None = None
        self.seed: int | None = None
        self.tape = Tape()
        self.tape.locate = locate
        # Keras finds out shapes in the middle of a call that builds its layer.
        self.tape.lists_symbolic = kind == "build"
        self.prefix = ""
        self.frames: list[Frame] = []
        self.second_frames: list[Frame] = []
        self.current: Frame | None = None
        self.origins = Origins(self.tape)
        self.frame_events: list[int] = []
        self.failure: tuple[Frame | None, BaseException, Any] | None = None
        self.is_kept = True
        self.ended = False
        # Whether it goes on when its outermost call has ended: losses and gradients follow.
        self.is_step = False
        self.evaluated: Any = None
        self.differentiations: list[tuple[Any, list[Any], list[Any]]] = []
        self.updates: list[Change] = []
        # A total that was scaled against underflow, by the id of what it was scaled to.
        self.unscaled: dict[int, Any] = {}
        self.noticed_losses: list[Any] = []
        # How losses added up their values, by the id of the scalar that came of it.
        self.reductions: dict[int, Any] = {}
        # What each sample adds to a loss term, by the id of the term.
        self.sample_losses: dict[int, Any] = {}
        # What attention calls let their queries look at, each with the tensor that says so.
        self.attention: list[tuple[Any, Any]] = []
        # Masks that a loss or metric weighted its values by, each with whose values.
        self.mask_weightings: list[tuple[Any, str]] = []
        self.builds: list[RunContext] = []
        self.claimed: set[Frame] = set()
        self.heard = Heard()
        self.blame: Blame | None = None

    def enter(self, frame: Frame) -> None:
        """A call begins."""
        parent = frame.parent
        if parent is not None:
            parent.has_children = True
        frame.start = self._event()
        (self.second_frames if frame.is_second_run else self.frames).append(frame)
        self._go_on_in(frame)

    def leave(self, frame: Frame) -> None:
        """A call ends, well or not."""
        frame.end = self._event()
        self._go_on_in(frame.parent)

    def _go_on_in(self, frame: Frame | None) -> None:
        self.current = self.tape.scope = frame
        # Ops of a layer that runs no user code need not look for their line.
        self.tape.line = frame.location if frame is not None and frame.is_plain else None

    def fail(self, frame: Frame | None, error: BaseException) -> bool:
        """A call raised; the innermost one is the failure: answers whether this is it."""
        if self.failure is not None and is_same_error(self.failure[1], error):
            return False
        self.failure = (frame, error, self.tape.failed)
        return True

    def forget_inside(self, frame: Frame | None) -> None:
        """Drop the calls inside `frame`: they will be made again."""
        self.frames = [f for f in self.frames if f is frame or not f.is_inside(frame)]
        self.second_frames = [f for f in self.second_frames if not f.is_inside(frame)]
        self.forgive()

    def forgive(self) -> None:
        """The user's code caught the error and went on."""
        self.failure = self.blame = None
        self.tape.failed = None

    def _event(self) -> int:
        events, ops = self.frame_events, len(self.tape.records)
        events.append(ops)
        return ops + len(events) - 1


def is_same_error(first: BaseException, error: BaseException) -> bool:
    """Whether `error` is `first` on its way up, perhaps told anew."""
    # Keras raises a new exception with argument details around the first one, at each level.
    cause: BaseException | None = error
    while cause is not None:
        if cause is first:
            return True
        cause = cause.__cause__ or cause.__context__
    return str(first)[:60] in str(error)


class Runs:
    """The runs of one opening.

    finished: told of each run that has ended; `name_of` gives a layer its name in the trace.
    """

    def __init__(
        self,
        keep: int,
        name_of: Callable[[Any], str],
        finished: Callable[[RunContext], None],
        locate: Callable[[], Location | None],
    ) -> None:
        self._keep = keep
        self._locate = locate
        self._name_of = name_of
        self._finished = finished
        self._numbers = 0
        self._sequential_builds: dict[str, int] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        # Above 0 calls pass through unwatched, because their run is not kept.
        self.muted = 0
        self.stack: list[RunContext] = []
        self.pending: RunContext | None = None
        self.loose: RunContext | None = None
        self.not_kept: Counter[str] = Counter()
        self.seed: int | None = None
        # Told of each run that begins, and of each that ends without being kept.
        self.began: Callable[[RunContext], None] | None = None
        self.discarded: Callable[[RunContext], None] | None = None
        # Whether runs that will not be kept are watched all the same: something may stop in them.
        self.watches_all: Callable[[], bool] = lambda: False

    @property
    def top(self) -> RunContext | None:
        """The run that goes on now."""
        return self.stack[-1] if self.stack else None

    def context_for(self, layer: Any, args: Any, kwargs: Any) -> RunContext | None:
        """The run that a call of `layer` belongs to, begun if need be; None: do not watch it."""
        symbolic = private.is_symbolic_call(args, kwargs)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.kind != "build" and symbolic:
            return self._build_inside(top)
        if top is not None:
            return self._admitted(top, layer)
        self.settle()
        if symbolic and private.has_symbols(args, kwargs):
            self.loose = self.loose or RunContext("build", 0, None, self._locate)
            return self.loose
        return self._begin("build" if symbolic else "forward", layer)

    def next_number(self) -> int:
        """A number that no other run has."""
        self._numbers += 1
        return self._numbers

    def _begin(self, kind: RunKind, layer: Any) -> RunContext | None:
        name = self._name_of(layer)
        is_kept = self._counts[name, kind] < self._keep
        if not is_kept:
            self.not_kept[name] += 1
            if kind == "build" or not self.watches_all():
                return None
        self._counts[name, kind] += 1
        context = self._new(kind, layer)
        context.model_name, context.is_kept = name, is_kept
        return context

    def _new(self, kind: RunKind, layer: Any) -> RunContext:
        context = RunContext(kind, self.next_number(), layer, self._locate)
        context.seed = self.seed
        if self.began is not None:
            self.began(context)
        return context

    def _build_inside(self, eager: RunContext) -> RunContext | None:
        """The build run for the symbolic calls inside the current eager call."""
        parent = eager.current
        for build in eager.builds:
            if build.root is (parent.layer if parent else None):
                return build
        if not eager.is_kept:
            return None
        build = self._new("build", parent.layer if parent else None)
        if parent is not None:
            build.model_name = self._name_of(parent.layer)
            build.prefix = f"{parent.path}/"
        eager.builds.append(build)
        return build

    def _admitted(self, context: RunContext, layer: Any) -> RunContext | None:
        """`context`, unless it is a training step that turns out to be one too many."""
        if context.root is None and context.is_step:
            context.root = layer
            name = self._name_of(layer)
            self._counts[name, context.kind] += 1
            if self._counts[name, context.kind] > self._keep:
                self.not_kept[name] += 1
                context.is_kept = False
                context.tape.is_kept, context.tape.locate = False, None
        return context if context.is_kept or self.watches_all() else None

    def begin_step(self, kind: RunKind) -> None:
        """A gradient tape opens, or an evaluation begins, while nothing runs."""
        if self.muted or self.stack:
            return
        self.settle()
        context = self._new(kind, None)
        context.is_step = True
        self.stack.append(context)
        tape.switch(context.tape)

    def end_step(self) -> None:
        """That gradient tape closes; gradients and updates may still come."""
        if self.stack and self.stack[0].is_step:
            self.pending = self.stack.pop()
            tape.switch(None)

    def open_step(self) -> RunContext | None:
        """The training step that gradients and updates belong to now."""
        if self.pending is not None:
            return self.pending
        top = self.stack[0] if self.stack else None
        return top if top is not None and top.is_step else None

    def settle_failed(self, error: BaseException) -> None:
        """The script stopped, perhaps in the middle of a training step."""
        if self.pending is not None and self.pending.failure is None:
            self.pending.fail(None, error)
        self.settle()

    def settle(self) -> None:
        """End the training step that was still open for its updates."""
        if self.pending is not None:
            context, self.pending = self.pending, None
            self.end(context)

    def claim(self, loose: RunContext, model: Any, owner: Any) -> RunContext | None:
        """The build run of a Functional model: the symbolic calls that it is made of.

        owner: the Sequential model whose inside `model` is, else `model` itself.
        """
        nodes = private.node_ids(model)
        roots = [f for f in loose.frames if f.parent is None and id(f.node) in nodes]
        name = self._name_of(owner)
        if not roots or self._counts[name, "build"] >= self._keep:
            return None
        loose.claimed.update(roots)
        build = self._part(loose, roots)
        build.root, build.model_name = owner, name
        if owner is not model:
            # A Sequential model is built anew with each layer added: the last build is shown.
            build.number = self._sequential_builds.setdefault(name, build.number)
        if owner is model or build.number == self._numbers:
            self._counts[name, "build"] += 1
        return build

    def broken_build(self, loose: RunContext, failed: Frame | None) -> RunContext:
        """A run of the symbolic calls that led to a failure; the loose ones forget the call."""
        if failed is not None:
            roots = [f for f in loose.frames if f in _behind(failed)]
        else:
            roots = [f for f in loose.frames if f.parent is None and f not in loose.claimed]
        loose.claimed.update(f for f in roots if f.parent is None)
        build = self._part(loose, roots)
        build.failure = loose.failure
        if failed is not None:
            loose.frames = [f for f in loose.frames if failed not in (f, *f.ancestors())]
        loose.forgive()
        loose.tape.failed = None
        return build

    def _part(self, loose: RunContext, roots: list[Frame]) -> RunContext:
        build = self._new("build", None)
        inside = set(roots)
        build.frames = [f for f in loose.frames if f in inside or inside & {*f.ancestors()}]
        build.second_frames = [f for f in loose.second_frames if inside & {*f.ancestors()}]
        build.tape, build.origins = loose.tape, loose.origins
        build.heard, build.blame = loose.heard, loose.blame
        build.frame_events = loose.frame_events
        return build

    def end(self, context: RunContext) -> None:
        """A run has ended, and with it the builds inside it."""
        for build in context.builds:
            if context.failure is None:
                build.forgive()
            elif build.failure is not None:
                # Keras tried symbolically what then failed for real: the eager run says it all.
                continue
            build.ended = True
            self._finished(build)
        context.ended = True
        if context.is_kept and context.frames:
            self._finished(context)
        elif self.discarded is not None:
            self.discarded(context)


def _behind(failed: Frame) -> set[Frame]:
    """A call and all calls that its inputs come from."""
    found = {failed}
    waiting = [failed]
    while waiting:
        for link in waiting.pop().edges:
            giver = link.source.frame
            if giver is not None and giver not in found:
                found.add(giver)
                waiting.append(giver)
    return found
