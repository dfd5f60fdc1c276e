"""Class indices as vectors, and the entries of vectors at class indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine.primitive import each, primitive
from inspector.engine.rules import Shape


@primitive(
    shape=lambda shape, *, classes, dtype: (*shape, classes),
    dtype=lambda indices, *, classes, dtype: dtype,
)
def one_hot(xp: Any, indices: Any, classes: int, dtype: Any) -> Any:
    """1 at the index, 0 elsewhere, on a new last axis; all 0 where the index is no class."""
    return (indices[..., None] == xp.arange(classes, dtype=indices.dtype)).astype(dtype)


def _checked(xp: Any, indices: Any, classes: int) -> Any:
    """Flat indices to read at, with -1 (and all below) at 0.

    Raises:
        IndexError: an index is beyond the last class. A GPU is not asked: it would have to wait.
    """
    flat = indices.reshape(-1)
    if xp is np and flat.size and int(flat.max()) >= classes:
        raise IndexError(f"class index {int(flat.max())} is out of range for {classes} classes")
    return xp.maximum(flat, 0)


def _entry_shape(x: Shape, indices: Shape) -> Shape:
    if x[:-1] != indices:
        raise ValueError(f"indices {indices} do not fit the leading axes of {x}")
    return indices


def _entry_back(g: Any, y: Any, x: Any, indices: Any) -> Any:
    return spread_entry(g, indices, classes=x.shape[-1])


@primitive(shape=_entry_shape, dtype=lambda x, indices: x, vjp=each(_entry_back, None))
def entry(xp: Any, x: Any, indices: Any) -> Any:
    """X at one index of the last axis per row; 0 where the index is negative."""
    _entry_shape(x.shape, indices.shape)
    places = _checked(xp, indices, x.shape[-1])
    rows = x.reshape(-1, x.shape[-1])
    picked = rows[xp.arange(len(rows)), places].reshape(indices.shape)
    return xp.where(indices < 0, xp.zeros((), x.dtype), picked)


@primitive(
    shape=lambda g, indices, *, classes: (*g, classes),
    dtype=lambda g, indices, *, classes: g,
    vjp=each(lambda gg, y, g, i, classes: entry(gg, i), None),
)
def spread_entry(xp: Any, g: Any, indices: Any, classes: int) -> Any:
    """The gradient through entry: g at the index, 0 elsewhere."""
    out = xp.zeros((g.size, classes), g.dtype)
    places = _checked(xp, indices, classes)
    kept = xp.where(indices < 0, xp.zeros((), g.dtype), g)
    out[xp.arange(g.size), places] = kept.reshape(-1)
    return out.reshape(*g.shape, classes)
