"""The tensors of kept runs, by id, within a byte budget.

Beyond the budget, arrays that are cheap to compute again are dropped, while a run goes on and
after it; they are computed again from the tape when they are asked for. When that is not enough
(inputs and weights cannot be computed), whole runs are let go, oldest first, and answered with
None: the window then says that the values are no longer kept.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tape, Tensor, recompute
from inspector.engine.memory import Budget, Ledger

DEFAULT_BUDGET = 2 * 1024**3


class _Kept:
    """What a run leaves behind: its tensors, and the tape to compute them from."""

    def __init__(self, context: RunContext, ledger: Ledger | None) -> None:
        self.tape = context.tape
        self.ledger = ledger
        self._context: RunContext | None = context
        self._tensors: dict[int, Tensor] = {}
        if context.failure is not None:
            self.find(0)  # an error holds on to all that its stack knew

    def find(self, tensor: int) -> Tensor | None:
        """A tensor of the run by its id."""
        if self._context is not None:
            # Made when somebody looks: most runs are never looked into.
            self._tensors = {found.id: found for found in _tensors(self._context)}
            self._context = None
        return self._tensors.get(tensor)


class _Changed(_Kept):
    """What a run would have been with some values changed; it has no ops of its own."""

    def __init__(self, base: _Kept, values: dict[int, Tensor]) -> None:
        self.tape = Tape()
        self.ledger = None
        self._base, self._values = base, values

    def find(self, tensor: int) -> Tensor | None:
        found = self._values.get(tensor)
        return self._base.find(tensor) if found is None else found


class RecordStore:
    """Tensors of finished runs by (run number, tensor id)."""

    def __init__(self, budget_bytes: int | None = None) -> None:
        self.budget = Budget(DEFAULT_BUDGET if budget_bytes is None else budget_bytes)
        self._runs: dict[int, _Kept] = {}
        self._watched: dict[int, Ledger] = {}
        # The tensor that was computed again last: the window reads one slice after the other.
        self._latest: tuple[tuple[int, int], Tensor] | None = None

    def watch(self, context: RunContext) -> None:
        """A run begins: what it records counts from now on."""
        if context.kind != "build":
            self._watched[context.number] = self.budget.watch(context.tape)

    def keep(self, context: RunContext) -> None:
        """Take the tensors of a run; older runs go when there are too many bytes."""
        ledger = self._watched.pop(context.number, None)
        self._runs[context.number] = _Kept(context, ledger)
        if ledger is not None:
            for frame in context.frames:
                for weight in _engine_tensors([value for _, value in frame.weights]):
                    ledger.pin(weight)
            ledger.close()
            _release_with(context.tape)
        for number in list(self._runs):
            if number == context.number or self.budget.fits(ledger):
                break
            self.let_go(number)

    def show(self, context: RunContext) -> None:
        """Let the tensors of a run that goes on be read; `keep` or `discard` ends that."""
        # No ledger: the budget goes on counting the run as one that is being recorded.
        self._runs[context.number] = _Kept(context, None)

    def derive(self, number: int, base: int, values: dict[int, Tensor]) -> None:
        """Keep a run that is another one but for some values."""
        kept = self._runs.get(base)
        if kept is not None:
            self._runs[number] = _Changed(kept, values)

    def discard(self, context: RunContext) -> None:
        """A run has ended that is not kept."""
        self._runs.pop(context.number, None)
        ledger = self._watched.pop(context.number, None)
        if ledger is not None:
            self.budget.forget(ledger)
            _release_with(context.tape)

    def tensor(self, run: int, tensor: int) -> Tensor | None:
        """The tensor, computed again if its array was dropped; None when it is not kept."""
        found = self._find(run, tensor)
        if found is None or not recompute.is_dropped(found):
            return found
        if self._latest is None or self._latest[0] != (run, tensor):
            self._latest = (run, tensor), Tensor(recompute.array_of(found))
        return self._latest[1]

    def is_recomputed(self, run: int, tensor: int) -> bool:
        """Whether its array was dropped, so that `tensor` computes it again."""
        found = self._find(run, tensor)
        return found is not None and recompute.is_dropped(found)

    def records(self, run: int) -> list[OpRecord]:
        """The ops of a kept run, in order; none when it was let go."""
        kept = self._runs.get(run)
        return kept.tape.records if kept is not None else []

    @property
    def nbytes(self) -> int:
        """Bytes of all values kept: what ops made, and the inputs and weights they took."""
        return self.budget.held + self.budget.leaves

    def _find(self, run: int, tensor: int) -> Tensor | None:
        kept = self._runs.get(run)
        return None if kept is None else kept.find(tensor)

    def let_go(self, number: int) -> None:
        """Keep a run no longer."""
        kept = self._runs.pop(number)
        if kept.ledger is not None:
            self.budget.forget(kept.ledger)


def _release_with(tape: Tape) -> None:
    """Untie the tape's records as soon as nobody has the tape any more (user code may)."""
    weakref.finalize(tape, _release, tape.records).atexit = False


def _release(records: list[OpRecord]) -> None:
    # A record and its outputs name each other: untied, they go at once, not when the garbage
    # collector comes by. The inputs stay, for dropped tensors that user code still has.
    for record in records:
        for tensor in record.outputs:
            tensor.record = None
        record.outputs = ()
        record.scope = None


def _tensors(context: RunContext) -> Iterator[Tensor]:
    for frame in context.frames:
        yield from _engine_tensors(
            [
                *(tensor for _, tensor in frame.inputs),
                *frame.outputs,
                *frame.input_masks,
                *frame.output_masks,
                *(value for _, value in frame.weights),
            ]
        )
    if context.kind != "build":
        for record in context.tape.records:
            yield from record.inputs
            yield from record.outputs
    for _, _, gradients in context.differentiations:
        yield from _engine_tensors(gradients)
    yield from (tensor for _, tensor in context.attention)
    yield from context.sample_losses.values()


def _engine_tensors(values: list[Any]) -> Iterator[Tensor]:
    return (value for value in values if isinstance(value, Tensor))
