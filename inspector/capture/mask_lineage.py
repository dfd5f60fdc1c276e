"""What masks are made of and where they go: their arithmetic, followed along the tape.

A mask is rarely used as it is: it is cast, sliced, expanded, joined with another one. `Lineage`
walks back from such a tensor to the masks behind it, and forward to the first op that takes it
together with what is no mask: that op is where the mask has its effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor

# Ops that make a truth out of numbers: what they are given is no mask.
_COMPARISONS = frozenset(
    {"equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "isnan", "isfinite"}
)
_FAR = 200


class Lineage:
    """The arithmetic of masks in one run."""

    def __init__(self, context: RunContext) -> None:
        self._origins = context.origins
        self._consumers: dict[int, list[OpRecord]] = defaultdict(list)
        for record in context.tape.records:
            if not record.is_backward:
                for tensor in record.inputs:
                    self._consumers[tensor.id].append(record)

    def consumers(self, tensor: Any) -> list[OpRecord]:
        """The forward ops that take this very tensor."""
        return self._consumers.get(tensor.id, []) if isinstance(tensor, Tensor) else []

    def roots(self, mask: Any, known: Container[Any]) -> list[Any]:
        """The nearest known masks (by `key_of`) that a mask was made of; itself if it is one."""
        found: list[Any] = []
        seen = {key_of(mask)}
        waiting = [mask]
        while waiting and len(seen) < _FAR:
            tensor = waiting.pop()
            if key_of(tensor) in known:
                found.append(tensor)
                continue
            for part in self._behind(tensor):
                if key_of(part) not in seen:
                    seen.add(key_of(part))
                    waiting.append(part)
        return found

    def ops_behind(self, mask: Any) -> set[str]:
        """The names of the ops that a mask was made by."""
        names: set[str] = set()
        waiting, seen = [mask], {key_of(mask)}
        while waiting and len(seen) < _FAR:
            record = getattr(waiting.pop(), "record", None)
            if record is None:
                continue
            names.add(record.primitive.name)
            for part in record.inputs:
                if part.id not in seen and self._origins.maker(part) is None:
                    seen.add(part.id)
                    waiting.append(part)
        return names

    def use(self, mask: Any, within: Callable[[OpRecord], bool]) -> OpRecord | None:
        """The first op that takes the mask, or what is made of it, together with other values."""
        found: list[OpRecord] = []
        derived = {key_of(mask)}
        waiting = [mask]
        while waiting and len(derived) < _FAR:
            for record in self.consumers(waiting.pop()):
                if not within(record):
                    continue
                if not self._is_arithmetic(record, derived):
                    found.append(record)
                    continue
                for output in record.outputs:
                    if output.id not in derived:
                        derived.add(output.id)
                        waiting.append(output)
        return min(found, key=lambda record: record.index, default=None)

    def _behind(self, tensor: Any) -> list[Any]:
        if private.is_symbol(tensor):
            return _symbols_behind(tensor)
        record = getattr(tensor, "record", None)
        if record is None or self._origins.maker(tensor) is not None:
            return []
        if record.primitive.name in _COMPARISONS and not _has_truths(record):
            return []
        return list(record.inputs)

    def _is_arithmetic(self, record: OpRecord, derived: set[Any]) -> bool:
        """Whether an op only makes another mask of a mask."""
        if all(str(output.dtype) == "bool" for output in record.outputs):
            return True
        return all(
            tensor.id in derived or (tensor.record is None and not self._origins.is_input(tensor))
            for tensor in record.inputs
        )


def key_of(tensor: Any) -> Any:
    """What tells one tensor of a run from another: engine tensors and symbols alike."""
    return tensor.id if isinstance(tensor, Tensor) else -id(tensor)


def same_values(first: Any, second: Any) -> bool:
    """Whether two masks keep the same entries; False where one has no values."""
    if not isinstance(first, Tensor) or not isinstance(second, Tensor):
        return False
    if first.is_meta or second.is_meta or first.shape != second.shape:
        return False
    return bool((first.data == second.data).all())


def _has_truths(record: OpRecord) -> bool:
    return any(str(tensor.dtype) == "bool" for tensor in record.inputs)


def _symbols_behind(symbol: Any) -> list[Any]:
    origin = private.origin_of(symbol)
    if origin is None or private.is_layer(origin[0]):
        return []
    return private.inputs_of_node(origin[1])
