"""Ops of a replay on the CPU that run as one, so that what lies between them stays in the cache.

    fused(records, kept, single)    the records, with each chain among them made one Unit

A chain begins with a convolution, a matrix product or an elementwise op and goes on through
elementwise ops and batch normalizations, each the only reader of what came before. It runs block
of rows by block of rows: each block goes through the whole chain before the next begins. Batch
normalizations right after a convolution or product are multiplied into a copy of its weights;
only there do values differ from those of a plain replay, in the last digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.engine import correlation, pool, recompute, reuse
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor

# Changes a block of rows in place, given the same rows of its other operands.
Change = Callable[..., None]

# Elements of a block: 256 KB of float32, which fits the second-level cache.
_BLOCK = 1 << 16
# Rows of operands are repeated to this length: short rows make slow loops.
_WIDE = 1 << 10


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Ops that run as one; `record` is the last of them, whose output comes out."""

    record: OpRecord
    forward: Callable[..., Any]
    inputs: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    """One op of a chain: `change` takes the block and the op's other operands.

    others: tensors, or arrays that never change.
    """

    change: Change
    others: tuple[Any, ...]


def fused(records: Sequence[OpRecord], kept: set[int], single: set[int]) -> list[OpRecord | Unit]:
    """The records in an order that gives the same values, chains at the places of their last ops.

    kept:   ids of tensors that have their recorded value all through the replay.
    single: ids of tensors that nobody reads but these records.
    """
    readers = Counter(tensor.id for record in records for tensor in record.inputs)
    reader = {tensor.id: record for record in records for tensor in record.inputs}
    taken: set[int] = set()
    ends: dict[int, Unit] = {}
    for record in records:
        chain = [record] if id(record) not in taken and _may_begin(record) else []
        while chain:
            made = chain[-1].outputs[0]
            after = reader.get(made.id) if made.id in single and readers[made.id] == 1 else None
            if after is None or id(after) in taken or not _may_follow(after, made, kept):
                break
            chain.append(after)
        if len(chain) > 1:
            taken.update(map(id, chain))
            ends[id(chain[-1])] = _unit(chain, kept)
    return [ends.get(id(r), r) for r in records if id(r) not in taken or id(r) in ends]


def _may_begin(record: OpRecord) -> bool:
    made, primitive = record.outputs[0], record.primitive
    if made.dtype not in (np.float32, np.float64) or made.ndim < 2 or not made.size:
        return False
    if any(tensor.dtype != made.dtype for tensor in record.inputs):
        return False
    if primitive.name == "matmul":
        return record.inputs[1].ndim == 2
    if primitive.name == "conv":
        return True
    is_large = primitive.elementwise and made.size > _BLOCK
    return is_large and all(_fits(tensor, made) for tensor in record.inputs)


def _may_follow(record: OpRecord, before: Tensor, kept: set[int]) -> bool:
    made = record.outputs[0]
    if made.shape != before.shape or made.dtype != before.dtype:
        return False
    others = [tensor for tensor in record.inputs if tensor is not before]
    if record.primitive.name == "batch_norm":
        is_last = record.constants["axis"] in (-1, made.ndim - 1)
        return record.inputs[0] is before and is_last and all(t.id in kept for t in others)
    return record.primitive.elementwise and all(
        tensor.dtype == made.dtype and _fits(tensor, made) for tensor in others
    )


def _fits(tensor: Tensor, made: Tensor) -> bool:
    """Whether it has the result's shape, or is one row or one number for all of its rows."""
    return tensor.shape == made.shape or tensor.size == 1 or _is_row(tensor, made)


def _is_row(tensor: Tensor, made: Tensor) -> bool:
    return tensor.ndim > 0 and tensor.size == tensor.shape[-1] == made.shape[-1]


def _unit(chain: list[OpRecord], kept: set[int]) -> Unit:
    first, rest = chain[0], chain[1:]
    made = first.outputs[0]
    weights: Any = None
    links: list[_Link] = []
    if first.primitive.name in ("conv", "matmul"):
        weights, links, rest = _absorbed(first, rest, kept)
    before = first.outputs[0]
    for record in chain[1:]:
        if record in rest:
            links.append(_link(record, before))
        before = record.outputs[0]
    own = first.inputs if weights is None else first.inputs[:1]
    others = [t for link in links for t in link.others if isinstance(t, Tensor)]
    inputs = tuple({tensor.id: tensor for tensor in (*own, *others)}.values())
    return Unit(chain[-1], _Chain(first, made, weights, links, inputs), inputs)


def _absorbed(
    first: OpRecord, rest: list[OpRecord], kept: set[int]
) -> tuple[Any, list[_Link], list[OpRecord]]:
    """The weights with the batch normalizations right after multiplied in, and what is left."""
    made, last = first.outputs[0], -1
    for place, record in enumerate(rest):
        others = [t for t in record.inputs if t.id in kept]
        if record.primitive.name == "batch_norm":
            last = place
        elif not (record.primitive.name == "add" and len(others) == 1 and _is_row(others[0], made)):
            break
    kernel = first.inputs[1]
    if last < 0 or kernel.id not in kept or first.inputs[0].id in kept:
        return None, [], rest
    scale, shift = np.ones(made.shape[-1]), np.zeros(made.shape[-1])
    for record in rest[: last + 1]:
        if record.primitive.name == "batch_norm":
            slope, offset = _slope_and_offset(record)
            scale, shift = scale * slope, shift * slope + offset
        else:
            row = next(t for t in record.inputs if t.id in kept)
            shift = shift + recompute.array_of(row).reshape(-1)
    weights = (recompute.array_of(kernel) * scale).astype(made.dtype)
    return weights, [_Link(_add, (shift.astype(made.dtype),))], rest[last + 1 :]


def _slope_and_offset(record: OpRecord) -> tuple[Any, Any]:
    """What a batch normalization multiplies by and adds, per channel in float64."""
    mean, variance, *others = (
        recompute.array_of(tensor).reshape(-1).astype(np.float64) for tensor in record.inputs[1:]
    )
    slope = 1.0 / np.sqrt(variance + record.constants["epsilon"])
    if record.constants["has_scale"]:
        slope = slope * others[0]
    return slope, (others[-1] if record.constants["has_offset"] else 0.0) - mean * slope


def _link(record: OpRecord, before: Tensor) -> _Link:
    name, first = record.primitive.name, record.inputs[0] is before
    others = tuple(tensor for tensor in record.inputs if tensor is not before)
    dtype = record.outputs[0].dtype
    if name == "batch_norm":
        slope, offset = (part.astype(dtype) for part in _slope_and_offset(record))
        return _Link(_scale, (slope, offset))
    if len(others) == 1 and (first or name in ("add", "multiply")):
        function = {"add": np.add, "multiply": np.multiply, "subtract": np.subtract}.get(name)
        if function is not None:
            return _Link(lambda block, other: function(block, other, out=block), others)
    if name == "relu" and not record.constants:
        return _Link(lambda block: reuse.relu(np, block), ())
    places = [tensor is before for tensor in record.inputs]
    forward, constants = record.primitive.forward, record.constants

    def change(block: Any, *operands: Any) -> None:
        waiting = iter(operands)
        block[...] = forward(np, *[block if own else next(waiting) for own in places], **constants)

    return _Link(change, others)


def _add(block: Any, row: Any) -> None:
    block += row


def _scale(block: Any, slope: Any, offset: Any) -> None:
    block *= slope
    block += offset


class _Chain:
    """Runs a chain; called like a primitive's forward, with the arrays of its unit's inputs."""

    def __init__(
        self,
        first: OpRecord,
        made: Tensor,
        weights: Any,
        links: Sequence[_Link],
        inputs: Sequence[Tensor],
    ) -> None:
        self._first = first
        self._made = made
        self._weights = weights
        self._links = links
        self._places = {tensor.id: place for place, tensor in enumerate(inputs)}

    def __call__(self, xp: Any, *arrays: Any) -> Any:
        first, shape = self._first, self._made.shape
        operands = [arrays[self._places[t.id]] for t in first.inputs if t.id in self._places]
        if self._weights is not None:
            operands = [operands[0], self._weights]
        leading = operands[0].shape[: len(shape) - 1]
        name = first.primitive.name
        if name == "matmul":
            shape = (*leading, shape[-1])
            rows = np.ascontiguousarray(operands[0]).reshape(-1, operands[0].shape[-1])
            finish = self._finish(arrays, shape)
            return correlation.finished_product(rows, operands[1], finish).reshape(shape)
        if name == "conv":
            own = first.constants
            how = own["strides"], own["padding"], own["dilation"], own["groups"]
            shape = first.primitive.shape(*[a.shape for a in operands], **own)
            finish = self._finish(arrays, shape)
            return correlation.forward(np, operands[0], operands[1], shape, how, finish)
        return self._elementwise(arrays, operands)

    def _elementwise(self, arrays: Sequence[Any], operands: Sequence[Any]) -> Any:
        shape = np.broadcast_shapes(*[operand.shape for operand in operands])
        readers = [_reader(operand, shape) for operand in operands]
        finish = self._finish(arrays, shape)
        out = np.empty((_rows(shape), shape[-1]), self._made.dtype)
        forward, constants = self._first.primitive.forward, self._first.constants
        step = max(1, _BLOCK // shape[-1])

        def fill(rows: slice) -> None:
            parts = [read(rows.start, rows.stop, 1) for read in readers]
            out[rows] = forward(np, *parts, **constants)
            finish(out[rows], rows.start)

        pool.each_block(len(out), step, fill)
        return out.reshape(shape)

    def _finish(self, arrays: Sequence[Any], shape: tuple[int, ...]) -> correlation.Finish:
        links = [
            (
                link.change,
                [
                    _reader(arrays[self._places[o.id]] if isinstance(o, Tensor) else o, shape)
                    for o in link.others
                ],
            )
            for link in self._links
        ]
        width = shape[-1]
        fold = max(1, _WIDE // width)
        step = max(1, _BLOCK // (width * fold)) * fold

        def finish(part: Any, begin: int) -> None:
            def change_block(rows: slice) -> None:
                block = part[rows]
                many = fold if len(block) % fold == 0 else 1
                wide = block.reshape(-1, many * width)
                start = begin + rows.start
                for change, readers in links:
                    change(wide, *[read(start, start + len(block), many) for read in readers])

            pool.each_block(len(part), step, change_block)

        return finish


def _rows(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape[:-1]))


def _reader(array: Any, shape: tuple[int, ...]) -> Callable[[int, int, int], Any]:
    """Gives an operand's part for some rows, `many` of which are taken as one."""
    width = shape[-1]
    if array.size == 1:
        number = array.reshape(())
        return lambda start, stop, many: number
    if array.shape == shape:
        rows = np.ascontiguousarray(array).reshape(-1, width)
        return lambda start, stop, many: rows[start:stop].reshape(-1, many * width)
    row = array.reshape(-1)
    wide = np.tile(row, max(1, _WIDE // width))
    return lambda start, stop, many: wide if many > 1 else row
