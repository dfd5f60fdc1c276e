"""Run a record again from its op records alone: on new inputs, on changed weights, or as it was.

    replay = Replay(segment.records)
    replay.run()                                       every value once more, to the same bits
    replay.run({x.id: other})                          on another input
    replay.run({w.id: other}, only_changed=True)       only the ops that depend on `w`
    replay.run({x.id: other}, wanted=[y.id])           only the ops that lead to `y`
    Replay(segment.records, fused=True)                on NumPy, chains of ops as one (within 1e-6)

No Keras and no Tensors on the way: the ops' own array functions, one after the other. Random
draws carry their seed, so they draw what was drawn. What was decided in Python while recording
(a branch, a number of turns, a shape read from values) stays as it was decided; where an op
cannot take the changed values because of that, the error names the op.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.engine import array_module, fused_replay, recompute, reuse
from inspector.engine.fused_replay import Unit
from inspector.engine.fusion import needed, unread
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import STRING, Tensor
from inspector.errors import ReplayError

# The values of one replay, by tensor id.
Values = dict[int, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """An op to run: where its operands lie, where its results go, and what is not needed after."""

    record: OpRecord
    forward: Callable[..., Any]
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    many: bool
    constants: dict[str, Any]
    done_with: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Which ops run for one kind of change, which values come from the record, which go out."""

    steps: tuple[_Step, ...]
    kept: tuple[int, ...]
    answers: tuple[int, ...]


class Replay:
    """A record that can be run again; plans are made once per kind of change.

    Raises:
        ReplayError: the record has symbolic ops.
    """

    def __init__(self, records: Iterable[OpRecord], *, fused: bool = False) -> None:
        self._records = tuple(records)
        self._is_fused = fused and array_module.xp is np
        self._tensors: dict[int, Tensor] = {}
        self._makers: dict[int, OpRecord] = {}
        for record in self._records:
            _refuse_symbolic(record)
            self._tensors.update((t.id, t) for t in record.inputs)
            self._tensors.update((t.id, t) for t in record.outputs)
            self._makers.update((t.id, record) for t in record.outputs)
        self._plans: dict[Any, _Plan] = {}

    @property
    def leaves(self) -> tuple[Tensor, ...]:
        """The tensors that no op of the record made: inputs, weights, constants."""
        return tuple(t for key, t in self._tensors.items() if key not in self._makers)

    def run(
        self,
        changes: Mapping[int, Any] | None = None,
        *,
        wanted: Sequence[int] | None = None,
        only_changed: bool = False,
    ) -> Values:
        """The values by tensor id: of all ops that ran, or of the `wanted` ones.

        changes: arrays that take the place of recorded ones, by tensor id.
        only_changed: run only what depends on a change; other values come from the record.

        Raises:
            ReplayError: an id is not in the record, or an op cannot take the changed values.
        """
        values = {key: self._given(key, value) for key, value in (changes or {}).items()}
        plan = self._plan(
            frozenset(values), None if wanted is None else tuple(wanted), only_changed
        )
        for key in plan.kept:
            values[key] = recompute.array_of(self._tensors[key])
        _run(plan.steps, values)
        return {key: values[key] for key in plan.answers}

    def _given(self, key: int, value: Any) -> Any:
        tensor = self._tensor(key)
        if isinstance(value, Tensor):
            value = value.value()
        dtype = None if tensor.dtype is STRING else tensor.dtype
        return array_module.xp.asarray(value, dtype=dtype)

    def _tensor(self, key: int) -> Tensor:
        found = self._tensors.get(key)
        if found is None:
            raise ReplayError(
                f"There is no tensor {key} in this record.",
                fix="Give the id of an input, a weight or an op's output of this very run.",
            )
        return found

    def _plan(
        self, changed: frozenset[int], wanted: tuple[int, ...] | None, only_changed: bool
    ) -> _Plan:
        key = (changed, wanted, only_changed)
        found = self._plans.get(key)
        if found is None:
            for name in wanted or ():
                self._tensor(name)
            found = self._plans[key] = self._made_plan(changed, wanted, only_changed)
        return found

    def _made_plan(
        self, changed: frozenset[int], wanted: tuple[int, ...] | None, only_changed: bool
    ) -> _Plan:
        records = [r for r in self._records if any(t.id not in changed for t in r.outputs)]
        if only_changed:
            records = _downstream(records, changed)
        if wanted is not None:
            records = needed(records, wanted, changed)
        made = {t.id for record in records for t in record.outputs}
        taken = {t.id for record in records for t in record.inputs}
        answers = tuple(wanted) if wanted is not None else tuple(made | (changed & taken))
        given = (taken | set(answers)) - made - changed
        plan: Sequence[OpRecord | Unit] = records
        if self._is_fused:
            plan = fused_replay.fused(records, given, set(answers) | changed)
            given &= {t.id for part in plan for t in part.inputs} | set(answers)
        return _Plan(_steps(plan, set(answers), changed), tuple(given), answers)


def _refuse_symbolic(record: OpRecord) -> None:
    if any(tensor.is_meta for tensor in (*record.inputs, *record.outputs)):
        raise ReplayError(
            f"Op {record.index} ({record.primitive.name}) is symbolic; it has no values.",
            fix="Replay the record of a call on real arrays.",
        )


def _downstream(records: Sequence[OpRecord], changed: frozenset[int]) -> list[OpRecord]:
    reached, found = set(changed), []
    for record in records:
        if any(tensor.id in reached for tensor in record.inputs):
            reached.update(tensor.id for tensor in record.outputs)
            found.append(record)
    return found


def _steps(
    plan: Sequence[OpRecord | Unit], answers: set[int], changed: frozenset[int]
) -> tuple[_Step, ...]:
    """The ops in order, each with the values that nothing after it reads."""
    forwards = _forwards(plan, answers | changed)
    return tuple(
        _Step(
            part.record if isinstance(part, Unit) else part,
            forward,
            tuple(tensor.id for tensor in part.inputs),
            # A changed output of an op that has others as well keeps its changed value.
            tuple(-1 if tensor.id in changed else tensor.id for tensor in part.outputs),
            len(part.outputs) > 1 if isinstance(part, Unit) else part.primitive.many,
            {} if isinstance(part, Unit) else part.constants,
            done_with,
        )
        for part, forward, done_with in zip(plan, forwards, unread(plan, answers), strict=True)
    )


def _forwards(plan: Sequence[OpRecord | Unit], others_read: set[int]) -> list[Callable[..., Any]]:
    """The ops' functions; where nothing else reads an op's first operand, it may be overwritten."""
    readers = Counter(tensor.id for part in plan for tensor in part.inputs)
    free: set[int] = set()
    found = []
    for part in plan:
        if isinstance(part, Unit):
            found.append(part.forward)
        else:
            found.append(reuse.forward_of(part, free))
        if isinstance(part, Unit) or reuse.makes_new(part.primitive):
            made = {tensor.id for tensor in part.outputs}
            free |= {key for key in made - others_read if readers[key] == 1}
    return found


def _run(steps: Sequence[_Step], values: Values) -> None:
    xp = array_module.xp
    array = xp.ndarray
    for step in steps:
        try:
            made = step.forward(xp, *[values[key] for key in step.sources], **step.constants)
        except Exception as error:
            operands = [values[key] for key in step.sources]
            raise recompute.explained(step.record, operands, error) from error
        if step.many:
            for key, part in zip(step.targets, made, strict=True):
                values[key] = part if type(part) is array else xp.asarray(part)
            values.pop(-1, None)
        else:
            values[step.targets[0]] = made if type(made) is array else xp.asarray(made)
        for key in step.done_with:
            del values[key]
