"""A byte budget for what tapes hold: beyond it, arrays go that are cheap to compute again.

    budget = Budget(limit_bytes)
    ledger = budget.watch(tape)    from here on, what the tape records counts
    ledger.close()                 its run is over: all of it may be dropped now
    budget.forget(ledger)          its run is let go

Counted are the arrays that ops made; leaves (inputs, weights) are alive elsewhere or are dropped
with their run. Tensors on one buffer (views) go together. First go the ops that are cheap per
byte (elementwise, views, norms, softmax), by the time they took per byte; products, convolutions,
attention and random draws go when nothing else is left, and of those every eighth goes last, so
that the way to compute a tensor again stays short. `recompute` gives arrays back.
"""

from __future__ import annotations

import heapq
import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.engine import recompute
from inspector.engine.recompute import Recipe
from inspector.engine.tape import OpRecord, Tape
from inspector.engine.tensor import Tensor

_CHEAP_FAMILIES = frozenset(
    {
        "activation", "arithmetic", "bits", "boundary", "choice", "comparison", "elementwise",
        "encoding", "indexing", "joining", "normalization", "reduction", "shaping", "softmax",
        "special",
    }
)  # fmt: skip
# Ops of a running call whose outputs are left alone: what comes next reads them.
_RECENT = 3
# Dropping goes on down to this share of the limit, so that it is not done at every op.
_ENOUGH = 0.75
# Of the costly ops one in so many is dropped last.
_CHECKPOINT = 8
_TIERS = (0, 1, 2)


@dataclass(slots=True, eq=False)
class _Buffer:
    """One stretch of memory and the tensors that lie in it; `cost` None: it has to stay.

    owner is the array that has the memory: it must not go while it is counted by its address.
    """

    owner: Any
    cost: tuple[int, float] | None
    tensors: list[tuple[Tensor, OpRecord, int]] = field(default_factory=list)


class Budget:
    """Keeps the arrays of all watched tapes within `limit` bytes where it can."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.ledgers: list[Ledger] = []
        self.dropped = 0
        # At most what is held: views count twice here, which the exact count then puts right. That
        # walks over all records, so it waits until the limit may be passed.
        self.upper = 0
        self.upper_leaves = 0
        self._leaf_ids: set[int] = set()
        # Read a moment ago: the op that read one may read it again.
        self.restored: deque[_Buffer] = deque(maxlen=_RECENT)

    @property
    def held(self) -> int:
        """Bytes of arrays that ops made and that are held now."""
        for ledger in self.ledgers:
            ledger.count()
        return sum(ledger.held for ledger in self.ledgers)

    @property
    def leaves(self) -> int:
        """Bytes of inputs and weights, each once however many runs used it."""
        found = {key: size for ledger in self.ledgers for key, size in ledger.leaves.items()}
        return sum(found.values())

    def watch(self, tape: Tape) -> Ledger:
        """Count what a tape records, from its first op on."""
        ledger = Ledger(self, tape)
        self.ledgers.append(ledger)
        tape.listener = ledger.noticed
        return ledger

    def forget(self, ledger: Ledger) -> None:
        """A run is let go: its bytes count no more."""
        ledger.tape.listener = None
        if ledger in self.ledgers:
            self.ledgers.remove(ledger)
        uncounted = ledger.uncounted
        self.upper = self.held if uncounted is None else self.upper - uncounted

    def fits(self, besides: Ledger | None) -> bool:
        """Whether all that is kept, leaves included, is within the limit.

        besides: a run whose leaves do not count, since they stay whatever goes.
        """
        if self.upper + self.upper_leaves <= self.limit:
            return True
        self.upper, self.upper_leaves = self.held, self.leaves
        stays = sum(besides.leaves.values()) if besides is not None else 0
        return self.upper + self.upper_leaves - stays <= self.limit

    def note_leaves(self, records: Sequence[OpRecord]) -> None:
        """Add up what the ops of a run that is over took from outside."""
        known = self._leaf_ids
        for record in records:
            for tensor in record.inputs:
                if tensor.record is None and tensor.id not in known:
                    known.add(tensor.id)
                    self.upper_leaves += tensor.nbytes

    def settle(self) -> None:
        """Drop what is needed to be within the limit again; older runs first."""
        if self.upper <= self.limit:
            return
        self.upper = self.held
        goal = int(self.limit * _ENOUGH)
        if self.upper <= self.limit:
            return
        for tier in _TIERS:
            for ledger in self.ledgers:
                self.upper -= ledger.drop(self.upper - goal, tier)
                if self.upper <= goal:
                    return


class Ledger:
    """The arrays of one tape, by the buffer they lie in."""

    def __init__(self, budget: Budget, tape: Tape) -> None:
        self.tape = tape
        self.held = 0
        self.leaves: dict[int, int] = {}
        self._budget = budget
        self._is_open = True
        self._counted = 0
        self._buffers: dict[int, _Buffer] = {}
        self._seen: set[int] = set()
        self._heaps: tuple[list[tuple[float, int, _Buffer]], ...] = ([], [], [])
        self._costly = 0
        self._told = weakref.WeakMethod(self._restored)
        self._pinned: list[Tensor] = []

    @property
    def uncounted(self) -> int | None:
        """What it added to the budget's upper bound; None once it has been counted exactly."""
        if self._counted:
            return None
        made = (tensor.data for record in self.tape.records for tensor in record.outputs)
        return sum(array.nbytes for array in made if array is not None)

    def noticed(self, record: OpRecord) -> None:
        """The tape's listener, called at every op: adds up, and counts only near the limit."""
        budget = self._budget
        for tensor in record.outputs:
            array = tensor.data
            if array is not None:
                budget.upper += array.nbytes
        if budget.upper > budget.limit:
            budget.settle()

    def close(self) -> None:
        """The run is over: count it, and drop what is too much."""
        self.tape.listener = None
        self._is_open = False
        self._budget.note_leaves(self.tape.records)
        self._budget.settle()

    def count(self) -> None:
        """Enter what was recorded since the last count."""
        records = self.tape.records
        for index in range(self._counted, len(records)):
            record = records[index]
            for tensor in record.inputs:
                if tensor.id not in self._seen:
                    self._enter_leaf(tensor)
            for position, tensor in enumerate(record.outputs):
                self._seen.add(tensor.id)
                self._enter(tensor, record, position)
        self._counted = len(records)
        while self._pinned:
            self._enter_pin(self._pinned.pop())

    def pin(self, tensor: Tensor) -> None:
        """Never drop this tensor: it is a weight, which the model goes on with."""
        self._pinned.append(tensor)

    def _enter_pin(self, tensor: Tensor) -> None:
        if tensor.id not in self._seen or tensor.data is None:
            return
        owner = _owner(tensor.data)
        buffer = self._buffers.get(id(owner))
        if buffer is not None and buffer.cost is not None:
            buffer.cost = None
            self.held -= owner.nbytes
            self.leaves[id(owner)] = owner.nbytes

    def drop(self, wanted: int, tier: int) -> int:
        """Drop the cheapest buffers of a tier until `wanted` bytes are free; how many were."""
        freed = 0
        recent = self._counted - _RECENT if self._is_open else self._counted
        put_back = []
        heap = self._heaps[tier]
        while heap and freed < wanted:
            entry = heapq.heappop(heap)
            buffer = entry[2]
            if buffer.cost is None or self._buffers.get(id(buffer.owner)) is not buffer:
                continue
            newest = max(record.index for _, record, _ in buffer.tensors)
            if newest >= recent or buffer in self._budget.restored:
                put_back.append(entry)
            else:
                freed += self._let_go(buffer)
        for entry in put_back:
            heapq.heappush(heap, entry)
        return freed

    def _enter_leaf(self, tensor: Tensor) -> None:
        self._seen.add(tensor.id)
        if recompute.is_dropped(tensor) or tensor.data is None:
            return
        owner = _owner(tensor.data)
        self.leaves[id(owner)] = owner.nbytes
        buffer = self._buffers.get(id(owner))
        if buffer is None:
            self._buffers[id(owner)] = _Buffer(owner, None)
        elif buffer.cost is not None:
            buffer.cost = None  # user code took the array out and put it in again

    def _enter(self, tensor: Tensor, record: OpRecord, position: int) -> None:
        if recompute.is_dropped(tensor) or tensor.data is None:
            return
        owner = _owner(tensor.data)
        buffer = self._buffers.get(id(owner))
        if buffer is None:
            buffer = _Buffer(owner, self._cost(record, owner))
            self._buffers[id(owner)] = buffer
            self.held += owner.nbytes
            if buffer.cost is not None:
                tier, per_byte = buffer.cost
                heapq.heappush(self._heaps[tier], (per_byte, id(buffer), buffer))
        if type(tensor) is not Tensor:
            buffer.cost = None  # a subclass has a state of its own
        buffer.tensors.append((tensor, record, position))

    def _let_go(self, buffer: _Buffer) -> int:
        for tensor, record, position in buffer.tensors:
            if not recompute.is_dropped(tensor):
                recompute.drop(tensor, Recipe(record, position, self._told))
        del self._buffers[id(buffer.owner)]
        self.held -= buffer.owner.nbytes
        self._budget.dropped += 1
        return int(buffer.owner.nbytes)

    def _restored(self, tensor: Tensor, recipe: Recipe) -> None:
        """User code or a gradient rule read a dropped tensor: it is held again."""
        budget, before = self._budget, self.held
        self._enter(tensor, recipe.record, recipe.position)
        budget.restored.append(self._buffers[id(_owner(tensor.data))])
        budget.upper += self.held - before
        if budget.upper > budget.limit and self in budget.ledgers:
            budget.settle()

    def _cost(self, record: OpRecord, owner: Any) -> tuple[int, float] | None:
        """The tier, and the seconds per byte of computing it again; None where nothing is won."""
        if not owner.nbytes:
            return None
        primitive, per_byte = record.primitive, record.elapsed_s / owner.nbytes
        if primitive.elementwise or primitive.family in _CHEAP_FAMILIES:
            return 0, per_byte
        self._costly += 1
        return (1 if self._costly % _CHECKPOINT else 2), per_byte


def _owner(array: Any) -> Any:
    """The array whose memory this one lies in."""
    kind = type(array)
    while type(array.base) is kind:
        array = array.base
    return array
