"""How CuPy reads and writes at indices: they wrap, and of equal ones a random write wins."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import syncs

_random = np.random.default_rng(0)


def wrapped(held: np.ndarray, key: Any) -> Any:
    """The key for NumPy, integer arrays wrapped to their axis; NumPy arrays are refused."""
    from .array import ndarray

    parts = key if type(key) is tuple else (key,)
    found, axis = [], 0
    used = sum(_axes_of(part) for part in parts if part is not None and part is not Ellipsis)
    for part in parts:
        if isinstance(part, np.ndarray):
            raise IndexError("a NumPy array cannot index a device array")
        if part is Ellipsis:
            axis += held.ndim - used
            found.append(part)
        elif type(part) is ndarray:
            found.append(_wrap_one(part._held, held.shape, axis))
            axis += _axes_of(part)
        else:
            found.append(part)
            axis += 0 if part is None else 1
    return tuple(found) if type(key) is tuple else found[0]


def _axes_of(part: Any) -> int:
    dtype = getattr(part, "dtype", None)
    return part.ndim if dtype == np.bool_ and part.ndim else 1


def _wrap_one(indices: np.ndarray, shape: tuple[int, ...], axis: int) -> np.ndarray:
    if indices.dtype == np.bool_:
        syncs.count("boolean mask")
        return indices
    if indices.dtype.kind not in "iu":
        raise IndexError("arrays used as indices must be of integer or boolean type")
    return indices % shape[axis] if axis < len(shape) and shape[axis] else indices


def write(held: np.ndarray, key: Any, value: Any) -> None:
    """Assign in a random order."""
    parts = key if type(key) is tuple else (key,)
    if not any(isinstance(part, np.ndarray) and part.dtype != np.bool_ for part in parts):
        with np.errstate(all="ignore"):
            held[key] = value
        return
    places = np.arange(held.size).reshape(held.shape)[key]
    values = np.broadcast_to(np.asarray(value).astype(held.dtype), places.shape)
    order = _random.permutation(places.size)
    held.flat[places.ravel()[order]] = values.ravel()[order]
