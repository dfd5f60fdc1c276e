"""Gradients, read from the tape.

`backward` walks the records from the last to the first and hands each output's gradient to the
op's vjp rule; it is a generator, so that the debugger steps it like the forward pass. Only the
records between the sources and the target are visited.

    d(target)/d(source) = sum over all paths of the product of the ops' Jacobians along the path
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from inspector.engine import array_module, tape
from inspector.engine.promotion import is_inexact
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor
from inspector.errors import GradientError


@dataclass(frozen=True, slots=True, eq=False)
class BackwardStep:
    """One op gone through backward: the gradient of its output(s), and of each input."""

    record: OpRecord
    output_gradients: tuple[Tensor | None, ...]
    input_gradients: tuple[Tensor | None, ...]


def gradients(
    target: Tensor,
    sources: Sequence[Tensor],
    records: Sequence[OpRecord],
    seed: Tensor | None = None,
) -> list[Tensor | None]:
    """d(target)/d(source) for each source; None where no path leads from it to the target.

    seed: gradient put in at the target, of its shape; ones by default.
    """
    found: dict[int, Tensor] = {}
    with _marked_backward():
        for _ in backward([target], sources, records, [seed], found):
            pass
    gathered = [found.get(source.id) for source in sources]
    if tape.observer is not None:
        tape.observer.differentiated(target, sources, gathered)
    return gathered


@contextmanager
def _marked_backward() -> Iterator[None]:
    """Mark what is recorded in the block as run by gradient rules."""
    running = tape.current
    if running is None:
        yield
        return
    before, running.is_backward = running.is_backward, True
    try:
        yield
    finally:
        running.is_backward = before


def backward(
    targets: Sequence[Tensor],
    sources: Sequence[Tensor],
    records: Sequence[OpRecord],
    seeds: Sequence[Tensor | None],
    found: dict[int, Tensor],
) -> Iterator[BackwardStep]:
    """Go backward one op at a time; gradients gather in `found`, by tensor id.

    Raises:
        GradientError: a target is symbolic.
    """
    for target, seed in zip(targets, seeds, strict=True):
        _accumulate(found, target, seed if seed is not None else _ones_like(target))
    needed = _reached_from(sources, records)
    keep = {source.id for source in sources}
    for record in reversed(records):
        given = tuple(found.get(tensor.id) for tensor in record.outputs)
        wanted = [tensor.id in needed for tensor in record.inputs]
        if record.primitive.vjp is None or not any(wanted) or all(g is None for g in given):
            continue
        step = _through(record, given, wanted)
        for tensor, gradient, want in zip(record.inputs, step.input_gradients, wanted, strict=True):
            if gradient is not None and want:
                _accumulate(found, tensor, gradient)
        for tensor in record.outputs:
            if tensor.id not in keep:
                found.pop(tensor.id, None)
        yield step


def _through(
    record: OpRecord, given: tuple[Tensor | None, ...], wanted: list[bool]
) -> BackwardStep:
    rule = record.primitive.vjp
    assert rule is not None
    many = record.primitive.many
    g, y = (given, record.outputs) if many else (given[0], record.outputs[0])
    running = tape.current
    if running is not None:
        # A backward op belongs to the call whose op it goes back through.
        scope_before, running.scope = running.scope, record.scope
        running.backward_from = record.location
    try:
        made = rule(wanted, g, y, *record.inputs, **record.constants)
    finally:
        if running is not None:
            running.scope = scope_before
    return BackwardStep(record, given, tuple(made))


def _reached_from(sources: Sequence[Tensor], records: Sequence[OpRecord]) -> set[int]:
    """Ids of all tensors that depend on a source through differentiable ops."""
    needed = {source.id for source in sources}
    for record in records:
        if record.primitive.vjp is not None and any(t.id in needed for t in record.inputs):
            needed.update(t.id for t in record.outputs if is_inexact(t.dtype))
    return needed


def _accumulate(found: dict[int, Tensor], tensor: Tensor, gradient: Tensor) -> None:
    before = found.get(tensor.id)
    found[tensor.id] = gradient if before is None else before + gradient


def _ones_like(target: Tensor) -> Tensor:
    if target.data is None:
        raise GradientError(
            f"A gradient was asked of a symbolic tensor of shape {target.shape}.",
            fix="Run the model on real inputs before asking for gradients.",
        )
    return Tensor(array_module.xp.ones(target.shape, target.dtype))
