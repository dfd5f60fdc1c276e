"""Reading and writing parts of tensors by start or by index; a write makes a new tensor."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import indexing as parts
from inspector.engine.primitives import joining
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor


def _starts(start_indices: Any, shape: Sequence[int], part: Sequence[int]) -> tuple[int, ...]:
    """Start positions as numbers, moved inward where the part would stick out, as XLA does."""
    if isinstance(start_indices, Tensor) and start_indices.is_meta:
        return (0,) * len(part)
    starts = []
    for start, size, length in zip(start_indices, shape, part, strict=True):
        symbolic = isinstance(start, Tensor) and start.is_meta
        starts.append(0 if symbolic else max(0, min(int(start), size - length)))
    return tuple(starts)


def slice(inputs: Any, start_indices: Any, shape: Sequence[int]) -> Any:
    """The part of `shape` that begins at `start_indices`; a length of -1 means to the end.

    Raises:
        ValueError: not one start for each axis.
    """
    tensor: Any = convert_to_tensor(inputs)
    if len(start_indices) != len(shape):
        raise ValueError(
            "Length of `start_indices` must match length of `shape`. "
            f"Received: start_indices={start_indices}, shape={shape}"
        )
    lengths = [
        size - int(start) if length == -1 else int(length)
        for start, length, size in zip(start_indices, shape, tensor.shape, strict=True)
    ]
    starts = _starts(start_indices, tensor.shape, lengths)
    return tensor[tuple(builtins.slice(s, s + n) for s, n in zip(starts, lengths, strict=True))]


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """`inputs` with the part that begins at `start_indices` replaced."""
    tensor = convert_to_tensor(inputs)
    part = cast_to(convert_to_tensor(updates), tensor.dtype)
    starts = _starts(start_indices, tensor.shape, part.shape)
    key = tuple(builtins.slice(s, s + n) for s, n in zip(starts, part.shape, strict=True))
    return parts.put(tensor, part, key=key)


def _index_arrays(indices: Any) -> tuple[tuple[Tensor, ...], tuple[Any, ...]]:
    """The index tuples in the last axis, taken apart: one array per axis, and their key."""
    places = convert_to_tensor(indices, dtype=None if isinstance(indices, Tensor) else "int32")
    count = places.shape[-1]
    arrays = joining.unstack(places, axis=places.ndim - 1, count=count)
    return arrays, (parts.ARRAY,) * count


def scatter(indices: Any, values: Any, shape: Sequence[int]) -> Any:
    """Zeros of `shape` with `values` added at `indices` (the last axis names the place)."""
    arrays, key = _index_arrays(indices)
    target = tuple(int(size) for size in shape)
    return parts.put_in_zeros(convert_to_tensor(values), *arrays, key=key, shape=target)


_REDUCTIONS: dict[str | None, str] = {
    None: "set",
    "add": "add",
    "max": "maximum",
    "min": "minimum",
    "mul": "multiply",
}


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """`inputs` with `updates` put (or reduced) in at `indices`.

    Raises:
        ValueError: an unknown reduction.
    """
    if reduction not in _REDUCTIONS:
        raise ValueError(f"Unsupported reduction: {reduction}")
    tensor = convert_to_tensor(inputs)
    amounts = cast_to(convert_to_tensor(updates), tensor.dtype)
    arrays, key = _index_arrays(indices)
    return parts.put(tensor, amounts, *arrays, key=key, how=_REDUCTIONS[reduction])
