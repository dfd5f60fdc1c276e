"""Tensors whose array was let go, and how they get it back from the record.

A dropped tensor stays the very object it was (traces, masks and user code know it by identity);
only its class changes, so that reading `data` computes the array again, to the same bits. It is
therefore never taken for a symbolic tensor, whose `data` is None, and ops on plain tensors pay
nothing for it.

    drop(tensor, recipe)    let the array go
    array_of(tensor)        its array, computed again if need be
    tensor.data             the same, and from then on it has it again
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from inspector.engine import array_module
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor
from inspector.errors import OutOfMemory, ReplayError

# Where a Tensor keeps its array; a dropped one keeps its recipe there.
_slot: Any = Tensor.__dict__["data"]


class Recipe:
    """Which output of which op a dropped tensor is, and who wants to know when it is back.

    on_restore: a weak reference, so that a tensor that outlives its run does not keep the run.
    """

    __slots__ = ("on_restore", "position", "record")

    def __init__(
        self,
        record: OpRecord,
        position: int,
        on_restore: Callable[[], Callable[[Tensor, Recipe], None] | None],
    ) -> None:
        self.record = record
        self.position = position
        self.on_restore = on_restore


class DroppedTensor(Tensor):
    """A tensor whose array was let go; whoever reads `data` gets it back."""

    __slots__ = ()

    @property
    def data(self) -> Any:
        recipe: Recipe = _slot.__get__(self)
        array = array_of(self)
        _slot.__set__(self, array)
        self.__class__ = Tensor  # type: ignore[assignment]  # it has the same layout
        told = recipe.on_restore()
        if told is not None:
            told(self, recipe)
        return array

    @property
    def is_meta(self) -> bool:
        return False


def is_dropped(tensor: Tensor) -> bool:
    """Whether its array was let go and would be computed again."""
    return type(tensor) is DroppedTensor


def drop(tensor: Tensor, recipe: Recipe) -> None:
    """Let the array of a plain tensor go."""
    _slot.__set__(tensor, recipe)
    tensor.__class__ = DroppedTensor


def array_of(tensor: Tensor) -> Any:
    """Its array; of a dropped tensor computed again, without giving it back to the tensor."""
    recipe = _recipe_of(tensor)
    if recipe is None:
        return tensor.data
    order, uses = _needed(recipe.record)
    made: dict[int, tuple[Any, ...]] = {}
    for record in order:
        operands = [_operand(part, made) for part in record.inputs]
        made[id(record)] = _outputs(record, operands)
        for part in record.inputs:
            _used(part, uses, made)
    return made[id(recipe.record)][recipe.position]


def explained(record: OpRecord, operands: Sequence[Any], error: Exception) -> Exception:
    """The error of an op that was run again, naming the op and its operands."""
    shapes = ", ".join(f"{array.shape} {array.dtype}" for array in operands)
    name = f"Op {record.index} ({record.function or record.primitive.name})"
    if isinstance(error, MemoryError):
        return OutOfMemory(
            f"{name}, run again: {error}. Operands: {shapes}.",
            fix="Use a smaller batch or a smaller layer.",
        )
    return ReplayError(
        f"{name} cannot be run again on these values: {error} (operands: {shapes}).",
        fix="Its shapes or its place in the run were decided by the recorded values: run the "
        "model itself on the new ones.",
    )


def _recipe_of(tensor: Tensor) -> Recipe | None:
    return _slot.__get__(tensor) if type(tensor) is DroppedTensor else None


def _needed(record: OpRecord) -> tuple[list[OpRecord], Counter[int]]:
    """The ops to run for `record`, in order, and how often each one's outputs are read.

    Iterative: a chain of dropped tensors can be longer than Python's stack.
    """
    order: list[OpRecord] = []
    uses: Counter[int] = Counter()
    seen: set[int] = set()
    waiting = [(record, False)]
    while waiting:
        current, is_ready = waiting.pop()
        if is_ready:
            order.append(current)
        if is_ready or id(current) in seen:
            continue
        seen.add(id(current))
        waiting.append((current, True))
        for part in current.inputs:
            recipe = _recipe_of(part)
            if recipe is None:
                continue
            uses[id(recipe.record)] += 1
            if id(recipe.record) not in seen:
                waiting.append((recipe.record, False))
    return order, uses


def _operand(tensor: Tensor, made: dict[int, tuple[Any, ...]]) -> Any:
    recipe = _recipe_of(tensor)
    return tensor.data if recipe is None else made[id(recipe.record)][recipe.position]


def _outputs(record: OpRecord, operands: list[Any]) -> tuple[Any, ...]:
    xp = array_module.xp
    try:
        made = record.primitive.forward(xp, *operands, **record.constants)
    except Exception as error:
        raise explained(record, operands, error) from error
    parts = made if record.primitive.many else (made,)
    return tuple(part if type(part) is xp.ndarray else xp.asarray(part) for part in parts)


def _used(tensor: Tensor, uses: Counter[int], made: dict[int, tuple[Any, ...]]) -> None:
    """Let go of what was computed on the way as soon as nothing needs it any more."""
    recipe = _recipe_of(tensor)
    if recipe is not None:
        uses[id(recipe.record)] -= 1
        if not uses[id(recipe.record)]:
            del made[id(recipe.record)]
