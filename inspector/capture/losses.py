"""The loss ledger: which terms a total loss is made of.

While a run goes on, tensors that Keras treats as losses are *noticed*, with who made them. Once
the gradient of a total has been taken, the total is taken apart along the tape: through sums,
differences and products with constants, until a noticed loss, or a term of the user's own, is
reached. So the rows always add up to Keras' own number, also in a custom training loop.

    total ── add ── multiply(·, 0.5) ── compiled mse            value, weight 0.5
                └─ sum of a list ────── add_loss of `sampling`  value, weight 1
"""

from __future__ import annotations

import linecache
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.capture import keras_private as private
from inspector.capture import loss_arithmetic
from inspector.capture.location import Location
from inspector.capture.loss_arithmetic import Weighed
from inspector.engine import Tensor
from inspector.trace import Loss, LossTotal, Reduction

if TYPE_CHECKING:
    from inspector.capture.frames import Frame
    from inspector.capture.runs import RunContext

_PRECISION = {"float16": 1e-3, "bfloat16": 8e-3, "float64": 2.3e-16}
# `name = ...`, `self.name = ...`, `name: float = ...`; no comparison, no `name += ...`.
_ASSIGNMENT = re.compile(r"\s*(?:\w+\.)*(\w+)\s*(?::[^=]+)?=(?!=)")
_SAME_VALUE = frozenset({"cast", "reshape", "broadcast_to", "stop_gradient", "expand_dims"})


@dataclass(slots=True, eq=False)
class NoticedLoss:
    """A tensor known to be a loss; `owner` is empty where the frame that made it owns it."""

    tensor: Any
    kind: str
    owner: str
    location: Location | None
    frame: Frame | None = None
    name: str = ""


def added(layer: Any, loss: Any, location: Location | None) -> list[NoticedLoss]:
    """The terms of one `add_loss`; Keras adds an activity regularizer's loss by it too."""
    regularized_now = layer.activity_regularizer is not None and private.called_by_keras()
    kind = "activity_regularizer" if regularized_now else "add_loss"
    return [NoticedLoss(tensor, kind, layer.path, location) for tensor in private.flatten(loss)]


def regularized(
    layer: Any, values: list[Any], made_at: Mapping[int, Location | None]
) -> list[NoticedLoss]:
    """The weight regularizers' losses, each with its variable as owner."""
    variables = [v for v in layer.trainable_weights if v.regularizer is not None]
    owners = {
        id(variable): made_at.get(id(owner))
        for owner in [layer, *private.sublayers(layer)]
        for variable in private.own_variables(owner)
    }
    return [
        NoticedLoss(value, f"{variable.name}_regularizer", variable.path, owners.get(id(variable)))
        for variable, value in zip(variables, values, strict=True)
    ]


def computed(loss: Any, value: Any, location: Location | None, owner: str) -> list[NoticedLoss]:
    """The value of one `keras.losses.Loss` that was called; its owner made the prediction."""
    kind = "compiled" if private.is_compiled_loss() else "custom"
    return [NoticedLoss(value, kind, owner, location, name=loss.name)]


def weighed(
    context: RunContext, values: Any, arguments: Mapping[str, Any], result: Any, began: int
) -> None:
    """Remember how a `keras.losses.Loss` adds up its values; `began`: the tape's length before."""
    if not isinstance(result, Tensor):
        return
    record = getattr(values, "record", None)
    context.reductions[result.id] = Weighed(
        of=record.function or record.primitive.name if record is not None else "",
        values=values,
        sample_weight=arguments.get("sample_weight"),
        mask=arguments.get("mask"),
        reduction=arguments.get("reduction", "sum_over_batch_size"),
        result=result,
        records=tuple(context.tape.records[began:]),
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of a run's losses, with the total, or the totals where there are several."""

    rows: tuple[Loss, ...] = ()
    total: float | None = None
    totals: tuple[LossTotal, ...] = ()


def ledger(context: RunContext) -> Ledger:
    """The rows of a run's losses, and what they add up to where a gradient of it was taken.

    Gradients of several losses, as two tapes of a GAN take them, have a total each: nothing adds
    them. An evaluation has the total that Keras computed for it.
    """
    noticed = {n.tensor.id: n for n in context.noticed_losses if isinstance(n.tensor, Tensor)}
    targets = {
        target.id: context.unscaled.get(target.id, target)
        for target, _, _ in context.differentiations
        if not target.shape
    }
    if context.evaluated is not None and not targets:
        targets = {context.evaluated.id: context.evaluated}
    if not targets:
        rows = [_row(n, n.tensor, 1.0, context) for n in _reported(noticed, context)]
        return Ledger(tuple(rows))
    parts = [_rows_of(target, noticed, context) for target in targets.values()]
    if len(parts) == 1:
        (target,) = targets.values()
        return Ledger(parts[0], float(target.numpy()))
    placed = (replace(row, total=place) for place, rows in enumerate(parts) for row in rows)
    return Ledger(tuple(placed), None, tuple(map(_named_total, targets.values())))


def _rows_of(
    target: Tensor, noticed: Mapping[int, NoticedLoss], context: RunContext
) -> tuple[Loss, ...]:
    rows = [
        _row(noticed.get(term.id), term, weight, context)
        for term, weight in terms(target, set(noticed))
    ]
    return (*rows, *_unaccounted(rows, target, context))


def _named_total(total: Tensor) -> LossTotal:
    location = total.record.location if total.record is not None else None
    file, line = location if location else (None, None)
    return LossTotal(float(total.numpy()), variable_on(file, line), file, line)


def variable_on(file: str | None, line: int | None) -> str:
    """The variable that a line of the user's assigns to, empty where it assigns to none."""
    if file is None or line is None:
        return ""
    found = _ASSIGNMENT.match(linecache.getline(file, line))
    return found[1] if found else ""


def _unaccounted(rows: list[Loss], target: Tensor, context: RunContext) -> list[Loss]:
    """What Keras' total has beyond the rows, as a row of its own: a ledger never just differs."""
    total = float(target.numpy())
    addends = [row.value * row.weight for row in rows if row.value is not None]
    rest = total - sum(addends)
    # The total was rounded at each addition, in its own precision.
    precision = _PRECISION.get(target.dtype.name, 1e-7)
    allowed = max(1e-6, 4 * precision) * max(abs(total), *map(abs, addends), 0.0)
    is_whole = len(addends) == len(rows)
    if not math.isfinite(rest) or (is_whole and abs(rest) <= allowed):
        return []
    return [Loss(context.model_name or "", "unaccounted", rest, 1.0)]


def _reported(noticed: Mapping[int, NoticedLoss], context: RunContext) -> list[NoticedLoss]:
    """Without a total: what layers added in this very run, and losses that were called in it."""
    return [n for n in noticed.values() if n.tensor.data is not None]


def terms(total: Tensor, known: set[int]) -> Iterator[tuple[Tensor, float]]:
    """The addends of a scalar with their factors, in the order they were added.

    >>> from inspector.engine import recording
    >>> import numpy as np
    >>> a, b = Tensor(np.asarray(2.0)), Tensor(np.asarray(3.0))
    >>> with recording():
    ...     total = a * 10.0 + b
    >>> [(float(term), weight) for term, weight in terms(total, {a.id, b.id})]
    [(2.0, 10.0), (3.0, 1.0)]
    """
    waiting: list[tuple[Tensor, float]] = [(total, 1.0)]
    while waiting:
        tensor, weight = waiting.pop()
        parts = None if tensor.id in known else _parts(tensor)
        if parts is None:
            yield tensor, weight
        else:
            waiting.extend((part, weight * factor) for part, factor in reversed(parts))


def _parts(tensor: Tensor) -> list[tuple[Tensor, float]] | None:
    """The scalars that a scalar is the weighted sum of; None when it is not such a sum."""
    record = tensor.record
    if record is None or any(part.size != 1 for part in record.inputs):
        return _parts_of_stack(tensor)
    name, inputs = record.primitive.name, record.inputs
    if name in _SAME_VALUE or (name == "sum" and inputs[0].size == 1):
        return [(inputs[0], 1.0)]
    if name == "add":
        return _without_zeros([(inputs[0], 1.0), (inputs[1], 1.0)])
    if name == "subtract":
        return _without_zeros([(inputs[0], 1.0), (inputs[1], -1.0)])
    if name == "negative":
        return [(inputs[0], -1.0)]
    if name in ("stack", "concatenate"):
        return [(part, 1.0) for part in inputs]
    return _scaled(name, inputs)


def _parts_of_stack(tensor: Tensor) -> list[tuple[Tensor, float]] | None:
    """`sum([a, b, c])` of scalars: a sum over a stack."""
    record = tensor.record
    if record is None or record.primitive.name not in ("sum", "mean") or tensor.size != 1:
        return None
    stacked = record.inputs[0].record
    if stacked is None or stacked.primitive.name not in ("stack", "concatenate"):
        return None
    if any(part.size != 1 for part in stacked.inputs):
        return None
    factor = 1.0 if record.primitive.name == "sum" else 1.0 / len(stacked.inputs)
    return [(part, factor) for part in stacked.inputs]


def _without_zeros(parts: list[tuple[Tensor, float]]) -> list[tuple[Tensor, float]]:
    """Without the 0 that Python's `sum` starts with."""
    return [(t, f) for t, f in parts if not (_is_constant(t) and float(t.numpy()) == 0.0)]


def _scaled(name: str, inputs: tuple[Tensor, ...]) -> list[tuple[Tensor, float]] | None:
    if name == "multiply" and _is_constant(inputs[1]):
        return [(inputs[0], float(inputs[1].numpy()))]
    if name == "multiply" and _is_constant(inputs[0]):
        return [(inputs[1], float(inputs[0].numpy()))]
    if name == "divide" and _is_constant(inputs[1]):
        return [(inputs[0], 1.0 / float(inputs[1].numpy()))]
    return None


def _is_constant(tensor: Tensor) -> bool:
    return tensor.record is None and tensor.data is not None


def _row(noticed: NoticedLoss | None, term: Tensor, weight: float, context: RunContext) -> Loss:
    value = float(term.numpy()) if term.size == 1 and term.data is not None else None
    if noticed is None:
        location = term.record.location if term.record is not None else None
        owner, kind = context.model_name or "", "custom"
    else:
        location, kind = noticed.location, noticed.kind
        owner = noticed.frame.path if noticed.frame and kind == "add_loss" else noticed.owner
        if kind == "activity_regularizer" and noticed.frame is not None:
            owner = noticed.frame.path
    file, line = location if location else (None, None)
    name = noticed.name if noticed else ""
    arithmetic = _arithmetic(kind, term, context)
    return Loss(owner, kind, value, weight, file, line, name, arithmetic, term.id)


def _arithmetic(kind: str, term: Tensor, context: RunContext) -> Reduction | None:
    """How a term's value came about; weights have no samples, so a regularizer's has none."""
    seen = context.reductions.get(term.id)
    # A loss whose own code gives one number has done the adding up by itself.
    if seen is None or not getattr(seen.values, "shape", ()):
        found = loss_arithmetic.of_scalar(term)
    else:
        found = loss_arithmetic.of_loss(seen)
    if found is None:
        return None
    of_weight = kind.endswith("_regularizer") and kind != "activity_regularizer"
    if context.ended and not of_weight and term.id not in context.sample_losses:
        samples = found.samples(_batch(context))
        if samples is not None:
            context.sample_losses[term.id] = samples
    made = context.sample_losses.get(term.id)
    return found.reduction if made is None else replace(found.reduction, samples=made.id)


def _batch(context: RunContext) -> int | None:
    """How many samples the run was given."""
    roots = (frame for frame in context.frames if frame.parent is None)
    shapes = (tensor.shape for frame in roots for _, tensor in frame.inputs)
    return next((shape[0] for shape in shapes if shape), None)
