"""How far the values of two runs are apart, read from their workers slice by slice.

Both sides of a slice are asked for at once, so two workers look for them at the same time. Memory:
two slices of `SLICE` values, whatever the size of the tensors.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Protocol

import numpy as np

from inspector.session.protocol import ReadTensor, TensorRead
from inspector.session.values import array_of
from inspector.trace import Call, Run, Shape
from inspector.trace.difference import (
    Pair,
    RunDifference,
    ValueDifference,
    short_name,
    with_values,
)

SLICE = 1 << 20
Array = np.ndarray[Any, Any]
Slice = tuple[tuple[int, ...], tuple[int, ...]]


class Answering(Protocol):
    """Whoever holds values: a session, or what another Keras gave."""

    def ask(
        self, run: int, tensor: int, start: tuple[int, ...], stop: tuple[int, ...]
    ) -> ReadTensor: ...

    def answer(self, question: ReadTensor) -> TensorRead: ...


@dataclass(frozen=True, slots=True)
class Side:
    """One run, and who holds its values."""

    session: Answering
    run: Run


def add_values(difference: RunDifference, a: Side, b: Side) -> RunDifference:
    """The same difference with how far outputs and weights of each matched pair are apart."""
    seen: dict[tuple[int, int], ValueDifference] = {}
    pairs = tuple(_with_values(pair, a, b, seen) for pair in difference.pairs)
    return replace(difference, pairs=pairs)


def run_input_differences(a: Side, b: Side) -> tuple[ValueDifference, ...]:
    """How far apart what the first call of each run was fed is."""
    if not a.run.calls or not b.run.calls:
        return ()
    names = [f"input {i}" for i in range(len(a.run.calls[0].inputs))]
    pairs = zip(names, a.run.calls[0].inputs, b.run.calls[0].inputs, strict=False)
    return tuple(
        tensor_difference(name, one.shape, (a, one.tensor), (b, other.tensor))
        for name, one, other in pairs
        if one.shape == other.shape and one.tensor is not None and other.tensor is not None
    )


def tensor_difference(
    what: str, shape: Shape | None, a: tuple[Side, int], b: tuple[Side, int]
) -> ValueDifference:
    """Compare two tensors of this shape, each given by its side and its id there."""
    comparing = compare_slices(what, shape)
    try:
        start, stop = next(comparing)
        while True:
            asked = [s.session.ask(s.run.number, tensor, start, stop) for s, tensor in (a, b)]
            answers = a[0].session.answer(asked[0]), b[0].session.answer(asked[1])
            start, stop = comparing.send(answers)
    except StopIteration as end:
        found: ValueDifference = end.value
        return found


def compare_slices(
    what: str, shape: Shape | None
) -> Generator[Slice, tuple[TensorRead, TensorRead], ValueDifference]:
    """Compare two tensors: gives the slices to ask for, is sent the answers, returns the result.

    Who asks, and whether it waits, is not known here: a command waits, a window does not.
    """
    if shape is None or None in shape:
        return ValueDifference(what, problem="Its shape is not known.")
    sizes = tuple(size for size in shape if size is not None)
    maximum, largest, differing = 0.0, 0.0, 0
    for asked in slices(sizes):
        one, other = yield asked
        if problem := one.problem or other.problem:
            return ValueDifference(what, problem=problem)
        if one.window != other.window:
            return ValueDifference(what, problem=f"Its shapes are {one.shape} and {other.shape}.")
        apart, unequal, magnitude = _apart(array_of(one), array_of(other))
        maximum, largest = max(maximum, apart), max(largest, magnitude)
        differing += unequal
    relative = _relative(maximum, largest)
    return ValueDifference(what, maximum, relative, differing, math.prod(sizes))


def slices(shape: tuple[int, ...], most: int = SLICE) -> Iterator[Slice]:
    """Where slices of at most `most` values start and stop; together they are all values.

    >>> list(slices((3, 2), most=4))
    [((0, 0), (2, 2)), ((2, 0), (3, 2))]
    """
    cut = 0  # the axis that is cut: those after it are whole, those before have one index
    while cut < len(shape) and math.prod(shape[cut + 1 :]) > most:
        cut += 1
    if not shape or 0 in shape:
        yield (0,) * len(shape), shape
        return
    whole = shape[cut + 1 :]
    step = max(most // math.prod(whole), 1)
    for outer in product(*map(range, shape[:cut])):
        for first in range(0, shape[cut], step):
            start = (*outer, first, *(0 for _ in whole))
            stop = (*(i + 1 for i in outer), min(first + step, shape[cut]), *whole)
            yield start, stop


def _with_values(
    pair: Pair, a: Side, b: Side, seen: dict[tuple[int, int], ValueDifference]
) -> Pair:
    if pair.a is None or pair.b is None:
        return pair
    values = []
    for what, shape, one, other in comparable_tensors(pair.a, pair.b):
        # A weight is read once, however often its layer is called.
        if (one, other) not in seen:
            seen[one, other] = tensor_difference(what, shape, (a, one), (b, other))
        values.append(replace(seen[one, other], what=what))
    return with_values(pair, tuple(values))


def comparable_tensors(a: Call, b: Call) -> Iterator[tuple[str, Shape | None, int, int]]:
    """Outputs and weights in order, as far as their shapes agree."""
    for place, (one, other) in enumerate(zip(a.outputs, b.outputs, strict=False)):
        if one.shape == other.shape and one.tensor is not None and other.tensor is not None:
            yield f"output {place}", one.shape, one.tensor, other.tensor
    for weight, match in zip(a.weights, b.weights, strict=False):
        if weight.shape != match.shape or weight.tensor is None or match.tensor is None:
            continue
        yield f"weight {short_name(weight)}", weight.shape, weight.tensor, match.tensor


def _apart(a: Array, b: Array) -> tuple[float, int, float]:
    """Largest difference, how many values differ, and the largest magnitude."""
    if a.size == 0:
        return 0.0, 0, 0.0
    if a.dtype == object or b.dtype == object:
        differing = int((a != b).sum())
        return float(differing > 0), differing, 1.0
    one, other = _wide(a), _wide(b)
    equal = (one == other) | ((one != one) & (other != other))
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.where(equal, 0.0, np.abs(one - other))
    apart[np.isnan(apart)] = math.inf  # a NaN, or an infinity of the other sign, on one side only
    finite = [np.abs(side[np.isfinite(side)]) for side in (one, other)]
    magnitude = max(float(side.max()) if side.size else 0.0 for side in finite)
    return float(apart.max()), int(equal.size - equal.sum()), magnitude


def _wide(values: Array) -> Array:
    return values if values.dtype.kind == "c" else values.astype(np.float64)


def _relative(maximum: float, largest: float) -> float:
    if maximum == 0:
        return 0.0
    return maximum / largest if largest else math.inf
