"""Gray, RGB and HSV."""

from __future__ import annotations

from typing import Any

import ml_dtypes
from keras.src.backend.common.dtypes import result_type

from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, joining, shaping
from inspector.keras_backend.core import convert_to_tensor, to_dtype
from inspector.keras_backend.ops import numpy as array_ops
from inspector.keras_backend.ops.image.layout import channels_axis, check_floating, check_rank

# The share of each primary color in the brightness that people see (ITU-R BT.601).
_BRIGHTNESS = (0.2989, 0.5870, 0.1140)


def epsilon_of(dtype: Any) -> Any:
    """The gap between 1 and the next number, of half and bfloat16 too."""
    finfo: Any = ml_dtypes.finfo
    return finfo(dtype).eps


def _planes(images: Any, axis: int) -> Any:
    if images.shape[axis] != 3:
        raise ValueError(
            "Input images must have 3 channels, but received images with "
            f"{images.shape[axis]} channels."
        )
    return joining.unstack(images, axis=axis, count=3)


def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Raises ValueError unless there are one or three channels."""
    tensor = convert_to_tensor(images)
    check_rank(tensor)
    axis = channels_axis(tensor, data_format)
    if tensor.shape[axis] not in (1, 3):
        raise ValueError(
            "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). "
            f"Received input with shape: images.shape={tensor.shape}"
        )
    if tensor.shape[axis] == 1:
        return tensor
    computed = cast_to(tensor, to_dtype(result_type(tensor.dtype, float)))
    red, green, blue = _planes(computed, axis)
    gray = red * _BRIGHTNESS[0] + green * _BRIGHTNESS[1] + blue * _BRIGHTNESS[2]
    one_channel = tuple(1 if i == axis else size for i, size in enumerate(tensor.shape))
    return cast_to(shaping.reshape(gray, shape=one_channel), tensor.dtype)


def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Hue (in turns), saturation and value."""
    tensor: Any = convert_to_tensor(images)
    check_rank(tensor)
    check_floating(tensor)
    axis = channels_axis(tensor, data_format)
    tiny = float(epsilon_of(tensor.dtype))
    zero = choice.full_like(tensor, value=0)
    red, green, blue = _planes(choice.where(abs(tensor) < tiny, zero, tensor), axis)
    value = array_ops.maximum(array_ops.maximum(red, green), blue)
    span = value - array_ops.minimum(array_ops.minimum(red, green), blue)
    one, none = choice.full_like(value, value=1), choice.full_like(value, value=0)
    saturation = choice.where(value > 0, span / choice.where(value > 0, value, one), none)
    # A sixth of a turn for each side of the color hexagon, measured from its primary color.
    sixth = 1 / (choice.where(span > 0, span, one) * 6)
    hue = choice.where(value == green, sixth * (blue - red) + 1 / 3, sixth * (red - green) + 2 / 3)
    hue = choice.where(value == red, sixth * (green - blue), hue)
    hue = choice.where(span > 0, hue, none)
    hue = choice.where(hue < 0, hue + 1, hue)
    return joining.stack(hue, saturation, value, axis=axis)


def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    tensor = convert_to_tensor(images)
    check_rank(tensor)
    check_floating(tensor)
    axis = channels_axis(tensor, data_format)
    hue, saturation, value = _planes(tensor, axis)
    side = (hue % 1.0) * 6.0
    strengths = (abs(side - 3.0) - 1.0, 2.0 - abs(side - 2.0), 2.0 - abs(side - 4.0))
    planes = [
        value * (1.0 - saturation + saturation * choice.clip(strength, low=0.0, high=1.0))
        for strength in strengths
    ]
    return joining.stack(*planes, axis=axis)
