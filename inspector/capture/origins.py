"""Which call a tensor came from, through any ops and operators between.

While a run goes on, `Origins` remembers the call that last gave out each tensor. A call that has
not returned yet has given out nothing, so an ancestor is never taken for a source; a call that
wraps others and returns their tensor replaces them. When a call receives a tensor that no call
gave out, the ops that made it are followed back until calls, or the run's inputs, are reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.engine import OpRecord, Tape, Tensor


# Not frozen, like the link: a frozen one costs four times as much, at each call of each layer.
@dataclass(slots=True, eq=False)
class Source:
    """A tensor at which the way back ended: given out by `frame`, or an input of the run.

    first_op: the op record (or Keras operation) that took it first on the way here, None when
        it came directly; `tensor` is what the call gave out (its mask may be lost on the way).
    """

    frame: Frame | None
    tensor_index: int
    tensor: Any
    first_op: OpRecord | Any


@dataclass(slots=True, eq=False)
class Link:
    """An edge in the making: `source` into the argument of the frame that holds it."""

    source: Source
    argument: str
    tensor: Any


class Origins:
    """The givers of tensors in one run."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._given: dict[int, tuple[Frame, int]] = {}
        self._made: dict[int, Frame] = {}
        self._inputs: set[int] = set()
        self._known: dict[int, tuple[Source, ...]] = {}
        self._alive: list[Any] = []

    def enter(self, frame: Frame) -> None:
        """A call received its arguments: link it to where they come from."""
        if frame.parent is None:
            for _, tensor in frame.inputs:
                if _key(tensor) not in self._given and not self._is_computed(tensor):
                    self._inputs.add(_key(tensor))
                    self._alive.append(tensor)
        frame.edges = [
            Link(source, argument, tensor)
            for argument, tensor in frame.inputs
            for source in self.sources(tensor)
        ]

    def leave(self, frame: Frame) -> None:
        """A call returned: it is where its outputs come from now."""
        for index, tensor in enumerate(frame.outputs):
            key = _key(tensor)
            self._given[key] = (frame, index)
            self._made.setdefault(key, frame)
            self._alive.append(tensor)

    def maker(self, tensor: Any) -> Frame | None:
        """The innermost call that gave out this very tensor, if any."""
        return self._made.get(_key(tensor))

    def behind(self, tensor: Any) -> tuple[Source, ...]:
        """Where the tensors come from that the ops that made `tensor` took."""
        walk = self._through_nodes if private.is_symbol(tensor) else self._through_ops
        return tuple(walk(tensor))

    def is_input(self, tensor: Any) -> bool:
        """Whether it came into the run from outside."""
        return _key(tensor) in self._inputs

    def _is_computed(self, tensor: Any) -> bool:
        """Whether this run made it: what an earlier run computed is an input of this one."""
        if isinstance(tensor, Tensor):
            record = tensor.record
            records = self._tape.records
            return (
                record is not None
                and record.index < len(records)
                and records[record.index] is record
            )
        origin = private.origin_of(tensor) if private.is_symbol(tensor) else None
        return origin is not None and bool(private.inputs_of_node(origin[1]))

    def sources(self, tensor: Any) -> tuple[Source, ...]:
        """Where a tensor comes from; empty for weights and constants."""
        direct = self._direct(tensor, None)
        if direct is not None:
            return (direct,)
        key = _key(tensor)
        if key not in self._known:
            walk = self._through_nodes if private.is_symbol(tensor) else self._through_ops
            self._known[key] = tuple(walk(tensor))
        return self._known[key]

    def _direct(self, tensor: Any, first_op: Any) -> Source | None:
        key = _key(tensor)
        given = self._given.get(key)
        if given is not None:
            return Source(given[0], given[1], tensor, first_op)
        return Source(None, 0, tensor, first_op) if key in self._inputs else None

    def _through_ops(self, tensor: Any) -> list[Source]:
        found: list[Source] = []
        seen = {_key(tensor)}
        waiting = [tensor]
        while waiting:
            behind = waiting.pop()
            symbol = getattr(behind, "stands_for", None)
            if symbol is not None:
                found.extend(self.sources(symbol))
            record = getattr(behind, "record", None)
            for part in record.inputs if record is not None else ():
                if part.id in seen:
                    continue
                seen.add(part.id)
                source = self._direct(part, record)
                if source is not None:
                    found.append(source)
                else:
                    waiting.append(part)
        return _in_order(found)

    def _through_nodes(self, symbol: Any) -> list[Source]:
        found: list[Source] = []
        seen = {_key(symbol)}
        waiting = [symbol]
        while waiting:
            origin = private.origin_of(waiting.pop())
            for part in private.inputs_of_node(origin[1]) if origin else ():
                if _key(part) in seen:
                    continue
                seen.add(_key(part))
                source = self._direct(part, origin[0] if origin else None)
                if source is not None:
                    found.append(source)
                else:
                    waiting.append(part)
        return _in_order(found)


def _in_order(found: list[Source]) -> list[Source]:
    """Sources in the order in which their calls returned; run inputs first."""
    return sorted(found, key=lambda source: source.frame.end if source.frame else -1)


def _key(tensor: Any) -> int:
    # Engine tensors have process-wide ids; symbols and arrays are kept alive, so id() is unique.
    return tensor.id if isinstance(tensor, Tensor) else -id(tensor)
