"""Adding at positions that may repeat, on NumPy and CuPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine.promotion import EXTENDED_FLOATS


def add_at(xp: Any, target: Any, where: Any, values: Any) -> Any:
    """`target[where] += values` in which a repeated position counts each time; returns it.

    `target` is changed: give it a fresh array.
    """
    if target.dtype in EXTENDED_FLOATS or target.dtype == np.float16:
        # Narrow floats have no atomic addition, and lose digits at each step.
        wide = add_at(xp, target.astype(np.float32), where, values.astype(np.float32))
        return wide.astype(target.dtype)
    if target.dtype.kind in "iub" and target.dtype.itemsize < 4 and xp is not np:
        # CuPy adds words only; the sums wrap around on their way back, as NumPy's do.
        wide = add_at(xp, target.astype(np.int32), where, values.astype(np.int32))
        return wide.astype(target.dtype)
    if target.dtype.kind == "c" and xp is not np:
        add_at(xp, target.real, where, values.real)
        add_at(xp, target.imag, where, values.imag)
        return target
    xp.add.at(target, where, values)
    return target


def add_rows(xp: Any, rows: Any, numbers: Any, size: int) -> Any:
    """(size, width) with row i of `rows` added to row `numbers[i]`.

    Sorted sums on NumPy: many times faster than add.at on whole rows, and in a fixed order.
    """
    target = xp.zeros((size, rows.shape[1]), dtype=rows.dtype)
    if xp is not np:
        return add_at(xp, target, numbers, rows)
    if not rows.size:
        return target
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    narrow = rows.dtype in EXTENDED_FLOATS or rows.dtype == np.float16
    wide = rows.astype(np.float32) if narrow else rows
    target[ordered[starts]] = np.add.reduceat(wide[order], starts, axis=0).astype(rows.dtype)
    return target


def combine_at(xp: Any, how: str, target: Any, where: Any, values: Any) -> Any:
    """The same for "multiply", "maximum", "minimum" (or "add"); `target` is changed."""
    if how == "add":
        return add_at(xp, target, where, values)
    if xp is np:
        getattr(np, how).at(target, where, values)
        return target
    return _in_rounds(xp, getattr(xp, how), target, where, values)


def _in_rounds(xp: Any, run: Any, target: Any, where: Any, values: Any) -> Any:
    """Each position's first value, then its second, and so on: no position twice in one round.

    CuPy has no atomic multiplication, nor any of narrow floats.
    """
    places = xp.arange(target.size).reshape(target.shape)[where]
    given = xp.broadcast_to(values, places.shape).reshape(-1)
    order = xp.argsort(places.reshape(-1), kind="stable")
    ordered, given = places.reshape(-1)[order], given[order]
    first = xp.searchsorted(ordered, ordered, side="left")
    turn = xp.arange(ordered.size) - first
    flat = target.reshape(-1)
    for current in range(int(turn.max()) + 1 if turn.size else 0):
        now = turn == current
        at = ordered[now]
        flat[at] = run(flat[at], given[now])
    target[...] = flat.reshape(target.shape)
    return target
