"""The tensors of kept runs, by id, within a byte budget.

Frames and tape of a run hold its tensors; the store finds them by id and lets go of whole runs,
oldest first, when the budget is passed. What is let go is answered with None: the window then
says that the values are no longer kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.capture.runs import RunContext
from inspector.engine import Tensor

DEFAULT_BUDGET = 2 * 1024**3


class RecordStore:
    """Tensors of finished runs by (run number, tensor id)."""

    def __init__(self, budget_bytes: int | None = None) -> None:
        self._budget = DEFAULT_BUDGET if budget_bytes is None else budget_bytes
        self._runs: dict[int, dict[int, Tensor]] = {}
        self._bytes: dict[int, int] = {}

    def keep(self, context: RunContext) -> None:
        """Take the tensors of a run; older runs go when there are too many bytes."""
        tensors = {tensor.id: tensor for tensor in _tensors(context)}
        self._runs[context.number] = tensors
        self._bytes[context.number] = sum(
            tensor.nbytes for tensor in tensors.values() if tensor.data is not None
        )
        for number in list(self._runs):
            if sum(self._bytes.values()) <= self._budget or number == context.number:
                break
            del self._runs[number], self._bytes[number]

    def tensor(self, run: int, tensor: int) -> Tensor | None:
        """The tensor, None when it is not kept."""
        return self._runs.get(run, {}).get(tensor)

    @property
    def nbytes(self) -> int:
        """Bytes of all values kept."""
        return sum(self._bytes.values())


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


def _engine_tensors(values: list[Any]) -> Iterator[Tensor]:
    return (value for value in values if isinstance(value, Tensor))
