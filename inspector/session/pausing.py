"""User code that waits in the middle of a run: told to the window, asked for values, let go on.

    call begins ─▶ Debugger: stop here? ─▶ RunUpdated (the run up to here), Paused
                                           ReadTensor, Evaluate ...          answered
                                           Continue, StepOver ...      ─▶ Resumed, the call runs

The waiting happens on the main thread, inside the user's own call, so that nothing of Keras runs
meanwhile. Stop ends it as it ends running code; the time spent waiting is none of the script's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from inspector.capture import Recorder
from inspector.capture.changing import change_value
from inspector.capture.frames import Frame
from inspector.capture.runs import RunContext
from inspector.capture.sites import live_site
from inspector.engine import OpRecord
from inspector.errors import InspectorError
from inspector.loading.interruption import Interrupter
from inspector.session.debug_messages import (
    ChangeValue,
    Continue,
    Paused,
    Resumed,
    StepInto,
    StepOut,
    StepOver,
)
from inspector.session.debugging import Debugger, Halt, Moment, StepWord
from inspector.session.protocol import Command, Event, Failed, RunUpdated

_STEPS: dict[type, StepWord | None] = {
    Continue: None,
    StepOver: "over",
    StepInto: "into",
    StepOut: "out",
}


class Outgoing(Protocol):
    """Where events go; `post_now` returns when the event is on its way."""

    def post(self, event: Event) -> None: ...

    def post_now(self, event: Event) -> None: ...


class Pausing:
    """Holds the user's code where the debugger says so; what `capture` asks at each moment.

    next_command: waits for the next command that is not for at once.
    answer: carries out a command that may come meanwhile; False for one that may not.
    """

    def __init__(
        self,
        recorder: Recorder,
        debugger: Debugger,
        interrupter: Interrupter,
        outgoing: Outgoing,
        next_command: Callable[[], Command],
        answer: Callable[[Command], bool],
    ) -> None:
        self._recorder = recorder
        self._debugger = debugger
        self._interrupter = interrupter
        self._outgoing = outgoing
        self._next_command = next_command
        self._answer = answer

    @property
    def is_armed(self) -> bool:
        # Other threads of the user's run on: commands are taken on this one only.
        is_main = threading.current_thread() is threading.main_thread()
        return self._debugger.is_armed and is_main and self._interrupter.is_running

    def begin(self) -> None:
        """A script or a model begins to run."""
        self._debugger.forget()

    def call_begins(self, context: RunContext, frame: Frame) -> None:
        self._look(context, _moment("enter", frame), frame)

    def call_returned(self, context: RunContext, frame: Frame) -> None:
        self._look(context, _moment("exit", frame), frame)

    def op_ran(self, context: RunContext, record: OpRecord) -> None:
        frame = record.scope
        if isinstance(frame, Frame) and not record.is_backward:
            moment = replace(
                _moment("op", frame),
                op=record.primitive.name,
                function=record.function,
                op_place=record.location or (None, None),
            )
            self._look(context, moment, frame, record)

    def _look(
        self, context: RunContext, moment: Moment, frame: Frame, record: OpRecord | None = None
    ) -> None:
        halt = self._debugger.halt_at(moment, lambda: live_site(context, frame, record))
        if halt is not None:
            self._wait(context, moment, halt)

    def _wait(self, context: RunContext, moment: Moment, halt: Halt) -> None:
        run = self._recorder.open_run(context)
        call = run.calls[context.frames.index(moment.frame)]
        op = len(call.ops) - 1 if moment.kind == "op" else None
        told = Paused(
            run.number, call.id, moment.kind, op, halt.reason, halt.breakpoint, halt.problem
        )
        self._outgoing.post_now(RunUpdated(run, False))
        self._outgoing.post(told)
        with self._interrupter.waiting():
            try:
                word = self._command_to_go_on(
                    lambda change: self._change(context, moment, change, told)
                )
            finally:
                self._outgoing.post(Resumed())
        self._debugger.resume(word, moment.depth)

    def _change(self, context: RunContext, moment: Moment, change: str, told: Paused) -> None:
        change_value(moment.frame, change, has_returned=moment.kind == "exit")
        self._outgoing.post_now(RunUpdated(self._recorder.open_run(context), False))
        self._outgoing.post(told)

    def _command_to_go_on(self, change: Callable[[str], None]) -> StepWord | None:
        while True:
            command = self._next_command()
            if type(command) in _STEPS:
                return _STEPS[type(command)]
            try:
                if isinstance(command, ChangeValue):
                    change(command.change)
                    continue
                done = self._answer(command)
            except InspectorError as error:
                self._outgoing.post(Failed(type(error).__name__, error.message, error.fix))
                continue
            if not done:
                self._outgoing.post(
                    Failed(
                        "Paused",
                        "The script waits at a breakpoint.",
                        "Continue (F5) or stop it (Shift+F5) first.",
                    )
                )


def _moment(kind: str, frame: Frame) -> Moment:
    return Moment(
        kind,  # type: ignore[arg-type]  # one of MomentKind, as the callers say
        frame,
        frame.parent,
        frame.path,
        frame.class_name,
        frame.depth,
        frame.location or (None, None),
        frame.has_children,
    )
