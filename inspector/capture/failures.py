"""Why a run stopped: the failing call, expected against found, and where each axis came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from inspector.capture.ancestry import Ancestry
from inspector.capture.frames import Frame
from inspector.capture.location import Location, Locator
from inspector.capture.runs import RunContext
from inspector.errors import EngineError
from inspector.trace import Failure, Operand

_WRAPPED = re.compile(
    r"Exception encountered when calling .*?\n\n(?:\x1b\[1m)?(.*?)(?:\x1b\[0m)?\n\nArguments", re.S
)
_EXPECTED = (
    re.compile(r"expected (.+?),? (?:but )?(?:received|found|got) (.+?)(?:\.\s|\.?$)", re.S),
    re.compile(r"requires (.+?)\. Received:? (.+?)\.?$", re.S),
)


def describe(
    context: RunContext,
    call_id: Callable[[Frame], str],
    made_at: Callable[[Any], Location | None],
    locator: Locator,
) -> Failure | None:
    """The failure of a run, None when it went well."""
    if context.failure is None:
        return None
    frame, error, failed = context.failure
    message = plain_message(error)
    # The op that failed belongs to this error only if the error tells of it.
    op = failed if failed is not None and str(failed[3])[:40] in str(error) + message else None
    expected, found = _expectation(message, op)
    ancestry = Ancestry(context, made_at)
    location = locator.of_traceback(error.__traceback__)
    if frame is not None and frame.symbolic and frame.location is not None:
        location = location or frame.location
    file, line = location if location else (frame.location if frame else None) or (None, None)
    return Failure(
        call=call_id(frame) if frame is not None else None,
        type=_type_name(error),
        message=message,
        expected=expected,
        found=found,
        operands=tuple(
            Operand(name, tuple(tensor.shape), ancestry.of(tensor))
            for name, tensor in _operands(frame, op)
        ),
        file=file,
        line=line,
    )


def plain_message(error: BaseException) -> str:
    """The message without the argument list that Keras wraps around it."""
    text = str(error)
    found = _WRAPPED.search(text)
    return (found.group(1) if found else text).strip()


def _type_name(error: BaseException) -> str:
    """The name a Python user knows: an engine's shape mismatch is a ValueError."""
    if isinstance(error, EngineError):
        for base in type(error).__mro__:
            if base.__module__ == "builtins":
                return base.__name__
    return type(error).__name__


def _operands(frame: Frame | None, op: Any) -> list[tuple[str, Any]]:
    if op is not None:
        names = _names(frame, len(op[1]))
        return [(names.get(id(t), f"operand {i + 1}"), t) for i, t in enumerate(op[1])]
    if frame is None:
        return []
    return [pair for pair in frame.inputs if getattr(pair[1], "shape", None) is not None]


def _names(frame: Frame | None, count: int) -> dict[int, str]:
    if frame is None:
        return {}
    named = {id(tensor): name for name, tensor in frame.inputs}
    named.update({id(value): variable.name for variable, value in frame.weights})
    return named


def _expectation(message: str, op: Any) -> tuple[str | None, str | None]:
    if op is not None:
        said = _op_expectation(op[0].name, [t.shape for t in op[1]], op[2])
        if said is not None:
            return said
    for pattern in _EXPECTED:
        found = pattern.search(message)
        if found is not None:
            return found.group(1).strip(), found.group(2).strip()
    return None, None


def _op_expectation(
    name: str, shapes: list[tuple[int, ...]], constants: dict[str, Any]
) -> tuple[str, str] | None:
    if name == "matmul" and len(shapes) == 2 and all(shapes):
        inner = shapes[1][-2] if len(shapes[1]) > 1 else shapes[1][0]
        return (
            f"the first operand's last axis to be {inner}, as the second's next to last",
            f"{shapes[0][-1]}: {shapes[0]} against {shapes[1]}",
        )
    if name in ("concatenate", "concat", "stack"):
        axis = constants.get("axis", 0)
        listed = " and ".join(map(str, shapes))
        return f"the same shape but for axis {axis}", listed
    if name in ("add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "where"):
        return "shapes that broadcast: each axis equal, or 1", " and ".join(map(str, shapes))
    return None
