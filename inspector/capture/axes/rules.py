"""How one op hands the meaning of axes on from its inputs to its outputs.

A rule gets the record and the labels of its inputs, and gives the labels of every output. Ops
without a rule of their own are taken to work element by element: labels go along where the sizes
line up as broadcasting has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from inspector.engine import OpRecord

Labels = tuple[str, ...]
Rule = Callable[[OpRecord, Sequence[Labels]], list[Labels]]

UNKNOWN = ""
# What the last axis is called depends on who made it; they are the same to an op.
_FEATURES = ("features", "units", "channels")


def outputs(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    """The labels of the op's outputs."""
    rule = _RULES.get(record.primitive.name)
    if rule is not None:
        return rule(record, given)
    return [_aligned(record, given, output.shape) for output in record.outputs]


def differ(first: str, second: str) -> bool:
    """Whether two labels are known and mean different things."""
    if not first or not second or (first in _FEATURES and second in _FEATURES):
        return False
    return first != second


def _aligned(record: OpRecord, given: Sequence[Labels], shape: tuple[int, ...]) -> Labels:
    found = [UNKNOWN] * len(shape)
    for tensor, labels in zip(record.inputs, given, strict=True):
        start = len(shape) - tensor.ndim
        for axis, (size, label) in enumerate(zip(tensor.shape, labels, strict=True)):
            place = start + axis
            if place >= 0 and shape[place] == size and label and not found[place]:
                found[place] = label
    return tuple(found)


def _transpose(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    return [tuple(given[0][axis] for axis in record.constants["axes"])]


def _reshape(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    """Axes that keep their size and what lies before them keep their meaning."""
    old, new = record.inputs[0].shape, record.outputs[0].shape
    found = [UNKNOWN] * len(new)
    for axis, size in enumerate(new):
        before = math.prod(new[:axis])
        for place, was in enumerate(old):
            is_same = was == size and math.prod(old[:place]) == before
            if is_same and (size != 1 or len(old) == len(new)):
                found[axis] = given[0][place]
    return [tuple(found)]


def _reduce(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    labels = given[0]
    axis = record.constants.get("axis")
    axes = range(len(labels)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    gone = {place % max(len(labels), 1) for place in axes}
    kept = tuple(label for place, label in enumerate(labels) if place not in gone)
    whole = tuple(UNKNOWN if place in gone else label for place, label in enumerate(labels))
    return [whole if o.ndim == len(labels) else kept for o in record.outputs]


def _matmul(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    ndim = record.outputs[0].ndim
    first, second = given[0], given[1]
    if len(first) < 2 or len(second) < 2:
        return [(UNKNOWN,) * ndim]
    rows, columns = first[:-1], second[-1]
    batch = (UNKNOWN,) * (ndim - 1 - len(rows))
    return [(*batch, *rows, columns)]


def _take(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    axis = record.constants["axis"] % max(record.inputs[0].ndim, 1)
    table, indices = given[0], given[1]
    return [(*table[:axis], *indices, *table[axis + 1 :])]


def _same_rank(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    """Pooling, padding, joining: every axis keeps its meaning, whatever its size becomes."""
    return [
        given[0] if output.ndim == len(given[0]) else (UNKNOWN,) * output.ndim
        for output in record.outputs
    ]


def _joined(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    return [tuple(next((x for x in column if x), UNKNOWN) for column in zip(*given, strict=True))]


def _stack(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    labels = list(_joined(record, given)[0])
    labels.insert(record.constants["axis"] % (len(labels) + 1), UNKNOWN)
    return [tuple(labels)]


def _unstack(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    axis = record.constants["axis"] % len(given[0])
    return [given[0][:axis] + given[0][axis + 1 :]] * len(record.outputs)


def _get_item(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    """Sizes that stay, in order, keep their meaning; an axis that is cut keeps it by its place."""
    old, new = record.inputs[0].shape, record.outputs[0].shape
    if len(old) == len(new):
        return [given[0]]
    found, place = [], 0
    for size in new:
        place = next((p for p in range(place, len(old)) if old[p] == size), len(old))
        found.append(given[0][place] if place < len(old) else UNKNOWN)
        place += 1
    return [tuple(found)]


def _whole(record: OpRecord, given: Sequence[Labels]) -> list[Labels]:
    """Ops with a layer around them that says what comes out: only the batch goes through."""
    return [
        (given[0][0], *(UNKNOWN,) * (output.ndim - 1)) if output.ndim and given[0] else ()
        for output in record.outputs
    ]


_RULES: dict[str, Rule] = {
    "transpose": _transpose,
    "reshape": _reshape,
    "matmul": _matmul,
    "take": _take,
    "stack": _stack,
    "unstack": _unstack,
    "get_item": _get_item,
    "concatenate": _joined,
    **dict.fromkeys(
        ("sum", "mean", "max", "min", "prod", "variance", "moments", "argmax", "argmin", "all",
         "any", "logsumexp"),
        _reduce,
    ),
    **dict.fromkeys(("max_pool", "average_pool", "pad", "split", "repeat", "top_k"), _same_rank),
    **dict.fromkeys(("conv", "lstm", "gru", "unfold", "fold"), _whole),
}  # fmt: skip
