"""Which ops of a record may run as one: chains of elementwise ops of one shape.

    planned(records, kept, may_join)     the records in an order that gives the same values,
                                         some of them together as a Chain

Knows of no array module and no code generator: whoever runs the chains says which ops may join.
A chain runs where its last op stood, so an op outside of it that reads one of its values ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from inspector.engine.rules import Shape
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor

# Longer chains gain nothing and keep more operands waiting.
LONGEST = 24
MOST_OPERANDS = 24


@dataclass(frozen=True, slots=True)
class Chain:
    """Ops to run as one: what comes in, and what is read outside of it."""

    records: tuple[OpRecord, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @property
    def shape(self) -> Shape:
        return self.outputs[0].shape


@dataclass(slots=True, eq=False)
class _Open:
    """A chain that may still grow."""

    shape: Shape
    records: list[OpRecord] = field(default_factory=list)
    made: set[int] = field(default_factory=set)

    def operands(self) -> dict[int, Tensor]:
        found = {t.id: t for record in self.records for t in record.inputs}
        return {key: tensor for key, tensor in found.items() if key not in self.made}


def needed(
    records: Sequence[OpRecord], wanted: Iterable[int], given: Iterable[int]
) -> list[OpRecord]:
    """The records that lead from the given tensors (and the leaves) to the wanted ones."""
    given = set(given)
    asked, found = set(wanted) - given, []
    for record in reversed(records):
        if any(tensor.id in asked for tensor in record.outputs):
            asked.update(tensor.id for tensor in record.inputs if tensor.id not in given)
            found.append(record)
    return found[::-1]


def planned(
    records: Sequence[OpRecord], kept: Iterable[int], may_join: Callable[[OpRecord], bool]
) -> list[OpRecord | Chain]:
    """The plan; `kept`: ids of the tensors that are read after the last record."""
    open_chains: list[_Open] = []
    groups: list[list[OpRecord]] = []
    for record in records:
        read = {tensor.id for tensor in record.inputs}
        touched = [chain for chain in open_chains if chain.made & read]
        joined = _joined(record, touched) if may_join(record) else None
        for chain in touched:
            open_chains.remove(chain)
            if joined is None or chain.shape != joined.shape or not set(chain.made) <= joined.made:
                groups.append(chain.records)
        if joined is None:
            groups.append([record])
        else:
            open_chains.append(joined)
    groups += [chain.records for chain in open_chains]
    return _closed(groups, set(kept))


def _joined(record: OpRecord, touched: Sequence[_Open]) -> _Open:
    """The chain of this op and those of its shape whose values it reads, or of this op alone."""
    shape = record.outputs[0].shape
    together = _Open(shape)
    for chain in touched:
        if chain.shape == shape:
            together.records += chain.records
            together.made |= chain.made
    together.records = sorted([*together.records, record], key=lambda r: r.index)
    together.made.update(tensor.id for tensor in record.outputs)
    if len(together.records) <= LONGEST and len(together.operands()) <= MOST_OPERANDS:
        return together
    return _Open(shape, [record], {tensor.id for tensor in record.outputs})


def _closed(groups: Sequence[Sequence[OpRecord]], kept: set[int]) -> list[OpRecord | Chain]:
    readers: dict[int, set[int]] = {}
    for number, group in enumerate(groups):
        for record in group:
            for tensor in record.inputs:
                readers.setdefault(tensor.id, set()).add(number)
    found: list[OpRecord | Chain] = []
    for number, group in enumerate(groups):
        made = {tensor.id: tensor for record in group for tensor in record.outputs}
        inputs = {t.id: t for record in group for t in record.inputs if t.id not in made}
        outputs = [
            t for key, t in made.items() if key in kept or readers.get(key, set()) - {number}
        ]
        one_op = len(group) == 1 or not outputs
        found += group if one_op else [Chain(tuple(group), tuple(inputs.values()), tuple(outputs))]
    return found
