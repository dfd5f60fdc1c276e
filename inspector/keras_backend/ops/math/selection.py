"""The largest of each row, rows that share a number, and distances between rows."""

from __future__ import annotations

from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import elementwise, indexing, reduction, segment, shaping, sorting
from inspector.errors import NoValue
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.linalg import inexact


def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """The k largest and their places, always in descending order."""
    tensor = convert_to_tensor(x)
    if tensor.dtype.kind == "b":
        values, places = sorting.top_k(cast_to(tensor, convert_to_tensor(0).dtype), k=int(k))
        return cast_to(values, tensor.dtype), places
    return sorting.top_k(tensor, k=int(k))


def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Whether each target's score is among its row's k largest."""
    scores = convert_to_tensor(predictions)
    wanted = convert_to_tensor(targets)
    places = shaping.reshape(wanted, shape=(*wanted.shape, 1))
    score = indexing.take_along_axis(scores, places, axis=scores.ndim - 1)
    best: Any = sorting.top_k(scores, k=int(k))[0]
    return reduction.any_(score >= best, axis=(scores.ndim - 1,))


def _segments(data: Any, segment_ids: Any, num_segments: Any) -> tuple[Any, Any, int]:
    rows, numbers = convert_to_tensor(data), convert_to_tensor(segment_ids)
    if num_segments is not None:
        return rows, numbers, int(num_segments)
    if numbers.is_meta:
        raise NoValue(
            "The number of segments depends on the values of a symbolic tensor.",
            fix="Pass num_segments.",
        )
    return rows, numbers, int(reduction.max_(numbers)) + 1 if numbers.size else 0


def segment_sum(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    rows, numbers, count = _segments(data, segment_ids, num_segments)
    return segment.segment_sum(rows, numbers, count=count)


def segment_max(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    rows, numbers, count = _segments(data, segment_ids, num_segments)
    return segment.segment_extreme(rows, numbers, count=count, largest=True)


def segment_min(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    rows, numbers, count = _segments(data, segment_ids, num_segments)
    return segment.segment_extreme(rows, numbers, count=count, largest=False)


def segment_prod(
    data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False
) -> Any:
    rows, numbers, count = _segments(data, segment_ids, num_segments)
    return segment.segment_product(rows, numbers, count=count)


def cdist(x: Any, y: Any) -> Any:
    """Euclidean distances between the rows of x and those of y.

    Raises:
        ValueError: fewer than two axes, or rows of different lengths.
    """
    first, second = inexact(x), inexact(y)
    if first.ndim < 2 or second.ndim < 2:
        raise ValueError("`cdist` inputs must have rank >= 2")
    if first.shape[-1] != second.shape[-1]:
        raise ValueError("Last dimension of inputs to `cdist` must match")
    one: Any = shaping.reshape(first, shape=(*first.shape[:-1], 1, first.shape[-1]))
    other = shaping.reshape(
        second, shape=(*second.shape[:-2], 1, second.shape[-2], second.shape[-1])
    )
    gap: Any = one - other
    return elementwise.sqrt(reduction.sum_(elementwise.square(gap), axis=(gap.ndim - 1,)))
