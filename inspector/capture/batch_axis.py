"""Which axis of every tensor is the batch: found out by running a model on two batch sizes.

    named = named_batch(run, small, large, sizes=(5, 7))

`small` and `large` are runs of the same model on inputs of 5 and 7 samples. An axis that has 5
entries in the one and 7 in the other is the batch; one with 80 and 112 is "batch × 16" (time steps
folded into it), one with 6 and 8 "batch + 1". Both sizes are primes, so that no other size of the
model can be mistaken for them. The names go to a third run, whatever its own batch is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inspector.trace import Op, Run, TensorRef
from inspector.trace.axes import TensorAxes

SIZES = (5, 7)
Names = tuple[str, ...]
_CHANGES = "changes with the batch"


def named_batch(run: Run, small: Run, large: Run, sizes: tuple[int, int] = SIZES) -> Run:
    """The run with the batch measured in each of its tensors that the other two runs have too.

    What was measured wins over what `capture.axes` has followed; the other labels stay.
    """
    measured: dict[int, Names] = {}
    for tensor, one, other in _together(run, small, large):
        names = axis_names(one, other, sizes)
        if names and tensor.tensor is not None and len(names) == len(tensor.shape or ()):
            measured[tensor.tensor] = names
    known = {axes.tensor: axes.labels for axes in run.axes}
    labels = known | {
        tensor: _merged(known.get(tensor, ("",) * len(names)), names)
        for tensor, names in measured.items()
    }
    return replace(run, axes=tuple(TensorAxes(tensor, labels[tensor]) for tensor in sorted(labels)))


def _merged(followed: Names, measured: Names) -> Names:
    return tuple(
        name or ("" if label == "batch" else label)
        for label, name in zip(followed, measured, strict=True)
    )


def axis_names(small: TensorRef, large: TensorRef, sizes: tuple[int, int]) -> Names:
    """A name for each axis that depends on the batch, "" for the others; () when that is unknown.

    >>> image = [TensorRef(None, (n, 28, 28, 3), "float32") for n in (5, 7)]
    >>> axis_names(*image, (5, 7))
    ('batch', '', '', '')
    >>> folded = [TensorRef(None, (n * 16, n + 1), "float32") for n in (5, 7)]
    >>> axis_names(*folded, (5, 7))
    ('batch × 16', 'batch + 1')
    """
    one, other = small.shape, large.shape
    if one is None or other is None or len(one) != len(other) or None in (*one, *other):
        return ()
    names = tuple(_name(a or 0, b or 0, sizes) for a, b in zip(one, other, strict=True))
    return names if any(names) else ()


def _name(one: int, other: int, sizes: tuple[int, int]) -> str:
    small, large = sizes
    if one == other:
        return ""
    if one * large == other * small and one % small == 0:
        return "batch" if one == small else f"batch × {one // small}"
    if other - one == large - small:
        return f"batch {'+' if one > small else '-'} {abs(one - small)}"
    if (one, other) == (small * small, large * large):
        return "batch × batch"
    return _CHANGES


def _together(run: Run, small: Run, large: Run) -> Iterator[tuple[TensorRef, ...]]:
    """The tensors of the first run, each with those of the other two in the same place."""
    runs = [{call.id: call for call in one.calls} for one in (run, small, large)]
    for call in run.calls:
        if all(call.id in calls for calls in runs):
            same = [calls[call.id] for calls in runs]
            yield from _in_step([one.inputs for one in same])
            yield from _in_step([one.outputs for one in same])
            yield from _of_ops([one.ops for one in same])
    yield from _of_ops([one.ops for one in (run, small, large)])


def _of_ops(ops: Sequence[tuple[Op, ...]]) -> Iterator[tuple[TensorRef, ...]]:
    # Ops have no name of their own: they belong together when the same ones ran in the same order.
    if len({tuple(op.op for op in one) for one in ops}) == 1:
        for same in zip(*ops, strict=True):
            yield from _in_step([op.inputs for op in same])
            yield from _in_step([op.outputs for op in same])


def _in_step(tensors: Sequence[tuple[TensorRef, ...]]) -> Iterator[tuple[TensorRef, ...]]:
    if len({len(one) for one in tensors}) == 1:
        yield from zip(*tensors, strict=True)
