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
