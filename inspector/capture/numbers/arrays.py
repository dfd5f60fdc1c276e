"""Values of recorded tensors on the host, and which of their elements are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import Tensor, array_module, recompute

Index = tuple[int, ...]


def values_of(tensor: Tensor) -> Any:
    """Its values as a NumPy array; a dropped array is computed again and not kept."""
    array = recompute.array_of(tensor) if recompute.is_dropped(tensor) else tensor.value()
    return array_module.to_numpy(array)


def has_numbers(tensor: Tensor) -> bool:
    """Whether it holds floating point numbers that can be looked at without computing anything."""
    if recompute.is_dropped(tensor):  # to save memory; a search must not compute a whole run again
        return False
    return not tensor.is_meta and getattr(tensor.dtype, "kind", "") in "fcV" and tensor.size > 0


def is_all_finite(array: Any) -> bool:
    """Whether no element is NaN or infinite; a finite sum settles it without a second array."""
    with np.errstate(all="ignore"):
        wide = array if array.dtype.itemsize >= 4 else array.astype(np.float32)
        total = np.sum(wide)
        return bool(np.isfinite(total)) or bool(np.isfinite(wide).all())


def first_where(flags: Any) -> Index:
    """The index of the first True in C order."""
    place = int(np.argmax(flags))
    return tuple(int(axis) for axis in np.unravel_index(place, flags.shape))


def under(index: Index, shape: tuple[int, ...]) -> Index:
    """The element of a broadcast operand of this shape that went into element `index`."""
    aligned = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else place for place, size in zip(aligned, shape, strict=True))


def can_broadcast(shape: tuple[int, ...], result: tuple[int, ...]) -> bool:
    """Whether an operand of this shape was broadcast to the result's."""
    if len(shape) > len(result):
        return False
    aligned = result[len(result) - len(shape) :]
    return all(size in (1, whole) for size, whole in zip(shape, aligned, strict=True))


def number(array: Any, index: Index) -> float:
    """One element as a plain number (the absolute value of a complex one)."""
    value = array[index]
    return float(abs(value)) if array.dtype.kind == "c" else float(value)
