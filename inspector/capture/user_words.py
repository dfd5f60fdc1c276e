"""What the user's own code calls a value: a variable's name, or the words of an argument.

A name is certain only when the variable *is* the value, so it is looked up by identity while the
frame lives. The words of a call's arguments are read from the file, at the place in it that
Python gives for the running instruction.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType, TracebackType
from typing import Any

IsUserFile = Callable[[str], bool]
_MOST = 48  # characters of an expression that is shown in place of a name


@dataclass(frozen=True)
class Place:
    """A running instruction of user code, kept without keeping its frame alive."""

    code: CodeType
    instruction: int

    def expression(self) -> ast.expr | None:
        """The expression that it belongs to, None when the source cannot be read."""
        positions = list(self.code.co_positions())
        index = self.instruction // 2
        if index >= len(positions):
            return None
        text = _segment(self.code.co_filename, positions[index])
        try:
            return ast.parse(f"({text})", mode="eval").body if text else None
        except (SyntaxError, ValueError):
            return None


def _segment(file: str, position: tuple[int | None, ...]) -> str:
    first, last, start, end = position
    if first is None or last is None or start is None or end is None:
        return ""
    lines = [line.encode() for line in linecache.getlines(file)[first - 1 : last]]
    if not lines:
        return ""
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    return b"".join(lines).decode("utf-8", "replace")


class Heard:
    """What was heard of the user's words while a failure was on its way up.

    named:         names of the run's inputs, by `id`; called_from: where the run was begun.
    operand_names: names of what the failing call or op was given; operand_place: where it failed.
    """

    def __init__(self) -> None:
        self.named: dict[int, str] = {}
        self.called_from: Place | None = None
        self.operand_names: dict[int, str] = {}
        self.operand_place: Place | None = None

    def innermost(
        self, is_user_file: IsUserFile, error: BaseException, values: Iterable[Any]
    ) -> None:
        """The failing call is being left: note what its operands are called there."""
        found = raising(is_user_file, error.__traceback__)
        if found is None:
            frame = running(is_user_file, sys._getframe(1))
            if frame is None:
                return
            found = frame, Place(frame.f_code, frame.f_lasti)
        self.operand_names = names_of(found[0], values)
        self.operand_place = found[1]

    def outermost(
        self, is_user_file: IsUserFile, given: Iterable[Any], taken: Iterable[Any]
    ) -> None:
        """The run is being left: note what its inputs are called where it was begun.

        given, taken: the same leaves as the user gave them and as the run took them.
        """
        frame = running(is_user_file, sys._getframe(1))
        if frame is None:
            return
        pairs = list(zip(given, taken, strict=False))
        names = names_of(frame, [value for value, _ in pairs])
        self.named = {id(made): names[id(value)] for value, made in pairs if id(value) in names}
        self.called_from = Place(frame.f_code, frame.f_lasti)


def running(is_user_file: IsUserFile, frame: FrameType | None) -> FrameType | None:
    """The innermost frame of user code, from `frame` on down the stack."""
    while frame is not None and not is_user_file(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def raising(
    is_user_file: IsUserFile, traceback: TracebackType | None
) -> tuple[FrameType, Place] | None:
    """The innermost user frame of a traceback, and where in it."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        if is_user_file(frame.f_code.co_filename):
            found = (frame, Place(frame.f_code, traceback.tb_lasti))
        traceback = traceback.tb_next
    return found


def names_of(frame: FrameType, values: Iterable[Any]) -> dict[int, str]:
    """The names that variables of a frame give to these very values, by `id`."""
    wanted = {id(value) for value in values}
    named: dict[int, str] = {}
    for name, value in list(frame.f_locals.items()):
        if id(value) in wanted and not name.startswith("_"):
            named.setdefault(id(value), name)
    return named


def words(expression: ast.expr | None) -> str | None:
    """An expression as short text; None when it would be too long to read."""
    if expression is None or isinstance(expression, ast.Starred):
        return None
    text = ast.unparse(expression)
    return text if len(text) <= _MOST else None


def argument(expression: ast.expr | None, position: int, keyword: str) -> ast.expr | None:
    """The argument of a call, by its position or else its keyword."""
    if not isinstance(expression, ast.Call):
        return None
    for given in expression.keywords:
        if given.arg == keyword:
            return given.value
    before = expression.args[: position + 1]
    if len(before) <= position or any(isinstance(part, ast.Starred) for part in before):
        return None
    return before[position]


def one_value(expression: ast.expr | None) -> ast.expr | None:
    """The expression, None where it writes down several values: which one is meant is not known."""
    several = ast.Dict | ast.List | ast.Tuple
    return None if isinstance(expression, several) else expression


def function_name(expression: ast.expr | None) -> str:
    """What a call calls, without its owner: "fit" of `model.fit(x)`."""
    called = expression.func if isinstance(expression, ast.Call) else None
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def operands(expression: ast.expr | None) -> list[ast.expr]:
    """The operands of an operator or a call, a list that is its first argument opened."""
    if isinstance(expression, ast.BinOp):
        return [expression.left, expression.right]
    if not isinstance(expression, ast.Call) or not expression.args:
        return []
    first = expression.args[0]
    return list(first.elts) if isinstance(first, ast.List | ast.Tuple) else list(expression.args)


def assigned_at(file: str, name: str) -> int | None:
    """The only line of a file that assigns a name; None when there are several or none."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None
    lines = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    }
    return lines.pop() if len(lines) == 1 else None
