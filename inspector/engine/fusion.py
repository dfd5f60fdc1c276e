"""Which ops of a record may run as one: chains of elementwise ops of one shape.

    planned(records, kept, may_join)     the records in an order that gives the same values,
                                         some of them together as a Chain
    unread(plan, kept)                   the values that nothing reads after each part of a plan

Knows of no array module and no code generator. Whoever runs the chains says which ops may join:
generated kernels (`cuda/fused.py`), blocks of rows on NumPy (`fused_replay.py`). A chain runs where
its last op stood, so an op outside of it that reads one of its values ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from inspector.engine.rules import Shape
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor

# Longer chains gain nothing and keep more operands waiting.
LONGEST = 24
MOST_OPERANDS = 24


class Part(Protocol):
    """What runs as one: an op, a chain, or what was made of one."""

    @property
    def inputs(self) -> tuple[Tensor, ...]: ...

    @property
    def outputs(self) -> tuple[Tensor, ...]: ...


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
    has_head: bool = False

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
    records: Sequence[OpRecord],
    kept: Iterable[int],
    may_join: Callable[[OpRecord], bool],
    may_begin: Callable[[OpRecord], bool] | None = None,
) -> list[OpRecord | Chain]:
    """The plan.

    kept:      ids of the tensors that are read after the last record.
    may_join:  whether an op can be part of a chain; only of elementwise ones.
    may_begin: whether a chain can begin with an op (default: those that may join). One that may
               not join, a product for example, is its chain's head: a chain has one at most.
    """
    begins = may_begin or may_join
    open_chains: list[_Open] = []
    groups: list[list[OpRecord]] = []
    for record in records:
        read = {tensor.id for tensor in record.inputs}
        touched = [chain for chain in open_chains if chain.made & read]
        joined = _joined(record, touched) if may_join(record) else None
        if joined is None and begins(record):
            joined = _alone(record, has_head=not may_join(record))
        for chain in touched:
            open_chains.remove(chain)
            if joined is None or not chain.made <= joined.made:
                groups.append(chain.records)
        if joined is None:
            groups.append([record])
        else:
            open_chains.append(joined)
    groups += [chain.records for chain in open_chains]
    return _closed(groups, set(kept))


def _alone(record: OpRecord, *, has_head: bool) -> _Open:
    made = {tensor.id for tensor in record.outputs}
    return _Open(record.outputs[0].shape, [record], made, has_head)


def _joined(record: OpRecord, touched: Sequence[_Open]) -> _Open | None:
    """The chain of this op and those of its shape whose values it reads; None without any."""
    shape = record.outputs[0].shape
    fitting = [chain for chain in touched if chain.shape == shape]
    heads = [chain for chain in fitting if chain.has_head]
    together = _Open(shape, has_head=bool(heads))
    for chain in fitting:
        if not chain.has_head or chain is heads[-1]:
            together.records += chain.records
            together.made |= chain.made
    together.records = sorted([*together.records, record], key=lambda r: r.index)
    together.made.update(tensor.id for tensor in record.outputs)
    fits = len(together.records) <= LONGEST and len(together.operands()) <= MOST_OPERANDS
    return together if fitting and fits else None


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


def unread(plan: Sequence[Part], kept: AbstractSet[int]) -> list[tuple[int, ...]]:
    """For each part the ids of the values that nothing reads after it; `kept` ones never."""
    last: dict[int, int] = {}
    for place, part in enumerate(plan):
        last.update((tensor.id, place) for tensor in (*part.outputs, *part.inputs))
    dead: list[list[int]] = [[] for _ in plan]
    for key, place in last.items():
        if key not in kept:
            dead[place].append(key)
    return [tuple(keys) for keys in dead]
