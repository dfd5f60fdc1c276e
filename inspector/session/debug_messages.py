"""What the window and the worker say about stopping, stepping, expressions and changes.

Part of the session's protocol: the tables of `protocol` list these too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.trace.breakpoints import Breakpoint

PauseReason = Literal["step", "breakpoint", "pause"]


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Ask for the value of an expression at places of one run: calls, or ops by their index."""

    request: int
    run: int
    expression: str
    places: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Make a run that is another one with some values changed; `trace.overrides` has the words."""

    run: int
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeValue:
    """Change a weight or an output of the call that user code waits at; it goes on with it."""

    change: str


@dataclass(frozen=True, slots=True)
class ForgetRun:
    """Undo a `WhatIf`: let the run that it made go."""

    run: int


@dataclass(frozen=True, slots=True)
class SetBreakpoints:
    """Stop user code at these from now on; sent before `OpenFile` they are there from its start."""

    breakpoints: tuple[Breakpoint, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop user code at the next call."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on with the user code that is paused, to the next breakpoint."""


@dataclass(frozen=True, slots=True)
class StepOver:
    """Go on past the call that is paused at."""


@dataclass(frozen=True, slots=True)
class StepInto:
    """Go on to the next call, whatever its depth."""


@dataclass(frozen=True, slots=True)
class StepOut:
    """Go on to where the enclosing call returns."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One value of an expression: as text, as a number and as a truth, where it is one."""

    text: str = ""
    number: float | None = None
    is_true: bool | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Answer to `Evaluate`: one value for each place, in order."""

    request: int
    run: int
    values: tuple[Evaluation, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """User code waits at a call of a run that goes on; values can be read, expressions asked.

    kind: "enter" before the call runs, "exit" when it has returned, "op" after one of its ops.
    problem: what is wrong with the breakpoint's condition, if it could not be asked.
    """

    run: int
    call: str
    kind: Literal["enter", "exit", "op"]
    op: int | None = None
    reason: PauseReason = "breakpoint"
    breakpoint: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    """User code goes on."""


Resumption = Continue | StepOver | StepInto | StepOut
