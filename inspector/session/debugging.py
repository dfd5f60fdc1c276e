"""Where user code is to stop while it runs: breakpoints, steps and the wish to pause.

The worker's main thread asks at each *moment* (a call begins, a call has returned, an op has
run); the thread that takes commands changes what is wanted. Knows no Keras.

The steps are those of a recorded run (`trace.stepping`): over goes past what is inside, into goes
to the next moment, out to where the frame returns. Calls with none inside have no moment of
return, as there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from inspector.errors import ExpressionError
from inspector.session.debug_messages import PauseReason
from inspector.trace.breakpoints import Breakpoint
from inspector.trace.expressions import Expression, Site, evaluate, parse
from inspector.trace.expressions.evaluation import is_true

MomentKind = Literal["enter", "exit", "op"]
StepWord = Literal["over", "into", "out"]
Place = tuple[str | None, int | None]


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a run.

    frame:  names the call among those of its run; `parent` the one around it, None at the top.
    place:  file and line of the call; `op_place` those of the op.
    has_inside: whether calls ran inside the call.
    """

    kind: MomentKind
    frame: Any
    parent: Any
    path: str
    class_: str
    depth: int
    place: Place = (None, None)
    has_inside: bool = False
    op: str = ""
    function: str = ""
    op_place: Place = (None, None)


@dataclass(frozen=True, slots=True)
class Halt:
    """Why to stop; `problem` says what is wrong with the breakpoint's condition, if it is."""

    reason: PauseReason
    breakpoint: str = ""
    problem: str = ""


class Debugger:
    """What is wanted, and whether a moment is it."""

    def __init__(self) -> None:
        self._breakpoints: tuple[tuple[Breakpoint, Expression | None], ...] = ()
        self._broken: set[str] = set()
        self._step: tuple[StepWord, int] | None = None
        self._wants_pause = False
        # The line that ran last in each open frame, and whether an op began it.
        self._lines: dict[Any, tuple[Place, bool]] = {}

    @property
    def is_armed(self) -> bool:
        """Whether anything may stop; asked at every call, so it is cheap."""
        return bool(self._breakpoints or self._step or self._wants_pause)

    def set_breakpoints(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        """Take other breakpoints; from any thread.

        Raises:
            ExpressionError: a condition is no expression; the breakpoints before stay.
        """
        self._breakpoints = tuple(
            (breakpoint, parse(breakpoint.condition) if breakpoint.condition else None)
            for breakpoint in breakpoints
            if breakpoint.is_enabled
        )
        self._broken = set()

    def pause(self) -> None:
        """Stop at the next moment; from any thread."""
        self._wants_pause = True

    def resume(self, word: StepWord | None, depth: int) -> None:
        """Go on from a moment at `depth`: to the next breakpoint, or one step."""
        self._step = (word, depth) if word is not None else None

    def forget(self) -> None:
        """A new script or model begins: nothing of the last one's steps counts."""
        self._step, self._wants_pause = None, False
        self._lines = {}

    def halt_at(self, moment: Moment, site: Callable[[], Site]) -> Halt | None:
        """Why to stop at a moment, None to go on; `site` gives what conditions are about."""
        is_new_line = self._follow_line(moment)
        for breakpoint, condition in self._breakpoints:
            if self._names(breakpoint, moment, is_new_line):
                halt = self._asked(breakpoint, condition, site)
                if halt is not None:
                    return self._halted(halt)
        if moment.kind == "op" or (moment.kind == "exit" and not moment.has_inside):
            return None
        if self._wants_pause:
            return self._halted(Halt("pause"))
        return self._halted(Halt("step")) if self._step_ends(moment) else None

    def _halted(self, halt: Halt) -> Halt:
        self._step, self._wants_pause = None, False
        return halt

    def _names(self, breakpoint: Breakpoint, moment: Moment, is_new_line: bool) -> bool:
        if moment.kind == "op":
            if breakpoint.kind == "line" and not is_new_line:
                return False
            return breakpoint.names_op(moment.op, moment.function, *moment.op_place)
        # A condition asks for what came out.
        if (moment.kind == "exit") != bool(breakpoint.condition):
            return False
        if breakpoint.kind == "line" and not is_new_line:
            return False
        return breakpoint.names_call(moment.path, moment.class_, *moment.place)

    def _follow_line(self, moment: Moment) -> bool:
        """Whether a moment begins a line, for breakpoints on lines: each line is one stop."""
        if moment.kind == "exit":
            self._lines.pop(moment.frame, None)
            return True
        if moment.kind == "enter":
            before = self._lines.get(moment.parent)
            self._lines[moment.parent] = moment.place, False
            return before != (moment.place, True)
        if moment.op_place == moment.place:
            return False  # inside a layer that the line called
        before = self._lines.get(moment.frame)
        self._lines[moment.frame] = moment.op_place, before is None or before[1]
        if before is not None and before[0] == moment.op_place:
            return False
        self._lines[moment.frame] = moment.op_place, True
        return True

    def _asked(
        self, breakpoint: Breakpoint, condition: Expression | None, site: Callable[[], Site]
    ) -> Halt | None:
        if condition is None:
            return Halt("breakpoint", str(breakpoint))
        try:
            holds = is_true(evaluate(condition, site()))
        except ExpressionError as error:
            # Said once, at the first place; stopping everywhere would help nobody.
            if str(breakpoint) in self._broken:
                return None
            self._broken.add(str(breakpoint))
            return Halt("breakpoint", str(breakpoint), f"{error.message} {error.fix}")
        return Halt("breakpoint", str(breakpoint)) if holds else None

    def _step_ends(self, moment: Moment) -> bool:
        if self._step is None:
            return False
        word, depth = self._step
        if word == "into":
            return True
        if moment.kind == "exit":
            return moment.depth < depth
        return word == "over" and moment.depth <= depth
