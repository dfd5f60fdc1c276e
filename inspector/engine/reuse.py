"""Ops of a replay that may write their result over their first operand: same bits, less memory.

Only where nothing else can see that operand: the replay made it itself, by an op that answers with
memory of its own, and this op is its one reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Set
from typing import Any

from inspector.engine.primitive import Primitive
from inspector.engine.rules import Shape
from inspector.engine.tape import OpRecord

# Ops whose result shares no memory with an operand.
_NEW = frozenset(
    {"add", "batch_norm", "conv", "divide", "layer_norm", "matmul", "multiply", "relu"}
    | {"scale_shift", "subtract"}
)


def _binary(name: str) -> Callable[..., Any]:
    def forward(xp: Any, a: Any, b: Any) -> Any:
        function = getattr(xp, name)
        fits = _fits_in(b.shape, a.shape)
        return function(a, b, out=a) if fits else function(a, b)

    return forward


def _fits_in(shape: Shape, whole: Shape) -> bool:
    """Whether an operand of `shape` broadcasts to `whole` and adds nothing to it."""
    if len(shape) > len(whole):
        return False
    return all(n in (1, m) for m, n in zip(whole[::-1], shape[::-1], strict=False))


def relu(xp: Any, x: Any) -> Any:
    """Max(x, 0) over x."""
    return xp.clip(x, 0, math.inf, out=x)


_OVER_FIRST: dict[str, Callable[..., Any]] = {
    **{name: _binary(name) for name in ("add", "divide", "multiply", "subtract")},
    "relu": relu,
}


def makes_new(primitive: Primitive) -> bool:
    """Whether its result shares no memory with an operand."""
    return primitive.name in _NEW


def forward_of(record: OpRecord, free: Set[int]) -> Callable[..., Any]:
    """The op's function, over its first operand if that is among the free ones."""
    over = _OVER_FIRST.get(record.primitive.name)
    if over is None or record.inputs[0].id not in free:
        return record.primitive.forward
    first, made = record.inputs[0], record.outputs[0]
    fits = first.shape == made.shape and first.dtype == made.dtype and made.dtype.kind == "f"
    return over if fits and not record.constants else record.primitive.forward
