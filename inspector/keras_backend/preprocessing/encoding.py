"""Numbers of categories into the output modes that Keras documents."""

from __future__ import annotations

from typing import Any

import numpy as np

MODES = ("int", "one_hot", "multi_hot", "count")


def encoded(numbers: Any, mode: str, depth: int, dtype: Any) -> Any:
    """(…, n) as the numbers themselves, (…, n, depth), or (…, depth) over the last axis.

    A number outside of the depth stands for nothing.
    """
    if mode == "int":
        return numbers.astype(dtype)
    if numbers.ndim == 0:
        numbers = numbers.reshape(1)
    if mode == "one_hot" and numbers.ndim > 1 and numbers.shape[-1] == 1:
        numbers = numbers.reshape(numbers.shape[:-1])
    hot = one_hot(numbers, depth, dtype)
    if mode == "one_hot":
        return hot
    return hot.max(axis=-2, initial=0) if mode == "multi_hot" else hot.sum(axis=-2)


def one_hot(numbers: Any, depth: int, dtype: Any) -> Any:
    valid = (numbers >= 0) & (numbers < depth)
    made = np.zeros((*numbers.shape, depth), dtype)
    np.put_along_axis(made, np.where(valid, numbers, 0)[..., None], valid[..., None], axis=-1)
    return made


def output_shape(shape: Any, mode: str, depth: int | None) -> tuple[Any, ...]:
    """The shape of `encoded` from that of its numbers."""
    sizes = tuple(shape)
    if mode == "int":
        return sizes
    if mode == "one_hot":
        inner = sizes[:-1] if len(sizes) > 1 and sizes[-1] == 1 else sizes
        return (*inner, depth)
    return (*sizes[:-1], depth)
