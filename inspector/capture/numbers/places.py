"""Where the ops and tensors of a record are in the trace of its run."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from inspector.engine import OpRecord, Tensor
from inspector.trace import Call, Op, Run
from inspector.trace.numbers import Element, Passage

_MOST_PASSAGES = 40


class Places:
    """Answers, for one run, which call an op belongs to and what a tensor is called.

    `op` is empty in a Passage of a tensor that no op made.
    """

    def __init__(self, run: Run, records: Sequence[OpRecord]) -> None:
        self._ops: dict[int, tuple[str | None, Op]] = {}
        self._names: dict[int, str] = {}
        self._calls = {call.id: call for call in run.calls}
        for call in run.calls:
            self._add_ops(call.id, call.ops)
        self._add_ops(None, run.ops)
        for op in run.backward:
            self._add_ops(op.call, [op])
        self._name_leaves(run)
        self._users: dict[int, list[OpRecord]] = defaultdict(list)
        for record in records:
            for tensor in record.inputs:
                self._users[tensor.id].append(record)

    def passage(self, record: OpRecord) -> Passage:
        """The op as a place in the trace."""
        call, op = self._ops.get(record.outputs[0].id, (None, None))
        file, line = (op.file, op.line) if op else (record.location or (None, None))
        return Passage(call, _op_name(record), file, line)

    def position(self, record: OpRecord) -> int:
        """Of the op in the run's order of events."""
        found = self._ops.get(record.outputs[0].id)
        return found[1].position if found else 0

    def user_of(self, tensor: Tensor) -> Passage:
        """Where a tensor that no op made is first used; the op itself is left out."""
        users = self._users.get(tensor.id)
        if not users:
            return Passage(None, "")
        first = self.passage(users[0])
        return Passage(first.call, "", first.file, first.line)

    def element(
        self, tensor: Tensor, index: tuple[int, ...], value: float, name: str = ""
    ) -> Element:
        """One element with the name that people know its tensor by."""
        return Element(self._names.get(tensor.id) or name, tensor.id, index, value)

    def name(self, tensor: Tensor) -> str:
        """An input's or a weight's name, empty for what an op made."""
        return self._names.get(tensor.id, "")

    def description(self, tensor: Tensor) -> str:
        """Its name, or the op that made it and the call in which it did."""
        if tensor.id in self._names:
            return self._names[tensor.id]
        call, op = self._ops.get(tensor.id, (None, None))
        if op is None:
            return "a constant"
        return op.op if call is None else f"{op.op} in {call.partition('#')[0]}"

    def is_given(self, tensor: Tensor) -> bool:
        """Whether it came into the run as an input or a weight."""
        return tensor.id in self._names

    def given_to_call(
        self, record: OpRecord, records: Sequence[OpRecord]
    ) -> tuple[list[Tensor], list[OpRecord]]:
        """The inputs and weights of the call that an op ran in, and the ops up to this one."""
        call = self._calls.get(self.passage(record).call or "")
        if call is None:
            return [], []
        inside = self._inside(call)
        ids = {ref.tensor for ref in call.inputs}
        ids |= {weight.tensor for inner in inside.values() for weight in inner.weights}
        within = [r for r in records[: record.index + 1] if self.passage(r).call in inside]
        tensors = {t.id: t for r in within for t in r.inputs if t.id in ids}
        return list(tensors.values()), within

    def _inside(self, call: Call) -> dict[str, Call]:
        """The call and those that run in it: they begin and end within it."""
        return {
            key: other
            for key, other in self._calls.items()
            if call.start <= other.start and other.end <= call.end
        }

    def chain(self, start: Tensor, records: Sequence[OpRecord]) -> tuple[Passage, ...]:
        """The shortest way from a tensor to the end of the forward pass, one place per call."""
        way = self._way(start, _last_forward(records))
        passages: list[Passage] = []
        for record in way:
            passage = self.passage(record)
            if not passages or passages[-1].call != passage.call or passage.call is None:
                passages.append(passage)
        if len(passages) > _MOST_PASSAGES:
            half = _MOST_PASSAGES // 2
            passages = passages[:half] + passages[-half:]
        return tuple(passages)

    def _way(self, start: Tensor, goals: set[int]) -> list[OpRecord]:
        came: dict[int, OpRecord | None] = {start.id: None}
        waiting = deque([start])
        last: Tensor = start
        while waiting:
            last = waiting.popleft()
            if last.id in goals:
                break
            for record in self._users.get(last.id, ()):
                for output in record.outputs:
                    if output.id not in came and not record.is_backward:
                        came[output.id] = record
                        waiting.append(output)
        return _back_from(last, start, came)

    def _add_ops(self, call: str | None, ops: Iterable[Op]) -> None:
        for op in ops:
            for output in op.outputs:
                if output.tensor is not None:
                    self._ops[output.tensor] = (call, op)

    def _name_leaves(self, run: Run) -> None:
        for call in run.calls:
            for weight in call.weights:
                if weight.tensor is not None:
                    self._names[weight.tensor] = weight.name
        tops = {call.id: call for call in run.calls if call.parent is None}
        arguments = {(e.target, e.argument): e for e in run.edges if e.source is None}
        for top in tops.values():
            names = [argument for target, argument in arguments if target == top.id]
            for place, ref in enumerate(top.inputs):
                if ref.tensor is not None and ref.tensor not in self._ops:
                    name = names[place] if place < len(names) else f"input {place}"
                    self._names[ref.tensor] = f"{name} of {top.name}"


def _back_from(last: Tensor, start: Tensor, came: dict[int, OpRecord | None]) -> list[OpRecord]:
    way: list[OpRecord] = []
    at = last.id
    while at != start.id:
        record = came[at]
        assert record is not None
        way.append(record)
        at = next(tensor.id for tensor in record.inputs if tensor.id in came)
    return way[::-1]


def _last_forward(records: Sequence[OpRecord]) -> set[int]:
    """The tensor that gradients were taken of, if any: what the first backward op follows."""
    for place, record in enumerate(records):
        if record.is_backward and place:
            return {tensor.id for tensor in records[place - 1].outputs}
    return {tensor.id for tensor in records[-1].outputs} if records else set()


def _op_name(record: OpRecord) -> str:
    return record.primitive.name
