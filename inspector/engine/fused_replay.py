"""Chains of ops of a replay on NumPy, so that what lies between them stays in the cache.

    fused(records, constant, kept)    the records, with each chain that gains by it made one Unit

What may run as one is `fusion.py`'s plan. Here a chain begins with a convolution, a matrix product
or an elementwise op on a large array and goes on through elementwise ops and batch normalizations.
It runs block of rows by block of rows: each block goes through the whole chain before the next
begins. Batch normalizations right after a convolution or product are multiplied into a copy of its
weights; only there do values differ from those of a plain replay, in the last digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.engine import correlation, recompute
from inspector.engine.fusion import Chain, planned
from inspector.engine.row_blocks import BLOCK, Chained, Link, add_row, links_of, slope_and_offset
from inspector.engine.rules import Shape
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor

_HEADS = frozenset({"conv", "matmul"})


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Ops that run as one, of which `record` is the last; several outputs come as a tuple."""

    record: OpRecord
    forward: Callable[..., Any]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def fused(records: Sequence[OpRecord], constant: set[int], kept: set[int]) -> list[OpRecord | Unit]:
    """The records in an order that gives the same values, chains at the places of their last ops.

    constant: ids of tensors that have their recorded value all through the replay.
    kept:     ids of tensors that are read after the last record.
    """

    def may_join(record: OpRecord) -> bool:
        return _may_join(record, constant)

    def may_begin(record: OpRecord) -> bool:
        made = record.outputs[0]
        return _is_head(record) or (may_join(record) and made.ndim > 1 and made.size > BLOCK)

    found: list[OpRecord | Unit] = []
    for part in planned(records, kept, may_join, may_begin):
        if not isinstance(part, Chain):
            found.append(part)
        elif _gains(part):
            found.append(_unit(part, constant))
        else:
            found += part.records
    return found


def _gains(chain: Chain) -> bool:
    """Whether something need not travel to main memory; one block stays in the cache anyway."""
    large = chain.outputs[0].size > BLOCK
    return large or any(record.primitive.name == "batch_norm" for record in chain.records)


def _is_float(made: Tensor) -> bool:
    return made.dtype in (np.float32, np.float64) and made.size > 0


def _is_head(record: OpRecord) -> bool:
    made, name = record.outputs[0], record.primitive.name
    if name not in _HEADS or not _is_float(made) or made.ndim < 2:
        return False
    same = all(tensor.dtype == made.dtype for tensor in record.inputs)
    return same and (name == "conv" or record.inputs[1].ndim == 2)


def _may_join(record: OpRecord, constant: set[int]) -> bool:
    made = record.outputs[0]
    if len(record.outputs) > 1 or not _is_float(made):
        return False
    if record.primitive.name == "batch_norm":
        is_last = record.constants["axis"] in (-1, made.ndim - 1)
        return is_last and all(tensor.id in constant for tensor in record.inputs[1:])
    return record.primitive.elementwise and all(
        tensor.dtype == made.dtype and _fits(tensor, made) for tensor in record.inputs
    )


def _fits(tensor: Tensor, made: Tensor) -> bool:
    """Whether it has the result's shape, or is one row or one number for all of its rows."""
    return tensor.shape == made.shape or tensor.size == 1 or _is_row(tensor, made)


def _is_row(tensor: Tensor, made: Tensor) -> bool:
    return tensor.ndim > 0 and tensor.size == tensor.shape[-1] == made.shape[-1]


def _unit(chain: Chain, constant: set[int]) -> Unit:
    head = next((record for record in chain.records if _is_head(record)), None)
    rest = [record for record in chain.records if record is not head]
    inside = {tensor.id for record in chain.records for tensor in record.outputs}
    outside = [tensor.id for tensor in chain.outputs]
    weights, links = None, []
    own: tuple[Tensor, ...] = () if head is None else head.inputs
    if head is not None and (absorbed := _absorbable(head, rest, chain, constant)):
        weights, shift = _absorbed(head, absorbed)
        own, rest = own[:1], [record for record in rest if record not in absorbed]
        after = absorbed[-1].outputs[0].id
        links = [Link(add_row, (head.outputs[0].id,), after, (shift,))]
    links += links_of(rest, inside, set(outside))
    chained = Chained(links, None if head is None else head.outputs[0].id, outside)
    others = [tensor for tensor in chain.inputs if tensor.id in chained.reads]
    inputs = tuple({tensor.id: tensor for tensor in (*own, *others)}.values())
    forward = _Forward(head, weights, chained, inputs, chain.outputs)
    return Unit(chain.records[-1], forward, inputs, chain.outputs)


def _absorbable(
    head: OpRecord, rest: Sequence[OpRecord], chain: Chain, constant: set[int]
) -> list[OpRecord]:
    """The ops right after the head that its weights can take: up to the last normalization."""
    kernel, made = head.inputs[1], head.outputs[0]
    if kernel.id not in constant or head.inputs[0].id in constant:
        return []
    outside = {tensor.id for tensor in chain.outputs}
    found: list[OpRecord] = []
    while made.id not in outside:
        readers = [record for record in rest if any(t is made for t in record.inputs)]
        if len(readers) != 1 or not _is_affine(readers[0], constant):
            break
        found += readers
        made = readers[0].outputs[0]
    while found and found[-1].primitive.name != "batch_norm":
        found.pop()
    return found


def _is_affine(record: OpRecord, constant: set[int]) -> bool:
    """Whether it multiplies and adds a constant row."""
    rows = [tensor for tensor in record.inputs if tensor.id in constant]
    is_sum = record.primitive.name == "add" and len(rows) == 1
    return record.primitive.name == "batch_norm" or (is_sum and _is_row(rows[0], record.outputs[0]))


def _absorbed(head: OpRecord, ops: Sequence[OpRecord]) -> tuple[Any, Any]:
    """The head's weights with these ops multiplied in, and the row that is left to add."""
    made = head.outputs[0]
    scale, shift = np.ones(made.shape[-1]), np.zeros(made.shape[-1])
    before = made
    for record in ops:
        if record.primitive.name == "batch_norm":
            slope, offset = slope_and_offset(record)
            scale, shift = scale * slope, shift * slope + offset
        else:
            row = next(tensor for tensor in record.inputs if tensor is not before)
            shift = shift + recompute.array_of(row).reshape(-1)
        before = record.outputs[0]
    weights = recompute.array_of(head.inputs[1]) * scale
    return weights.astype(made.dtype), shift.astype(made.dtype)


class _Forward:
    """Runs a chain; called like a primitive's forward, with the arrays of its unit's inputs."""

    def __init__(
        self,
        head: OpRecord | None,
        weights: Any,
        chained: Chained,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
    ) -> None:
        self._head = head
        self._weights = weights
        self._chained = chained
        self._inputs = tuple(tensor.id for tensor in inputs)
        self._dtypes = tuple(tensor.dtype for tensor in outputs)

    def __call__(self, xp: Any, *arrays: Any) -> Any:
        given = dict(zip(self._inputs, arrays, strict=True))
        head = self._head
        made = self._alone(given) if head is None else self._after(head, given)
        return made if len(made) > 1 else made[0]

    def _after(self, head: OpRecord, given: dict[int, Any]) -> tuple[Any, ...]:
        x, constants = given[head.inputs[0].id], head.constants
        w = given[head.inputs[1].id] if self._weights is None else self._weights
        is_product = head.primitive.name == "matmul"
        shape: Shape = (*x.shape[:-1], w.shape[-1])
        if not is_product:
            shape = head.primitive.shape(x.shape, w.shape, **constants)
        others = [np.empty(shape, dtype) for dtype in self._dtypes[:-1]]
        change = self._chained.change(given, shape, others)
        if is_product:
            rows = np.ascontiguousarray(x).reshape(-1, x.shape[-1])
            last = correlation.finished_product(rows, w, change).reshape(shape)
        else:
            how = (constants[key] for key in ("strides", "padding", "dilation", "groups"))
            last = correlation.forward(np, x, w, shape, tuple(how), change)
        return (*others, last)

    def _alone(self, given: dict[int, Any]) -> tuple[Any, ...]:
        shape = np.broadcast_shapes(*[array.shape for array in given.values()])
        *others, last = made = tuple(np.empty(shape, dtype) for dtype in self._dtypes)
        self._chained.change(given, shape, others)(last.reshape(-1, shape[-1]), 0)
        return made
