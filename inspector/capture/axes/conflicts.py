"""Ops that bring axes of different meaning together although their sizes fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.capture.axes.rules import Labels, differ
from inspector.engine import OpRecord, Tensor

_ELEMENTWISE = {
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "where", "equal",
    "greater", "less", "logical_and", "logical_or",
}  # fmt: skip
_SOFTMAX = {"softmax", "log_softmax"}
# Between a softmax and the product that uses its weights.
_KEEP_WEIGHTS = {"cast", "dropout_apply"}
Found = tuple[str, str]


def of(record: OpRecord, given: Sequence[Labels]) -> Iterator[Found]:
    """What is wrong with the axes of one op, each with what to do."""
    name = record.primitive.name
    if name in _ELEMENTWISE:
        yield from _lined_up(record, given)
    elif name == "matmul":
        yield from _contracted(record, given)
        yield from _weighed_along_another(record)
    elif name == "reshape" and record.function == name:
        yield from _cut_anew(record)
    elif name == "concatenate":
        yield from _joined(record, given)
    elif name in _SOFTMAX:
        yield from _over_the_batch(record, given)


def _lined_up(record: OpRecord, given: Sequence[Labels]) -> Iterator[Found]:
    for place, (first, tensor) in enumerate(zip(given, record.inputs, strict=True)):
        for second, other in zip(given[place + 1 :], record.inputs[place + 1 :], strict=True):
            for back in range(1, min(len(first), len(second)) + 1):
                sizes = tensor.shape[-back], other.shape[-back]
                if 1 not in sizes and differ(first[-back], second[-back]):
                    yield (
                        f"{record.primitive.name} lines the {first[-back]} axis of "
                        f"{tensor.shape} up with the {second[-back]} axis of {other.shape}",
                        "Give the one with fewer axes an axis of 1 (ops.expand_dims), or "
                        "transpose it.",
                    )
                    return


def _contracted(record: OpRecord, given: Sequence[Labels]) -> Iterator[Found]:
    first, second = given[0], given[1]
    if len(first) < 2 or len(second) < 2:
        return
    if differ(first[-1], second[-2]) and record.inputs[0].shape[-1] > 1:
        yield (
            f"matmul sums over the {first[-1]} axis of {record.inputs[0].shape} and the "
            f"{second[-2]} axis of {record.inputs[1].shape}",
            "Transpose one of them so that the same axis is summed over.",
        )


def _weighed_along_another(record: OpRecord) -> Iterator[Found]:
    """Attention whose weights are those of a softmax over the queries, not over the keys."""
    weights = record.inputs[0]
    softmax = _softmax_behind(weights)
    last = len(weights.shape) - 1
    if softmax is not None and last > 1 and softmax.constants["axis"] in (last - 1, -2):
        yield (
            f"matmul sums over axis {last} of {weights.shape}, but the softmax that made these "
            f"weights goes over axis {last - 1}: those of one sum do not add up to 1",
            "Take the softmax over axis=-1.",
        )


def _softmax_behind(tensor: Tensor) -> OpRecord | None:
    made = tensor.record
    while made is not None and made.primitive.name in _KEEP_WEIGHTS:
        made = made.inputs[0].record
    return made if made is not None and made.primitive.name == "softmax" else None


def _cut_anew(record: OpRecord) -> Iterator[Found]:
    """A reshape that looks like a transpose: the sizes change places, the numbers do not."""
    before, after = record.inputs[0].shape, record.outputs[0].shape
    moved = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    if moved and len(before) == len(after) and sorted(before) == sorted(after):
        yield (
            f"reshape from {before} to {after} does not exchange axes: it cuts the same row of "
            "numbers into other pieces",
            "Use ops.transpose or layers.Permute to exchange axes.",
        )


def _joined(record: OpRecord, given: Sequence[Labels]) -> Iterator[Found]:
    axis = record.constants["axis"]
    labels = {labels[axis] for labels in given if labels}
    if labels == {"batch"} and len(given) > 1:
        shapes = " and ".join(str(tensor.shape) for tensor in record.inputs)
        yield (
            f"concatenate joins {shapes} along the batch axis: every sample is there "
            f"{len(given)} times",
            "Join along the last axis (axis=-1) if the features of one sample are meant.",
        )
    for place in range(len(given[0])):
        if place == axis % max(len(given[0]), 1):
            continue
        names = [labels[place] for labels in given]
        other = next((name for name in names if differ(names[0], name)), None)
        if other is not None:
            yield (
                f"concatenate lines a {names[0]} axis up with a {other} axis (axis {place})",
                "Transpose one of them first.",
            )


def _over_the_batch(record: OpRecord, given: Sequence[Labels]) -> Iterator[Found]:
    axis = record.constants["axis"]
    if isinstance(axis, int) and given[0] and given[0][axis] == "batch":
        yield (
            f"{record.primitive.name} goes over the batch axis of {record.inputs[0].shape}: "
            "samples compete with each other",
            "Use axis=-1.",
        )
