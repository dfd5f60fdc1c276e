"""Which inner calls an output comes from, and which inputs pass a frame by its own ops.

Edges of a run name the outermost call that made a tensor; a picture with that call expanded has
to show where inside it the line begins. Tensor ids say so, and between them the ops of the frame,
where ops were kept (`OpenFile.keep_ops`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from inspector.trace import Call, Run


def tensor_key(run: Run, source: int, output: int) -> object:
    """The tensor's id where it is known, so that a model's output and its last layer's are one."""
    outputs = run.calls[source].outputs
    known = outputs[output].tensor if output < len(outputs) else None
    return (source, output) if known is None else known


def makers_of(run: Run, source: int, output: int, inside: dict[int, list[int]]) -> list[int]:
    """The innermost calls that an output of `source` is known to come from, else `source` itself.

    Several when ops of the frame join them (`x + y`). Calls are named by their index.
    """
    tensor = tensor_key(run, source, output)
    if not isinstance(tensor, int):
        return [source]
    found: list[int] = []
    waiting = [(source, tensor)]
    while waiting:
        call, wanted = waiting.pop()
        made = _made_inside(run, call, wanted, inside.get(call, ()))
        waiting += made
        if not made and call not in found:
            found.append(call)
    return sorted(found)


def passed_through(frame: Call) -> Iterator[tuple[int, int]]:
    """Pairs of tensor ids: an input of the frame, and an output computed from it by its own ops."""
    inputs = {given.tensor for given in frame.inputs if given.tensor is not None}
    for output in frame.outputs:
        if output.tensor is not None:
            for entering in sorted(inputs & _computed_from(frame, output.tensor)):
                yield entering, output.tensor


def _made_inside(
    run: Run, call: int, tensor: int, children: Sequence[int]
) -> list[tuple[int, int]]:
    """Child calls whose outputs the tensor is, or is computed from by the call's own ops."""
    if not children:
        return []
    wanted = _computed_from(run.calls[call], tensor)
    makers: dict[int, int] = {}
    for child in children:
        for made in run.calls[child].outputs:
            if made.tensor is not None and made.tensor in wanted:
                # The last one counts: a dropout that drops nothing gives back its input.
                makers[made.tensor] = child
    return [(child, made) for made, child in makers.items()]


def computed_from_all(frames: Iterable[Call], call: Call) -> set[int]:
    """All tensors that the call's inputs were computed from by the ops of the frames around it."""
    wanted = {given.tensor for given in call.inputs if given.tensor is not None}
    for frame in frames:
        _add_behind(frame, wanted)
    return wanted


def _computed_from(frame: Call, tensor: int) -> set[int]:
    """The tensor and all that the frame's own ops computed it from."""
    wanted = {tensor}
    _add_behind(frame, wanted)
    return wanted


def _add_behind(frame: Call, wanted: set[int]) -> None:
    for op in reversed(frame.ops):
        if any(made.tensor in wanted for made in op.outputs):
            wanted.update(used.tensor for used in op.inputs if used.tensor is not None)
