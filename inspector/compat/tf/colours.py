"""Colours of `tf.image`: brightness, contrast, hue, colour spaces, dtypes."""

from __future__ import annotations

from typing import Any

import keras

from inspector.compat.registry import public
from inspector.compat.tf.dtypes import as_dtype, dtype_of
from inspector.compat.tf.image import between
from inspector.compat.tf.tensors import tensor

ops = keras.ops


@public("image.adjust_brightness")
def adjust_brightness(image: Any, delta: float) -> Any:
    x = tensor(image)
    if dtype_of(x).is_floating:
        return ops.add(x, delta)
    scaled = convert_image_dtype(x, "float32") + delta
    return convert_image_dtype(scaled, dtype_of(x), saturate=True)


@public("image.random_brightness", "image.stateless_random_brightness")
def random_brightness(image: Any, max_delta: float, seed: Any = None) -> Any:
    return adjust_brightness(image, between(-max_delta, max_delta, seed))


@public("image.adjust_contrast")
def adjust_contrast(images: Any, contrast_factor: float) -> Any:
    """(x - mean) * factor + mean, with the mean of each channel over the image."""
    x = tensor(images)
    values = x if dtype_of(x).is_floating else convert_image_dtype(x, "float32")
    mean = ops.mean(values, axis=(-3, -2), keepdims=True)
    changed = (values - mean) * contrast_factor + mean
    return changed if values is x else convert_image_dtype(changed, dtype_of(x), saturate=True)


@public("image.random_contrast", "image.stateless_random_contrast")
def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    return adjust_contrast(image, between(lower, upper, seed))


@public("image.adjust_gamma")
def adjust_gamma(image: Any, gamma: float = 1, gain: float = 1) -> Any:
    return ops.multiply(ops.power(tensor(image), gamma), gain)


@public("image.rgb_to_hsv")
def rgb_to_hsv(images: Any, name: str | None = None) -> Any:
    return ops.image.rgb_to_hsv(tensor(images))


@public("image.hsv_to_rgb")
def hsv_to_rgb(images: Any, name: str | None = None) -> Any:
    return ops.image.hsv_to_rgb(tensor(images))


def _in_hsv(image: Any, change: Any) -> Any:
    x = tensor(image)
    floats = x if dtype_of(x).is_floating else convert_image_dtype(x, "float32")
    h, s, v = (rgb_to_hsv(floats)[..., i : i + 1] for i in range(3))
    changed = hsv_to_rgb(ops.concatenate(change(h, s, v), axis=-1))
    return changed if floats is x else convert_image_dtype(changed, dtype_of(x), saturate=True)


@public("image.adjust_saturation")
def adjust_saturation(image: Any, saturation_factor: float, name: str | None = None) -> Any:
    return _in_hsv(image, lambda h, s, v: [h, ops.clip(s * saturation_factor, 0, 1), v])


@public("image.random_saturation", "image.stateless_random_saturation")
def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    return adjust_saturation(image, between(lower, upper, seed))


@public("image.adjust_hue")
def adjust_hue(image: Any, delta: float, name: str | None = None) -> Any:
    return _in_hsv(image, lambda h, s, v: [ops.mod(h + delta, 1.0), s, v])


@public("image.random_hue", "image.stateless_random_hue")
def random_hue(image: Any, max_delta: float, seed: Any = None) -> Any:
    return adjust_hue(image, between(-max_delta, max_delta, seed))


@public("image.rgb_to_grayscale")
def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    x = tensor(images)
    weights = tensor([0.2989, 0.587, 0.114])
    grey = ops.sum(ops.cast(x, "float32") * weights, axis=-1, keepdims=True)
    return ops.cast(grey, dtype_of(x))


@public("image.grayscale_to_rgb")
def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    return ops.repeat(tensor(images), 3, axis=-1)


@public("image.rgb_to_yuv")
def rgb_to_yuv(images: Any) -> Any:
    kernel = [
        [0.299, -0.14714119, 0.61497538],
        [0.587, -0.28886916, -0.51496512],
        [0.114, 0.43601035, -0.10001026],
    ]
    return ops.matmul(tensor(images), tensor(kernel))


@public("image.convert_image_dtype")
def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Any:
    """Floats are 0 to 1, integers 0 to their largest value."""
    x, wanted = tensor(image), as_dtype(dtype)
    source = dtype_of(x)
    if source.is_floating and wanted.is_floating:
        return ops.cast(x, wanted)
    if wanted.is_floating:
        return ops.divide(ops.cast(x, wanted), float(source.max))
    if source.is_floating:
        scaled = ops.multiply(x, float(wanted.max) + 0.5)
        return ops.cast(ops.clip(scaled, 0, float(wanted.max)) if saturate else scaled, wanted)
    return ops.cast(ops.multiply(ops.cast(x, "float64"), wanted.max / source.max), wanted)
