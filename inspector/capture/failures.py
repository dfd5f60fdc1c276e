"""Why a run stopped: the failing call, expected against found, and where each axis came from."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable
from typing import Any

from inspector.capture import advice, user_words
from inspector.capture.advice import Advice, Given, Situation
from inspector.capture.ancestry import Ancestry
from inspector.capture.frames import Frame
from inspector.capture.lines import Lines
from inspector.capture.location import Location
from inspector.capture.runs import RunContext
from inspector.errors import EngineError
from inspector.trace import Failure, Operand

_log = logging.getLogger(__name__)
_WRAPPED = re.compile(
    r"Exception encountered when calling .*?\n\n(?:\x1b\[1m)?(.*?)(?:\x1b\[0m)?\n\nArguments", re.S
)
_EXPECTED = (
    re.compile(r"expected (.+?),? (?:but )?(?:received|found|got) (.+?)(?:\.\s|\.?$)", re.S),
    re.compile(r"requires (.+?)\. Received:? (.+?)\.?$", re.S),
)
# The values of a variable, which Keras prints in full.
_VALUES = re.compile(r", value=\[.*?\]>", re.S)
# What the engine calls the ops of Python's operators.
_OPERATORS: dict[type[ast.operator], str] = {
    ast.MatMult: "matmul",
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
}


def describe(context: RunContext, call_id: Callable[[Frame], str], lines: Lines) -> Failure | None:
    """The failure of a run, None when it went well."""
    if context.failure is None:
        return None
    frame, error, failed = context.failure
    message = plain_message(error)
    # The op that failed belongs to this error only if the error tells of it.
    op = failed if failed is not None and str(failed[3])[:40] in str(error) + message else None
    ancestry = Ancestry(context, lines.that_made, lines.that_first_called)
    given = _given(context, frame, op, ancestry)
    said = _advice(Situation(context, frame, message, op, given, ancestry))
    file, line = _location(context, frame, error, lines) or (None, None)
    return Failure(
        call=call_id(frame) if frame is not None else None,
        type=_type_name(error),
        message=message,
        expected=said.expected,
        found=said.found,
        operands=tuple(Operand(g.name, g.shape, ancestry.of(g.tensor)) for g in given),
        file=file,
        line=line,
        fix=said.fix,
    )


def plain_message(error: BaseException) -> str:
    """The message without the argument list that Keras wraps around it."""
    text = str(error)
    found = _WRAPPED.search(text)
    return _VALUES.sub(">", found.group(1) if found else text).strip()


def _advice(situation: Situation) -> Advice:
    try:
        said = advice.advise(situation)
    except Exception:  # the user's error must be told, whatever advice makes of it
        _log.exception("No advice on %r", situation.message)
        said = None
    if said is not None:
        return said
    for pattern in _EXPECTED:
        found = pattern.search(situation.message)
        if found is not None:
            return Advice(found.group(1).strip(), found.group(2).strip())
    return Advice()


def _location(
    context: RunContext, frame: Frame | None, error: BaseException, lines: Lines
) -> Location | None:
    if context.blame is not None and context.blame.location is not None:
        return context.blame.location
    location = lines.locator.of_traceback(error.__traceback__)
    if frame is None:
        return location
    if frame.symbolic:
        return location or frame.location
    return location if location is not None else frame.location


def _type_name(error: BaseException) -> str:
    """The name a Python user knows: an engine's shape mismatch is a ValueError."""
    if isinstance(error, EngineError):
        for base in type(error).__mro__:
            if base.__module__ == "builtins":
                return base.__name__
    return type(error).__name__


def _given(context: RunContext, frame: Frame | None, op: Any, ancestry: Ancestry) -> list[Given]:
    """What the failing op, call, loss or model was given, with names."""
    if context.blame is not None:
        return [Given(name, tensor) for name, tensor in context.blame.operands]
    if op is not None:
        names = _op_names(context, frame, op, ancestry)
        return [Given(names.get(i) or f"operand {i + 1}", tensor) for i, tensor in enumerate(op[1])]
    if frame is None:
        return []
    pairs = [pair for pair in frame.inputs if getattr(pair[1], "shape", None) is not None]
    heard = context.heard.operand_names
    several = len(pairs) > 1
    return [
        Given(_input_name(frame, ancestry, tensor) or heard.get(id(tensor))
              or _listed(name, i, several), tensor)
        for i, (name, tensor) in enumerate(pairs)
    ]  # fmt: skip


def _input_name(frame: Frame, ancestry: Ancestry, tensor: Any) -> str | None:
    words = ancestry.input_words(tensor) if frame.parent is None else None
    return words if words is not None and words.isidentifier() else None


def _listed(name: str, index: int, several: bool) -> str:
    return f"{name}[{index}]" if several and name in ("inputs", "args") else name


def _op_names(
    context: RunContext, frame: Frame | None, op: Any, ancestry: Ancestry
) -> dict[int, str]:
    """The names of an op's operands by their index: variables, weights, the call's own words."""
    heard = context.heard
    names: dict[int, str] = {}
    weights = {id(value): variable.name for variable, value in frame.weights} if frame else {}
    inputs = {id(tensor): name for name, tensor in frame.inputs} if frame else {}
    spoken = _spoken(context, op[0].name)
    for index, tensor in enumerate(op[1]):
        name = weights.get(id(tensor)) or heard.operand_names.get(id(tensor))
        if name is None and frame is not None and id(tensor) in inputs:
            name = _input_name(frame, ancestry, tensor) or inputs[id(tensor)]
        if name is None and len(spoken) == len(op[1]):
            name = spoken[index]
        if name is not None:
            names[index] = name
    return names


def _spoken(context: RunContext, op: str) -> list[str | None]:
    """The operands as the user wrote them, where the failing line calls this very op."""
    place = context.heard.operand_place
    expression = place.expression() if place is not None else None
    if isinstance(expression, ast.BinOp):
        called = _OPERATORS.get(type(expression.op), "")
    else:
        called = user_words.function_name(expression)
    if called not in (op, {"concatenate": "concat"}.get(op)):
        return []
    return [user_words.words(part) for part in user_words.operands(expression)]
