"""Changing a value of a call at which user code waits, so that it goes on with the other one."""

from __future__ import annotations

from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.sites import values_of
from inspector.engine import Tensor, tape
from inspector.errors import ExpressionError
from inspector.trace.naming import is_named
from inspector.trace.overrides import Override, changed, parse_override


def change_value(frame: Frame, text: str, *, has_returned: bool) -> None:
    """Change a weight of a call's layer, or an output of a call that has returned.

    No gradient passes a changed output: it is a constant from there on.

    Raises:
        ExpressionError: the change makes no sense here; nothing has changed.
    """
    override = parse_override(text)
    if not is_named(frame.path, override.call.partition("#")[0]):
        raise ExpressionError(
            f"The script waits at {frame.path}, not at {override.call}.",
            fix="Change a weight or an output of that call, or break at the other one.",
        )
    if override.part == "output":
        _change_output(frame, override, has_returned=has_returned)
    elif override.part in ("input", "training"):
        raise ExpressionError(
            f"The {override.part} of a call that waits cannot be changed.",
            fix="Break where the call before has returned, and change its output.",
        )
    else:
        _change_weight(frame, override)


def _change_output(frame: Frame, override: Override, *, has_returned: bool) -> None:
    if not has_returned:
        raise ExpressionError(
            f"{frame.path} has not returned yet.",
            fix="Give the breakpoint a condition, such as `if size(y) > 0`: it stops after it.",
        )
    if override.index >= len(frame.outputs):
        raise ExpressionError(
            f"{frame.path} has {len(frame.outputs)} outputs.", fix="Count outputs from 0."
        )
    before = frame.outputs[override.index]
    outputs = list(frame.outputs)
    outputs[override.index] = _tensor(changed(values_of(before), override), before)
    frame.outputs = outputs
    frame.is_changed = True


def _change_weight(frame: Frame, override: Override) -> None:
    variables = private.all_variables(frame.layer, private.own_variables(frame.layer))
    for variable in variables:
        if override.part in (variable.path, variable.name):
            with tape.paused():
                before = private.value_of(variable)
                variable.assign(_tensor(changed(values_of(before), override), before))
            return
    names = ", ".join(variable.name for variable in variables) or "none yet"
    raise ExpressionError(
        f"{frame.path} has no weight {override.part!r}.", fix=f"Its weights are: {names}."
    )


def _tensor(array: Any, like: Tensor) -> Tensor:
    """An array in the dtype of a tensor, which may be none of NumPy's own."""
    return Tensor(array.astype(like.numpy().dtype))
