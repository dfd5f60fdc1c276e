"""Breakpoints: where to stop and on what condition, as plain values and as text.

    call:encoder/dense                     every call of that path (`*` stands for anything)
    class:Dense if max(abs(y)) > 10        every call of a layer class, where the condition holds
    line:12   line:blocks.py:12            the calls that a line makes, else the ops that run on it
    op:matmul                              every op of a kind, by its name or its Keras function
    any if not all(isfinite(y))            every call

The same breakpoints mean the same in a recorded run and in one that goes on. One without a
condition stops where a call begins; one with a condition where it has returned, since it asks for
what came out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Literal, get_args

from inspector.errors import ExpressionError
from inspector.trace.document import Call, Op, Run
from inspector.trace.expressions import parse
from inspector.trace.naming import is_named

Kind = Literal["call", "class", "line", "op", "any"]
CONDITIONS: dict[str, str] = {
    "contains NaN or infinity": "not all(isfinite(y))",
    "|value| above": "max(abs(y)) > {}",
    "shape differs from": "shape != {}",
    "mask dropped": "mask is None and mask_in is not None",
    "share of dead units above": "dead(y) > {}",
}
_EXAMPLES = "class:Dense, call:encoder/dense, line:12, op:matmul or any"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Where to stop.

    what:   path, class or op; empty for a line and for any.
    file:   of a line; empty for the file that is open.
    source: what the line said when the breakpoint was set, to notice that it has moved.
    """

    kind: Kind
    what: str = ""
    condition: str = ""
    file: str = ""
    line: int = 0
    source: str = ""
    is_enabled: bool = True

    def __str__(self) -> str:
        return f"{self.place} if {self.condition}" if self.condition else self.place

    @property
    def place(self) -> str:
        """The text without the condition."""
        if self.kind == "any":
            return "any"
        if self.kind == "line":
            return f"line:{self.file}:{self.line}" if self.file else f"line:{self.line}"
        return f"{self.kind}:{self.what}"

    def names_call(self, path: str, class_: str, file: str | None, line: int | None) -> bool:
        """Whether it is about a call, by its path or class, or by the line that makes it."""
        if self.kind == "call":
            return is_named(path, self.what) or fnmatchcase(path, self.what)
        if self.kind == "class":
            return fnmatchcase(class_, self.what)
        if self.kind == "line":
            return line == self.line and _is_file(self.file, file)
        return self.kind == "any"

    def names_op(self, op: str, function: str, file: str | None, line: int | None) -> bool:
        """Whether it is about an op, by its kind or its line."""
        if self.kind == "op":
            return self.what in (op, function, function.rpartition(".")[2])
        return self.kind == "line" and line == self.line and _is_file(self.file, file)


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a run at which a breakpoint may stop; `op` is an index into the call's ops."""

    call: str
    op: int | None = None


def parse_breakpoint(text: str) -> Breakpoint:
    """A breakpoint from its text; the condition is checked.

    >>> parse_breakpoint("class:Dense if max(abs(y)) > 10").what
    'Dense'
    >>> str(parse_breakpoint("line: 12"))
    'line:12'

    Raises:
        ExpressionError: it is no breakpoint, or its condition no expression.
    """
    place, _, condition = text.strip().partition(" if ")
    condition = condition.strip()
    if condition or text.rstrip().endswith(" if"):
        parse(condition)
    kind, colon, what = (part.strip() for part in place.partition(":"))
    if kind == "any" and not colon:
        return Breakpoint("any", condition=condition)
    if kind not in get_args(Kind) or kind == "any" or not what:
        raise ExpressionError(
            f"{place!r} names no place to stop at.", fix=f"Write {_EXAMPLES}, then perhaps `if …`."
        )
    if kind == "line":
        return _line(what, condition)
    return Breakpoint(kind, what, condition)  # type: ignore[arg-type]  # one of Kind, looked at above


def _line(what: str, condition: str) -> Breakpoint:
    file, _, number = what.rpartition(":")
    if not number.strip().isdecimal() or not 0 < int(number) < 10**7:
        raise ExpressionError(
            f"{number.strip()!r} is no line number.", fix="Write line:12, or line:blocks.py:12."
        )
    return Breakpoint("line", "", condition, file.strip(), int(number))


def in_file(breakpoint: Breakpoint, file: str) -> Breakpoint:
    """The breakpoint with the open file written into it, where it names a line of that file."""
    is_open_file = breakpoint.kind == "line" and not breakpoint.file
    return replace(breakpoint, file=file) if is_open_file else breakpoint


def sites(run: Run, breakpoint: Breakpoint) -> tuple[Site, ...]:
    """Where in a run a breakpoint may stop, in the order of the run, conditions not asked."""
    if breakpoint.kind == "op":
        return tuple(_op_sites(run, breakpoint))
    named = tuple(Site(call.id) for call in run.calls if _is_about(breakpoint, call))
    if named or breakpoint.kind != "line":
        return named
    return tuple(_op_sites(run, breakpoint))


def _is_about(breakpoint: Breakpoint, call: Call) -> bool:
    if breakpoint.kind == "call" and is_named(call.id, breakpoint.what):
        return True
    return breakpoint.names_call(call.path, call.class_, call.file, call.line)


def _op_sites(run: Run, breakpoint: Breakpoint) -> Iterator[Site]:
    for call in run.calls:
        before: Op | None = None
        for index, op in enumerate(call.ops):
            if breakpoint.names_op(op.op, op.function, op.file, op.line):
                # A line of several ops is one stop, not several.
                is_same = before is not None and (before.file, before.line) == (op.file, op.line)
                if breakpoint.kind == "op" or not is_same:
                    yield Site(call.id, index)
            before = op


def _is_file(wanted: str, file: str | None) -> bool:
    if file is None:
        return False
    return not wanted or file == wanted or PurePath(file).name == wanted


def lines_that_stop(runs: tuple[Run, ...], file: str) -> list[int]:
    """The lines of a file at which a call was made or an op ran, sorted."""
    found = {call.line for run in runs for call in run.calls if call.file == file}
    found |= {op.line for run in runs for call in run.calls for op in call.ops if op.file == file}
    return sorted(line for line in found if line)


def renewed(breakpoint: Breakpoint, lines: list[str]) -> tuple[Breakpoint, str]:
    """A line's breakpoint after its file was read again, and what is to be said about it.

    A line that moved takes its breakpoint along. One that is gone keeps it, switched off, so that
    nothing is lost.
    """
    if breakpoint.kind != "line" or not breakpoint.source:
        return breakpoint, ""
    number = breakpoint.line
    if number <= len(lines) and lines[number - 1].strip() == breakpoint.source:
        return breakpoint, ""
    same = [i for i, line in enumerate(lines, 1) if line.strip() == breakpoint.source]
    if same:
        nearest = min(same, key=lambda i: abs(i - number))
        return replace(breakpoint, line=nearest), f"line {number} is line {nearest} now"
    return replace(breakpoint, is_enabled=False), (
        f"line {number} is not `{breakpoint.source[:40]}` any more: the breakpoint is off"
    )
