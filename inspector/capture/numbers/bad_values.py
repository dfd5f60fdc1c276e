"""The places of a run where numbers go wrong first, each with the operand that did it.

NaN and infinities count where they are born: an op with a bad result and good operands (or an
input that brings one along). What they infect afterwards is the chain of that first place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from inspector.capture.numbers import causes, weak_spots
from inspector.capture.numbers.arrays import (
    first_where,
    has_numbers,
    is_all_finite,
    number,
    values_of,
)
from inspector.capture.numbers.places import Places
from inspector.engine import OpRecord, Tensor
from inspector.trace import Run
from inspector.trace.numbers import BadValue

_MOST = 20
_NARROW = {"float16"}


def find(run: Run, records: Sequence[OpRecord]) -> tuple[BadValue, ...]:
    """What is wrong with the numbers of a run, in the order in which it happened.

    Symbolic builds have no numbers and give nothing.
    """
    if run.kind == "build" or not records:
        return ()
    places = Places(run, records)
    born = list(_first(_births(records, places)))
    told = {bad.element.tensor for bad in born}
    weak = [w for w in _first(weak_spots.find(records, places)) if w.element.tensor not in told]
    whole = [replace(bad, chain=_chain(bad, records, places)) for bad in (*born, *weak)]
    return tuple(sorted(whole, key=lambda bad: bad.position))


def _first(found: Iterator[BadValue]) -> Iterator[BadValue]:
    for bad, _ in zip(found, range(_MOST), strict=False):
        yield bad


def _births(records: Sequence[OpRecord], places: Places) -> Iterator[BadValue]:
    bad: set[int] = set()
    looked_at: set[int] = set()
    for record in records:
        for tensor in record.inputs:
            if tensor.id not in looked_at:
                looked_at.add(tensor.id)
                if _is_bad(tensor):
                    bad.add(tensor.id)
                    yield from _given(tensor, places)
        is_infected = any(tensor.id in bad for tensor in record.inputs)
        for tensor in record.outputs:
            looked_at.add(tensor.id)
            if _is_bad(tensor):
                bad.add(tensor.id)
                if not is_infected:
                    yield _born(record, tensor, places)


def _is_bad(tensor: Tensor) -> bool:
    return has_numbers(tensor) and not is_all_finite(values_of(tensor))


def _given(tensor: Tensor, places: Places) -> Iterator[BadValue]:
    """An input or a weight that is bad itself; constants of the code (a mask's -inf) are meant."""
    if not places.is_given(tensor):
        return
    array = values_of(tensor)
    flags = ~np.isfinite(array)
    index = first_where(flags)
    value = number(array, index)
    what = "NaN" if np.isnan(value) else "an infinity"
    yield BadValue(
        kind="nan" if np.isnan(value) else "infinity",
        message=f"{places.name(tensor)} contains {what}",
        fix="Look at where the data or the weights come from: it was there before the first op.",
        at=places.user_of(tensor),
        element=places.element(tensor, index, value),
        count=int(flags.sum()),
        of=tensor.size,
    )


def _born(record: OpRecord, tensor: Tensor, places: Places) -> BadValue:
    array = values_of(tensor)
    flags = ~np.isfinite(array)
    is_nan = np.isnan(array)
    index = first_where(is_nan if is_nan.any() else flags)
    value = number(array, index)
    cause = causes.of(record, index, value)
    return BadValue(
        kind=_kind(tensor, value),
        message=f"{_result(value)}: {cause.message}",
        fix=cause.fix,
        at=places.passage(record),
        element=places.element(tensor, index, value, "result"),
        operands=tuple(
            places.element(
                record.inputs[which], at, number(values_of(record.inputs[which]), at), f"x{which}"
            )
            for which, at in cause.operands
        ),
        count=int(flags.sum()),
        of=tensor.size,
        position=places.position(record),
        is_backward=record.is_backward,
    )


def _kind(tensor: Tensor, value: float) -> Any:
    if np.isnan(value):
        return "nan"
    return "overflow" if str(tensor.dtype) in _NARROW else "infinity"


def _result(value: float) -> str:
    if np.isnan(value):
        return "NaN"
    return "infinity" if value > 0 else "-infinity"


def _chain(bad: BadValue, records: Sequence[OpRecord], places: Places) -> Any:
    if bad.is_backward:
        return ()
    for record in records:
        for tensor in (*record.inputs, *record.outputs):
            if tensor.id == bad.element.tensor:
                return places.chain(tensor, records)
    return ()
