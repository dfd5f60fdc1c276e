"""Numbers that are finite and yet say that something is wrong: dead units, saturation, no spread.

dead            a ReLU unit that is 0 for every sample
saturated       a sigmoid or tanh so near its ends that next to no gradient passes
all masked      a softmax row in which every place is masked: its output means nothing
zero deviation  a normalization over equal values: divided by 0 or the root of epsilon
constant        a call's output is the same for every sample, although its input is not
denormal        numbers below the dtype's normal range: slow, and soon 0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from inspector.capture.numbers.arrays import first_where, has_numbers, number, values_of
from inspector.capture.numbers.places import Places
from inspector.engine import OpRecord, Tensor
from inspector.trace.numbers import BadKind, BadValue

# From here on a share is worth a word; below, single dead units are the normal course of things.
_DEAD_SHARE = 0.9
# By chance, a unit of a fresh layer is 0 for two samples in a quarter of all cases.
_FEWEST_SAMPLES = 16
_SATURATED_SHARE = 0.9
_SATURATED_AT = {"sigmoid": 0.01, "tanh": 0.01}
_DENORMAL_SHARE = 0.1
# What masks put in the place of a score; anything that low is no score.
_MASKED_BELOW = -1e4

Finder = Callable[[OpRecord, Places], Iterator[BadValue]]


def find(records: Sequence[OpRecord], places: Places) -> Iterator[BadValue]:
    """Every weak spot of the forward pass, in order; of numbers too small, the first."""
    is_small = False
    for record in records:
        if record.is_backward or not all(map(has_numbers, record.outputs[:1])):
            continue
        finder = _FINDERS.get(record.primitive.name)
        if finder is not None:
            yield from finder(record, places)
        yield from _constant(record, places)
        for small in () if is_small else _denormal(record, places):
            is_small = True
            yield small


def _dead(record: OpRecord, places: Places) -> Iterator[BadValue]:
    y = values_of(record.outputs[0])
    if y.ndim < 2 or y.shape[0] < _FEWEST_SAMPLES:
        return
    is_dead = (y == 0).all(axis=tuple(range(y.ndim - 1)))
    if is_dead.mean() >= _DEAD_SHARE:
        yield _spot(
            "dead",
            (
                f"{int(is_dead.sum())} of {is_dead.size} ReLU units are 0 for all "
                f"{y.shape[0]} samples",
                "No gradient passes them: lower the learning rate, look at the bias, or use a "
                "leaky ReLU or GELU.",
            ),
            record,
            places,
            flags=is_dead,
        )


def _saturated(record: OpRecord, places: Places) -> Iterator[BadValue]:
    name = record.primitive.name
    y = np.abs(values_of(record.outputs[0]).astype(np.float32))
    near = y > 1 - _SATURATED_AT[name]
    if name == "sigmoid":
        near |= y < _SATURATED_AT[name]
    if y.size > 1 and near.mean() >= _SATURATED_SHARE:
        yield _spot(
            "saturated",
            (
                f"{near.mean():.0%} of the outputs of {name} are within 1 % of its ends",
                "Next to no gradient passes: scale or normalize what goes in, or use smaller "
                "initial weights.",
            ),
            record,
            places,
            flags=near,
        )


def _all_masked(record: OpRecord, places: Places) -> Iterator[BadValue]:
    axis = record.constants.get("axis", -1)
    axis = axis[0] if isinstance(axis, tuple) else axis
    if axis is None:
        return
    yield from _masked_rows(values_of(record.inputs[0]), axis, record, places)


def _masked_rows(scores: Any, axis: int, record: OpRecord, places: Places) -> Iterator[BadValue]:
    rows = (scores <= _MASKED_BELOW).all(axis=axis, keepdims=True)
    if scores.shape[axis] and rows.any():
        yield _spot(
            "all masked",
            (
                f"in {int(rows.sum())} of {rows.size} softmax rows every place is masked",
                "Their output is an average over padding: leave such rows out of the loss, or let "
                "them attend to one place.",
            ),
            record,
            places,
            flags=rows,
        )


def _zero_variance(record: OpRecord, places: Places) -> Iterator[BadValue]:
    output = record.outputs[-1 if record.primitive.name == "moments" else 0]
    together = record.inputs[0].size // max(output.size, 1)
    if together > 1 and places.passage(record).call is not None:
        yield from _zero_deviation(values_of(output) == 0, together, output, record, places)


def _equal_rows(record: OpRecord, places: Places) -> Iterator[BadValue]:
    x = values_of(record.inputs[0])
    if record.constants.get("centered") and x.shape[-1] > 1:
        are_equal = (x == x[..., :1]).all(axis=-1, keepdims=True)
        yield from _zero_deviation(are_equal, x.shape[-1], record.outputs[0], record, places)


def _zero_deviation(
    flags: Any, together: int, tensor: Tensor, record: OpRecord, places: Places
) -> Iterator[BadValue]:
    if flags.any():
        yield _spot(
            "zero deviation",
            (
                f"{int(flags.sum())} of {flags.size} variances are 0: all {together} values "
                "that are normalized there are equal",
                "Normalizing divides them by 0 or the root of epsilon: look at why they are equal.",
            ),
            record,
            places,
            flags=flags,
            tensor=tensor,
        )


def _constant(record: OpRecord, places: Places) -> Iterator[BadValue]:
    """A matrix product or convolution that gives every sample the same although they differ."""
    if record.primitive.name not in ("matmul", "conv"):
        return
    x, y = values_of(record.inputs[0]), values_of(record.outputs[0])
    if y.ndim < 2 or y.shape[0] < 2 or not y.size or x.shape[:1] != y.shape[:1]:
        return
    if _is_same_for_all(y) and not _is_same_for_all(x):
        yield _spot(
            "constant",
            (
                f"its output is the same for all {y.shape[0]} samples although they differ",
                "Look at its weights: zeros let nothing through.",
            ),
            record,
            places,
            flags=np.ones(y.shape[0], bool),
        )


def _is_same_for_all(array: Any) -> bool:
    return bool((array == array[:1]).all())


def _denormal(record: OpRecord, places: Places) -> Iterator[BadValue]:
    y = record.outputs[0]
    if str(y.dtype) not in ("float16", "float32", "float64"):
        return
    array = np.abs(values_of(y))
    tiny = np.finfo(array.dtype).tiny
    flags = (array > 0) & (array < tiny)
    if array.size > 1 and flags.mean() >= _DENORMAL_SHARE:
        yield _spot(
            "denormal",
            (
                f"{flags.mean():.0%} of the numbers are below {float(tiny):.2g}, the normal range "
                f"of {y.dtype}",
                "They lose precision and soon become 0: scale the values up (loss scaling in "
                "float16).",
            ),
            record,
            places,
            flags=flags,
        )


_FINDERS: dict[str, Finder] = {
    "relu": _dead,
    "sigmoid": _saturated,
    "tanh": _saturated,
    "softmax": _all_masked,
    "log_softmax": _all_masked,
    "moments": _zero_variance,
    "variance": _zero_variance,
    "layer_norm": _equal_rows,
}


def _spot(
    kind: BadKind,
    words: tuple[str, str],
    record: OpRecord,
    places: Places,
    *,
    flags: Any,
    tensor: Tensor | None = None,
) -> BadValue:
    """What and what to do in words; `flags` say where, for the last axes of the tensor."""
    shown = tensor if tensor is not None else record.outputs[0]
    array = values_of(shown)
    index = (0,) * (array.ndim - flags.ndim) + first_where(flags)
    message, fix = words
    return BadValue(
        kind=kind,
        message=message,
        fix=fix,
        at=places.passage(record),
        element=places.element(shown, index, number(array, index), "result"),
        count=int(flags.sum()),
        of=int(flags.size),
        position=places.position(record),
    )
