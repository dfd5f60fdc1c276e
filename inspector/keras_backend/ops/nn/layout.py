"""Data formats and spatial arguments: what Keras passes, as the primitives want it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras.src.backend import standardize_data_format

from inspector.engine.primitives import shaping
from inspector.engine.tensor import Tensor
from inspector.engine.windows import Padding, Sizes, same_padding


def sizes(value: int | Sequence[int], rank: int) -> Sizes:
    """One number per spatial axis."""
    return (int(value),) * rank if isinstance(value, int) else tuple(int(v) for v in value)


def channels_first(data_format: str | None) -> bool:
    return bool(standardize_data_format(data_format) == "channels_first")


def to_last(x: Tensor) -> Tensor:
    """(batch, channels, *space) as (batch, *space, channels)."""
    return shaping.transpose(x, axes=(0, *range(2, x.ndim), 1))


def to_first(x: Tensor) -> Tensor:
    """(batch, *space, channels) as (batch, channels, *space)."""
    return shaping.transpose(x, axes=(0, x.ndim - 1, *range(1, x.ndim - 1)))


def in_channels_last(run: Any, x: Tensor, data_format: str | None) -> Tensor:
    """`run(x)` on channels_last data, the result in the caller's own format."""
    return to_first(run(to_last(x))) if channels_first(data_format) else run(x)


def padding_pairs(
    padding: str, space: Sizes, kernel: Sizes, strides: Sizes, dilation: Sizes
) -> Padding:
    """Keras' word for the padding as (before, after) pairs.

    Raises:
        ValueError: the word is neither valid nor same.
    """
    word = padding.lower() if isinstance(padding, str) else padding
    if word == "same":
        return same_padding(space, kernel, strides, dilation)
    if word != "valid":
        raise ValueError(f"Invalid padding '{padding}', must be 'same' or 'valid'.")
    return ((0, 0),) * len(space)
