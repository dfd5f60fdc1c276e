"""Chains of ops on blocks of rows: each block goes through the whole chain before the next begins.

links_of(records, inside, outside)    the ops as functions of blocks, over one where they may
Chained(links, begun, outputs)        runs them on stretches of an array's rows
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.engine import pool, recompute, reuse
from inspector.engine.rules import Shape
from inspector.engine.tape import OpRecord

# Elements of a block: 256 KB of float32, which fits the second-level cache.
BLOCK = 1 << 16
# Rows of operands are repeated to this length: short rows make slow loops.
_WIDE = 1 << 10

# Gives the rows from a start to a stop of an operand, so many of them taken as one.
_Reader = Callable[[int, int, int], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """An op on blocks: from the values of `sources`, and rows that never change, to `target`'s.

    `run` may write over a block that nobody reads after it, and never answers with part of another
    operand, so that the next may write over its answer.
    """

    run: Callable[..., Any]
    sources: tuple[int, ...]
    target: int
    rows: tuple[Any, ...] = ()


def links_of(records: Sequence[OpRecord], inside: set[int], outside: set[int]) -> list[Link]:
    """The ops in order, each over a value of the chain's own that nothing reads after it."""
    left = Counter(key for record in records for key in {t.id for t in record.inputs})
    found = []
    for record in records:
        sources = tuple(tensor.id for tensor in record.inputs)
        left.subtract(set(sources))
        free = [key in inside and key not in outside and not left[key] for key in sources]
        made = record.outputs[0]
        if record.primitive.name == "batch_norm":
            rows = tuple(part.astype(made.dtype) for part in slope_and_offset(record))
            found.append(Link(_scaled_over if free[0] else _scaled, sources[:1], made.id, rows))
        else:
            found.append(Link(_on_blocks(record, free), sources, made.id))
    return found


def add_row(block: Any, row: Any) -> Any:
    """Block + row, over the block."""
    return np.add(block, row, out=block)


def _scaled(block: Any, slope: Any, offset: Any) -> Any:
    return add_row(np.multiply(block, slope), offset)


def _scaled_over(block: Any, slope: Any, offset: Any) -> Any:
    return add_row(np.multiply(block, slope, out=block), offset)


_OVER: dict[str, Any] = {
    "add": np.add,
    "multiply": np.multiply,
    "subtract": np.subtract,
    "divide": np.divide,
}


def _on_blocks(record: OpRecord, free: Sequence[bool]) -> Callable[..., Any]:
    """The op's function on blocks, of which some are free to be written over."""
    name, constants, forward = record.primitive.name, record.constants, record.primitive.forward
    if name in _OVER and any(free):
        function, place = _OVER[name], free.index(True)
        return lambda *operands: function(*operands, out=operands[place])
    if name == "relu" and free[0] and not constants:
        return lambda block: reuse.relu(np, block)

    def other(*operands: Any) -> Any:
        made = forward(np, *operands, **constants)
        return made if made.base is None and all(made is not o for o in operands) else made.copy()

    return other


def slope_and_offset(record: OpRecord) -> tuple[Any, Any]:
    """What a batch normalization multiplies by and adds, per channel in float64."""
    mean, variance, *others = (
        recompute.array_of(tensor).reshape(-1).astype(np.float64) for tensor in record.inputs[1:]
    )
    slope = 1.0 / np.sqrt(variance + record.constants["epsilon"])
    if record.constants["has_scale"]:
        slope = slope * others[0]
    return slope, (others[-1] if record.constants["has_offset"] else 0.0) - mean * slope


class Chained:
    """A chain whose first value, `begun`, a block of rows holds; the last of `outputs` stays there.

    begun: None where nothing is there yet.
    """

    def __init__(self, links: Sequence[Link], begun: int | None, outputs: Sequence[int]) -> None:
        self._links = links
        self._begun = -1 if begun is None else begun
        self._outputs = outputs
        made = {self._begun, *(link.target for link in links)}
        self.reads = {key for link in links for key in link.sources} - made

    def change(
        self, given: Mapping[int, Any], shape: Shape, others: Sequence[Any]
    ) -> Callable[[Any, int], None]:
        """What takes a stretch of rows, and where it begins, through the chain.

        given:  the operands from outside, by id.
        shape:  of the whole, and of every array in `others`: all outputs but the last.
        """
        width, size = shape[-1], math.prod(shape)
        fold = max(1, _WIDE // width) if size > BLOCK else 1
        step = max(1, BLOCK // (width * fold)) * fold
        readers = {key: _reader(given[key], shape, fold) for key in self.reads}
        links = [(link, [_reader(row, shape, fold) for row in link.rows]) for link in self._links]
        *first, last = self._outputs
        outs = [array.reshape(-1, width) for array in others]

        def through(wide: Any, start: int, stop: int, many: int) -> None:
            values = {key: read(start, stop, many) for key, read in readers.items()}
            values[self._begun] = wide
            for link, own in links:
                operands = [values[key] for key in link.sources]
                rows = [row(start, stop, many) for row in own]
                values[link.target] = link.run(*operands, *rows)
            for key, out in zip(first, outs, strict=True):
                out[start:stop].reshape(wide.shape)[...] = values[key]
            if values[last] is not wide:
                wide[...] = values[last]

        def change(part: Any, begin: int) -> None:
            def change_block(rows: slice) -> None:
                block = part[rows]
                many = fold if len(block) % fold == 0 else 1
                start = begin + rows.start
                through(block.reshape(-1, many * width), start, start + len(block), many)

            pool.each_block(len(part), step, change_block)

        return change


def _reader(array: Any, shape: Shape, fold: int) -> _Reader:
    """Gives an operand's part for some rows, `many` of which are taken as one."""
    width = shape[-1]
    if array.size == 1:
        number = array.reshape(())
        return lambda start, stop, many: number
    if array.shape == shape:
        rows = np.ascontiguousarray(array).reshape(-1, width)
        return lambda start, stop, many: rows[start:stop].reshape(-1, many * width)
    row = array.reshape(-1)
    wide = np.tile(row, fold) if fold > 1 else row
    return lambda start, stop, many: wide if many > 1 else row
