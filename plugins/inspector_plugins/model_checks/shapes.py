"""Axes that broadcast or mix without being meant to, and dtypes that widen."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.api import Call, Check, Finding, Op, Shape, Trace
from inspector_plugins.model_checks.reading import (
    all_ops,
    at_call,
    real_runs,
    shape_of,
    unique_calls,
)

_BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "power")


def unmeant_broadcast(trace: Trace) -> Iterator[Finding]:
    """(n,) meets (n, 1): the result is an n by n table."""
    seen = set()
    for run in real_runs(trace):
        for call, op in all_ops(run):
            if op.op in _BINARY and _is_table(op) and (op.file, op.line) not in seen:
                seen.add((op.file, op.line))
                shapes = " and ".join(str(ref.shape) for ref in op.inputs)
                yield Finding(
                    "unmeant-broadcast",
                    call.id if call else None,
                    f"{op.function or op.op} broadcasts {shapes} to {op.outputs[0].shape}.",
                    "Reshape one of them, so that both have the same number of axes.",
                    file=op.file,
                    line=op.line,
                )


def _is_table(op: Op) -> bool:
    shapes = [ref.shape for ref in op.inputs]
    if len(shapes) != 2 or None in shapes or not op.outputs:
        return False
    first, second = sorted((s for s in shapes if s is not None), key=len)
    same = len(first) == 1 and len(second) == 2 and second[1] == 1 and first[0] == second[0]
    return bool(same and first[0] is not None and first[0] > 1)


def batch_axis_changed(trace: Trace) -> Iterator[Finding]:
    """A call gives out more or fewer samples than it was given."""
    for _, call in unique_calls(trace):
        before, after = shape_of(call.inputs), shape_of(call.outputs)
        if not before or not after or not call.ops or before[0] in (None, 1):
            continue
        culprit = _concatenation_of_batches(call, before)
        if culprit is not None and after[0] != before[0]:
            yield Finding(
                "batch-axis-changed", call.id,
                f"{call.path} was given {before[0]} samples and gives out {after[0]}.",
                "Concatenate along another axis; axis 0 is the batch.",
                file=culprit.file, line=culprit.line,
            )  # fmt: skip


def _concatenation_of_batches(call: Call, before: Shape) -> Op | None:
    for op in call.ops:
        if op.op != "concatenate" or not op.outputs or not op.outputs[0].shape:
            continue
        sizes = [ref.shape[0] for ref in op.inputs if ref.shape]
        if all(size == before[0] for size in sizes) and op.outputs[0].shape[0] != before[0]:
            return op
    return None


def float64_creeps_in(trace: Trace) -> Iterator[Finding]:
    """A call turns float32 into float64: twice the memory, half the speed."""
    for _, call in unique_calls(trace):
        given = {ref.dtype for ref in call.inputs}
        if "float32" in given and any(ref.dtype == "float64" for ref in call.outputs):
            yield at_call(
                "float64-creeps-in",
                call,
                f"{call.path} was given float32 and gives out float64.",
                "Cast NumPy constants to float32.",
                "note",
            )


def pooled_to_nothing(trace: Trace) -> Iterator[Finding]:
    """An axis is empty: everything after it computes on nothing."""
    for _, call in unique_calls(trace):
        shape = shape_of(call.outputs)
        given = shape_of(call.inputs)
        if shape and 0 in shape and not (given and 0 in given):
            yield at_call(
                "pooled-to-nothing",
                call,
                f"{call.path} gives out {shape}, which is empty.",
                "Use smaller strides or pools, or larger inputs.",
                "error",
            )


def integers_in_dense(trace: Trace) -> Iterator[Finding]:
    """Class numbers or raw pixels go into a layer that computes with them."""
    for _, call in unique_calls(trace, kinds=("Dense", "Conv1D", "Conv2D", "LSTM", "GRU")):
        if any(ref.dtype and ref.dtype.startswith(("int", "uint")) for ref in call.inputs):
            yield at_call(
                "integers-in-dense",
                call,
                f"{call.path} computes with integers of dtype {call.inputs[0].dtype}.",
                "Scale pixels to floats, and give class numbers to an Embedding.",
                "note",
            )


CHECKS: tuple[Check, ...] = (
    unmeant_broadcast,
    batch_axis_changed,
    float64_creeps_in,
    pooled_to_nothing,
    integers_in_dense,
)
