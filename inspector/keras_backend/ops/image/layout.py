"""Where an image tensor keeps its axes, and the checks that all image functions share."""

from __future__ import annotations

from typing import Any

from keras.src.backend.config import standardize_data_format

from inspector.engine.primitives import shaping
from inspector.engine.promotion import is_float


def check_rank(images: Any) -> None:
    """Raises ValueError unless it is one image or a batch of them."""
    if images.ndim not in (3, 4):
        raise ValueError(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
            f"Received input with shape: images.shape={images.shape}"
        )


def check_floating(images: Any) -> None:
    """Raises ValueError unless the images hold floating numbers."""
    if not is_float(images.dtype):
        raise ValueError(
            f"Invalid images dtype: expected float dtype. Received: images.dtype={images.dtype}"
        )


def channels_axis(images: Any, data_format: str | None) -> int:
    """The channels' axis, not negative."""
    last = standardize_data_format(data_format) == "channels_last"
    return images.ndim - 1 if last else images.ndim - 3


def spatial_axes(images: Any, data_format: str | None) -> tuple[int, int]:
    """The axes of height and width, not negative."""
    last = standardize_data_format(data_format) == "channels_last"
    return (images.ndim - 3, images.ndim - 2) if last else (images.ndim - 2, images.ndim - 1)


def to_batch(images: Any, data_format: str | None) -> Any:
    """As (batch, height, width, channels)."""
    if images.ndim == 3:
        images = shaping.reshape(images, shape=(1, *images.shape))
    if standardize_data_format(data_format) == "channels_last":
        return images
    return shaping.transpose(images, axes=(0, 2, 3, 1))


def from_batch(images: Any, data_format: str | None, ndim: int) -> Any:
    """Back from (batch, height, width, channels) to the layout and rank it had."""
    if standardize_data_format(data_format) == "channels_first":
        images = shaping.transpose(images, axes=(0, 3, 1, 2))
    return shaping.reshape(images, shape=images.shape[1:]) if ndim == 3 else images


def check_choice(name: str, value: Any, choices: Any) -> None:
    """Raises ValueError unless the argument is one of a closed set of words."""
    if value not in choices:
        raise ValueError(
            f"Invalid value for argument `{name}`. Expected of one {set(choices)}. "
            f"Received: {name}={value}"
        )
