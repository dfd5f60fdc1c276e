"""What-if in the worker: a recorded run with some values changed, as a run of its own.

Nothing of the user's is touched: only what depends on a change is computed again from the record,
all other values are those of the run itself. A layer's training flag cannot be changed in a
record, since other ops would run: the model is called again with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from inspector.capture import Recorder
from inspector.capture.sites import values_of
from inspector.capture.what_if import what_if
from inspector.engine import Tensor
from inspector.errors import CaptureError, ExpressionError
from inspector.session.debug_messages import WhatIf
from inspector.trace import Loss, LossTotal, Run
from inspector.trace.naming import is_named
from inspector.trace.overrides import Override, changed, parse_override, tensor_of


def carried_out(
    command: WhatIf, recorder: Recorder, run_again: Callable[[Run, dict[str, bool]], Run]
) -> Run:
    """The changed run; it is told and kept like any other.

    run_again: calls a run's model once more, with training flags by path; gives the new run.

    Raises:
        ExpressionError: a change makes no sense, or does not fit the run.
        ReplayError: an op cannot take the changed values.
    """
    run = recorder.run(command.run)
    overrides = [parse_override(text) for text in command.overrides]
    flags = {row.call: bool(row.numbers[0]) for row in overrides if row.how == "training"}
    if not flags:
        return _replayed(run, overrides, recorder)
    if len(flags) < len(overrides) or _is_replayed(run):
        raise ExpressionError(
            "A training flag is changed in a run that ran, not together with other changes.",
            fix="Undo the other changes, change the flag, then make them again.",
        )
    made = run_again(run, _by_path(run, flags))
    return recorder.derive(
        replace(made, changes=(*run.changes, *map(str, overrides)), changed_from=run.number), None
    )


def _is_replayed(run: Run) -> bool:
    return any(not change.partition("=")[0].endswith(".training") for change in run.changes)


def _replayed(run: Run, overrides: list[Override], recorder: Recorder) -> Run:
    base = run
    if _is_replayed(run) and run.changed_from is not None:
        # Its changes and the new ones, on the run that was recorded.
        base = recorder.run(run.changed_from)
        earlier = run.changes[len(base.changes) :]
        overrides = [*(parse_override(text) for text in earlier), *overrides]
    values: dict[int, Tensor] = {}
    for override in overrides:
        key = tensor_of(base, override)
        found = values[key] if key in values else recorder.tensor(base.number, key)
        if found is None:
            raise CaptureError(
                f"{override.call}.{override.part} is not kept any more.",
                fix="Run the model again, then change the new run.",
            )
        values[key] = Tensor(changed(values_of(found), override))
    values = {**values, **what_if(recorder, base.number, values)}
    losses = tuple(_loss(loss, values) for loss in base.losses)
    made = replace(
        base,
        number=recorder.next_number(),
        losses=losses,
        total_loss=_total(base, losses),
        totals=_totals(base, losses),
        updates=(),
        bad_values=(),
        changes=(*base.changes, *map(str, overrides)),
        changed_from=base.number,
    )
    return recorder.derive(made, values)


def _loss(loss: Loss, values: dict[int, Tensor]) -> Loss:
    found = values.get(loss.tensor) if loss.tensor is not None else None
    if found is None or found.size != 1:
        return loss
    return replace(loss, value=float(found.numpy()), reduction=None)


def _total(base: Run, losses: tuple[Loss, ...]) -> float | None:
    if base.total_loss is None or any(loss.value is None for loss in losses):
        return None
    return _sum(losses)


def _totals(base: Run, losses: tuple[Loss, ...]) -> tuple[LossTotal, ...]:
    parts = [[loss for loss in losses if loss.total == n] for n in range(len(base.totals))]
    return tuple(
        replace(total, value=_sum(part)) for total, part in zip(base.totals, parts, strict=True)
    )


def _sum(losses: Sequence[Loss]) -> float:
    return math.fsum(loss.weight * (loss.value or 0.0) for loss in losses)


def _by_path(run: Run, flags: dict[str, bool]) -> dict[str, bool]:
    """Flags by the whole paths of calls.

    Raises:
        ExpressionError: the run has no such call.
    """
    found = {}
    for name, flag in flags.items():
        paths = {call.path for call in run.calls if name in (call.id, call.path)}
        paths = paths or {call.path for call in run.calls if is_named(call.path, name)}
        if len(paths) != 1:
            what = f"may be {', '.join(sorted(paths))}" if paths else "is no call of this run"
            raise ExpressionError(f"{name!r} {what}.", fix="Write the whole path of one call.")
        found[paths.pop()] = flag
    return found
