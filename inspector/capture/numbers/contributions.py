"""Where one number comes from: what each element of the op's operands contributed to it.

The gradient rules answer: with 1 put in at the one element, going back through the call that made
it gives the derivative by every element of the call's inputs and weights; value times derivative
is the contribution. Where the call is linear in one of them (Dense, a convolution), that one's
contributions add up to the number without its bias. Elements whose derivative is 0 contribute
nothing, NaN among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.capture.numbers.arrays import Index, number, values_of
from inspector.capture.numbers.places import Places
from inspector.engine import OpRecord, Tensor, array_module, autodiff, tape
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
    record, candidate = _made_by(records, tensor)
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
    return _shared_out(record, found, element, places, records, most)


def _made_by(records: Sequence[OpRecord], tensor: int) -> tuple[OpRecord | None, Tensor | None]:
    given: Tensor | None = None
    for record in records:
        for output in record.outputs:
            if output.id == tensor:
                return record, output
        given = next((t for t in record.inputs if t.id == tensor), given)
    return None, given


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
    record: OpRecord,
    tensor: Tensor,
    element: Element,
    places: Places,
    records: Sequence[OpRecord],
    most: int,
) -> NumberOrigin:
    """The number shared out over what its call was given; over the op's operands outside calls."""
    sources, within = places.given_to_call(record, records)
    found = _slopes(tensor, element.index, sources, within)
    if not found:
        sources, within = list(record.inputs), [record]
        found = _slopes(tensor, element.index, sources, within)
    rows: list[Contribution] = []
    totals = []
    for source in sources:
        if source.id in found:
            name = places.description(source)
            values, slopes = values_of(source), values_of(found.pop(source.id))
            totals.append((name, float(np.sum(_amounts(values, slopes), dtype=np.float64))))
            rows += _largest(source, name, values, slopes, most)
    rows.sort(key=lambda row: -abs(row.amount))
    return NumberOrigin(element, places.passage(record), tuple(rows[:most]), tuple(totals))


def _slopes(
    tensor: Tensor, index: Index, sources: Sequence[Tensor], records: Sequence[OpRecord]
) -> dict[int, Tensor]:
    """The derivative of one element by every element of the sources, by tensor id."""
    inexact = [source for source in sources if is_inexact(source.dtype)]
    found = _derivatives(tensor, index, inexact, records)
    is_clear = not any(np.isnan(values_of(slope)).any() for slope in found.values())
    if is_clear or not np.isfinite(values_of(tensor)[index]):
        return found
    # A finite number has no NaN behind it: what is there belongs to other elements, and gets in
    # only as 0 times NaN.
    stand_ins = _finite(tensor, sources, records)
    renewed = _derivatives(
        stand_ins[tensor.id],
        index,
        [stand_ins[source.id] for source in inexact],
        [_on(record, stand_ins) for record in records],
    )
    ids = {stand_ins[source.id].id: source.id for source in inexact}
    return {ids[key]: slope for key, slope in renewed.items()}


def _derivatives(
    tensor: Tensor, index: Index, sources: Sequence[Tensor], records: Sequence[OpRecord]
) -> dict[int, Tensor]:
    seed = np.zeros(tensor.shape, values_of(tensor).dtype)
    seed[index] = 1
    found: dict[int, Tensor] = {}
    with tape.paused():
        one = Tensor(array_module.xp.asarray(seed))
        for _ in autodiff.backward([tensor], sources, records, [one], found):
            pass
    known = {source.id for source in sources}
    return {key: slope for key, slope in found.items() if key in known}


def _finite(
    tensor: Tensor, sources: Sequence[Tensor], records: Sequence[OpRecord]
) -> dict[int, Tensor]:
    """Every tensor of the records with 0 for NaN and the largest number for infinity, by id."""
    taking_part = [tensor, *sources]
    for record in records:
        taking_part += [*record.inputs, *record.outputs]
    found: dict[int, Tensor] = {}
    for one in taking_part:
        if one.id not in found:
            is_number = is_inexact(one.dtype) and not one.is_meta
            found[one.id] = Tensor(array_module.xp.nan_to_num(_array(one))) if is_number else one
    return found


def _array(tensor: Tensor) -> Any:
    return array_module.xp.asarray(values_of(tensor))


def _on(record: OpRecord, stand_ins: dict[int, Tensor]) -> OpRecord:
    inputs, outputs = (
        tuple(stand_ins[one.id] for one in side) for side in (record.inputs, record.outputs)
    )
    return OpRecord(record.index, record.primitive, inputs, outputs, record.constants)


def _amounts(values: Any, slopes: Any) -> Any:
    """Values times derivatives: nothing where the derivative is 0."""
    with np.errstate(all="ignore"):
        return np.where(slopes != 0, values * slopes, 0)


def _largest(tensor: Tensor, name: str, values: Any, slopes: Any, most: int) -> list[Contribution]:
    sizes = np.abs(_amounts(values, slopes)).ravel()
    count = min(most, int(np.count_nonzero(sizes)))
    rows = []
    for flat in np.argsort(-sizes, kind="stable")[:count] if count else ():
        at = tuple(int(i) for i in np.unravel_index(int(flat), values.shape))
        value, slope = number(values, at), number(slopes, at)
        rows.append(Contribution(Element(name, tensor.id, at, value), slope, value * slope))
    return rows
