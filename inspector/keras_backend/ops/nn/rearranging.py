"""Patches as columns and back; depth as space and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from inspector.engine.primitives import patches, shaping
from inspector.engine.tensor import Tensor
from inspector.engine.windows import all_places
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.nn.layout import channels_first, sizes, to_first, to_last

Amount = int | Sequence[int]


def _windows(kernel: Amount, dilation: Amount, padding: Amount, stride: Amount) -> dict[str, Any]:
    return {
        "kernel": sizes(kernel, 2),
        "strides": sizes(stride, 2),
        "padding": tuple((pad, pad) for pad in sizes(padding, 2)),
        "dilation": sizes(dilation, 2),
    }


def unfold(
    input: Any,
    kernel_size: Amount,
    dilation: Amount = 1,
    padding: Amount = 0,
    stride: Amount = 1,
) -> Tensor:
    """Blocks of (batch, channels, height, width) as columns (batch, channels·kernel, places)."""
    x = to_last(convert_to_tensor(input))
    found = patches.unfold(x, **_windows(kernel_size, dilation, padding, stride))
    batch, *_, channels = found.shape
    places, kernel = math.prod(found.shape[1:3]), math.prod(found.shape[3:5])
    columns = shaping.transpose(found, axes=(0, 5, 3, 4, 1, 2))
    return shaping.reshape(columns, shape=(batch, channels * kernel, places))


def fold(
    x: Any,
    output_size: Amount,
    kernel_size: Amount,
    dilation: Amount = 1,
    padding: Amount = 0,
    stride: Amount = 1,
) -> Tensor:
    """The sum of columns (batch, channels·kernel, places) where their blocks lie."""
    x = convert_to_tensor(x)
    how = _windows(kernel_size, dilation, padding, stride)
    space, kernel = sizes(output_size, 2), how["kernel"]
    fit = all_places(space, kernel, how["strides"], how["padding"], how["dilation"])
    channels = x.shape[1] // math.prod(kernel)
    blocks = shaping.reshape(x, shape=(x.shape[0], channels, *kernel, *fit))
    blocks = shaping.transpose(blocks, axes=(0, 4, 5, 2, 3, 1))
    return to_first(patches.fold(blocks, space=space, **how))


def _rearranged(x: Any, split: Any, axes: tuple[int, ...], shape: tuple[int, ...]) -> Tensor:
    return shaping.reshape(
        shaping.transpose(shaping.reshape(x, shape=split), axes=axes), shape=shape
    )


def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Channels in groups of block·block laid out as blocks of space."""
    x, b = convert_to_tensor(x), int(block_size)
    if channels_first(data_format):
        n, c, h, w = x.shape
        deep = c // b**2
        split, shape = (n, deep, b, b, h, w), (n, deep, h * b, w * b)
        return _rearranged(x, split, (0, 1, 4, 2, 5, 3), shape)
    n, h, w, c = x.shape
    deep = c // b**2
    return _rearranged(x, (n, h, w, b, b, deep), (0, 1, 3, 2, 4, 5), (n, h * b, w * b, deep))


def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Blocks of space laid out as channels."""
    x, b = convert_to_tensor(x), int(block_size)
    if channels_first(data_format):
        n, c, h, w = x.shape
        split, shape = (n, c, h // b, b, w // b, b), (n, c * b**2, h // b, w // b)
        return _rearranged(x, split, (0, 1, 3, 5, 2, 4), shape)
    n, h, w, c = x.shape
    split, shape = (n, h // b, b, w // b, b, c), (n, h // b, w // b, c * b**2)
    return _rearranged(x, split, (0, 1, 3, 2, 4, 5), shape)
