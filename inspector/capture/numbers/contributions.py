"""Where one number comes from: what each element of the op's operands contributed to it.

The op's own gradient rule answers: with 1 put in at the one element, it gives the derivative by
every element of every operand; value times derivative is the contribution. For ops that are
linear in their operands (products, sums, convolutions) the contributions add up to the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.capture.numbers.arrays import Index, number, values_of
from inspector.capture.numbers.places import Places
from inspector.engine import OpRecord, Tensor, array_module, tape
from inspector.engine.promotion import is_inexact
from inspector.errors import CaptureError
from inspector.trace import Run
from inspector.trace.numbers import Contribution, Element, NumberOrigin


def explain(
    run: Run, records: Sequence[OpRecord], tensor: int, index: Index, most: int = 12
) -> NumberOrigin:
    """Where element `index` of a recorded tensor comes from.

    Raises:
        CaptureError: the run has no such tensor, or the index is outside its shape.
    """
    record, which, candidate = _made_by(records, tensor)
    found = _checked(candidate, tensor, index, run)
    places = Places(run, records)
    element = places.element(
        found, index, number(values_of(found), index), places.description(found)
    )
    if record is None:
        return NumberOrigin(element, None, note=f"It was given: {element.name}.")
    at = places.passage(record)
    if record.primitive.vjp is None or not is_inexact(found.dtype):
        note = f"{record.primitive.name} has no derivative; its operands are listed under Ops."
        return NumberOrigin(element, at, note=note)
    return _shared_out(record, which, element, places, most)


def _made_by(
    records: Sequence[OpRecord], tensor: int
) -> tuple[OpRecord | None, int, Tensor | None]:
    given: Tensor | None = None
    for record in records:
        for which, output in enumerate(record.outputs):
            if output.id == tensor:
                return record, which, output
        given = next((t for t in record.inputs if t.id == tensor), given)
    return None, 0, given


def _checked(found: Tensor | None, tensor: int, index: Index, run: Run) -> Tensor:
    if found is None or found.is_meta:
        raise CaptureError(
            f"Run {run.number} has no values of tensor {tensor} (any more).",
            fix="Run the model again, then ask.",
        )
    fits = len(index) == found.ndim and all(
        0 <= place < size for place, size in zip(index, found.shape, strict=True)
    )
    if not fits:
        raise CaptureError(
            f"There is no element {index} in a tensor of shape {found.shape}.",
            fix="Give one index per axis, each from 0 to below the axis' size.",
        )
    return found


def _shared_out(
    record: OpRecord, which: int, element: Element, places: Places, most: int
) -> NumberOrigin:
    """The number shared out over the operands' elements."""
    rows: list[Contribution] = []
    totals = []
    derivatives = _derivatives(record, which, element.index)
    for tensor, derivative in zip(record.inputs, derivatives, strict=True):
        if derivative is not None:
            name = places.description(tensor)
            values, slopes = values_of(tensor), values_of(derivative)
            totals.append((name, float(np.sum(values * slopes, dtype=np.float64))))
            rows += _largest(tensor, name, values, slopes, most)
    rows.sort(key=lambda row: -abs(row.amount))
    return NumberOrigin(element, places.passage(record), tuple(rows[:most]), tuple(totals))


def _largest(tensor: Tensor, name: str, values: Any, slopes: Any, most: int) -> list[Contribution]:
    sizes = np.abs(values * slopes).ravel()
    count = min(most, int(np.count_nonzero(sizes)))
    rows = []
    for flat in np.argsort(-sizes, kind="stable")[:count] if count else ():
        at = tuple(int(i) for i in np.unravel_index(int(flat), values.shape))
        value, slope = number(values, at), number(slopes, at)
        rows.append(Contribution(Element(name, tensor.id, at, value), slope, value * slope))
    return rows


def _derivatives(record: OpRecord, which: int, index: Index) -> Sequence[Tensor | None]:
    outputs = record.outputs
    seed = np.zeros(outputs[which].shape, _dtype(outputs[which]))
    seed[index] = 1
    one = Tensor(array_module.xp.asarray(seed))
    many = record.primitive.many
    g: Any = tuple(one if i == which else None for i in range(len(outputs))) if many else one
    wanted = [is_inexact(tensor.dtype) for tensor in record.inputs]
    rule = record.primitive.vjp
    assert rule is not None
    with tape.paused():
        made = rule(wanted, g, outputs if many else outputs[0], *record.inputs, **record.constants)
    return [gradient if want else None for gradient, want in zip(made, wanted, strict=True)]


def _dtype(tensor: Tensor) -> Any:
    return values_of(tensor).dtype
