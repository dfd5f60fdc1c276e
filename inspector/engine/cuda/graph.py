"""A replay captured as one CUDA graph: one launch runs every kernel of a record again.

    replay = GraphReplay(segment.records, given=[x.id], wanted=[y.id])
    replay.run({x.id: other})[y.id]          y for another x

Shapes, weights and everything that Python decided stay as recorded; `given` tensors are copied
into buffers of the graph before each launch. The captured run has a memory pool of its own, which
nobody else may take from, since a launch writes to the same addresses every time. With `fused`,
chains of elementwise ops run as generated kernels, within 1e-6 of the ops.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.engine import array_module, recompute
from inspector.engine.cuda import blas, checks, dnn, fused
from inspector.engine.fusion import Chain, needed, planned, unread
from inspector.engine.tape import OpRecord
from inspector.errors import ReplayError

Values = dict[int, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """An op or a chain to run: its operands, its results, and what nobody reads after it."""

    record: OpRecord
    run: Callable[..., tuple[Any, ...]]
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    done_with: tuple[int, ...]


class GraphReplay:
    """A record on a GPU that runs again by a single launch.

    Raises:
        ReplayError: an op waits for the device, which a graph cannot do.
    """

    def __init__(
        self,
        records: Sequence[OpRecord],
        *,
        given: Sequence[int],
        wanted: Sequence[int],
        use_fusion: bool = False,
    ) -> None:
        xp = array_module.xp
        ordered = needed(records, wanted, given)
        _refuse_draws(ordered)
        plan = planned(ordered, wanted, fused.may_join if use_fusion else lambda record: False)
        self._steps = _steps(plan, {*wanted, *given})
        self._wanted = tuple(wanted)
        tensors = {t.id: t for record in ordered for t in record.inputs}
        made = {t.id for record in ordered for t in record.outputs}
        self._given = {key: recompute.array_of(tensors[key]).copy() for key in given}
        leaves = tensors.keys() - made - self._given.keys()
        self._leaves = {key: recompute.array_of(tensors[key]) for key in leaves}
        self._ordered: dict[int, Any] = {id(array): None for array in self._leaves.values()}
        self._stream, self._pool = xp.cuda.Stream(non_blocking=True), xp.cuda.MemoryPool()
        xp.cuda.get_current_stream().synchronize()
        allocating = xp.cuda.using_allocator(self._pool.malloc)
        with allocating, self._stream, dnn.constant(self._ordered):
            # Twice: the first run compiles, makes plans and fills the pool.
            self._products = blas.Capturable(xp, self._stream)
            with checks.postponed():
                self._run(self._products)
            self._stream.synchronize()
            self._capture(xp)

    @property
    def kernels(self) -> int:
        """How many ops and chains a launch runs."""
        return len(self._steps)

    def run(self, changes: Mapping[int, Any]) -> Values:
        """The wanted values for other given ones: copies, the next run writes over its own.

        Raises:
            ReplayError: an id was not given when this replay was made.
            IndexError: a gather met an index that is out of range.
        """
        xp = array_module.xp
        for key, value in changes.items():
            if key not in self._given:
                raise ReplayError(
                    f"Tensor {key} is no input of this captured replay.",
                    fix="Capture it again with this tensor among the given ones.",
                )
            self._given[key][...] = xp.asarray(value, dtype=self._given[key].dtype)
        xp.cuda.get_current_stream().synchronize()
        self.launch()
        self._stream.synchronize()
        checks.settle(self._checks)
        return {key: self._outputs[key].copy() for key in self._wanted}

    def launch(self) -> None:
        """Start the graph on what the buffers hold, and return before it has ended."""
        self._graph.launch(self._stream)

    def _capture(self, xp: Any) -> None:
        self._stream.begin_capture()
        try:
            with checks.postponed() as self._checks, _no_uploads(xp):
                self._outputs = self._run(self._products)
        except ReplayError:
            with contextlib.suppress(Exception):  # CUDA says again that this capture failed
                self._stream.end_capture()
            raise
        self._graph = self._stream.end_capture()

    def _run(self, xp: Any) -> Values:
        values = {**self._leaves, **self._given}
        for step in self._steps:
            try:
                made = step.run(xp, *[values[key] for key in step.sources])
            except Exception as error:
                raise ReplayError(
                    f"Op {step.record.index} ({step.record.primitive.name}) cannot be part of a "
                    f"CUDA graph: {error}",
                    fix="Replay it without a graph (`Replay`).",
                ) from error
            values.update(zip(step.targets, made, strict=True))
            for key in step.done_with:
                del values[key]
        return {key: values[key] for key in self._wanted}


@contextlib.contextmanager
def _no_uploads(xp: Any) -> Iterator[None]:
    """Let ops that upload fail inside.

    CuPy does not: it would copy from staging memory that it uses again before the next launch, and
    wait for an event that belongs to the graph at every upload after that.
    """

    def refuse(size: int) -> Any:
        raise ReplayError(
            f"it uploads {size} bytes from the host.",
            fix="Replay it without a graph (`Replay`).",
        )

    xp.cuda.set_pinned_memory_allocator(refuse)
    try:
        yield
    finally:
        xp.cuda.set_pinned_memory_allocator(xp.get_default_pinned_memory_pool().malloc)


def _refuse_draws(records: Sequence[OpRecord]) -> None:
    # They are drawn on the host; a graph would upload from where they lay once.
    for record in records:
        if record.primitive.name.startswith("random_"):
            raise ReplayError(
                f"Op {record.index} ({record.primitive.name}) draws numbers on the host, which "
                f"cannot be part of a CUDA graph.",
                fix="Capture a forward pass with training=False.",
            )


def _steps(plan: Sequence[OpRecord | Chain], kept: set[int]) -> tuple[_Step, ...]:
    return tuple(
        _Step(
            part.records[-1] if isinstance(part, Chain) else part,
            fused.runner(part) if isinstance(part, Chain) else _alone(part),
            tuple(tensor.id for tensor in part.inputs),
            tuple(tensor.id for tensor in part.outputs),
            done_with,
        )
        for part, done_with in zip(plan, unread(plan, kept), strict=True)
    )


def _alone(record: OpRecord) -> Callable[..., tuple[Any, ...]]:
    def run(xp: Any, *arrays: Any) -> tuple[Any, ...]:
        made = record.primitive.forward(xp, *arrays, **record.constants)
        parts = made if record.primitive.many else (made,)
        return tuple(part if type(part) is xp.ndarray else xp.asarray(part) for part in parts)

    return run
