"""Resizing: every axis by a matrix of weights, so that gradients are matrix products too.

An output pixel's weight for an input pixel is a kernel of their distance in input pixels (a
triangle, Keys' cubic, or Lanczos' windowed sinc); with antialiasing the kernel is stretched when
the image shrinks. Weights of one output pixel add up to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from keras.src.backend.common.dtypes import result_type

from inspector.engine import array_module
from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, contraction, elementwise, indexing, shaping
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor, to_dtype
from inspector.keras_backend.ops.image.layout import check_rank, spatial_axes

Kernel = Callable[[Any], Any]


def _triangle(distance: Any) -> Any:
    return np.maximum(0, 1 - distance)


def _cubic(distance: Any) -> Any:
    """R. Keys, "Cubic convolution interpolation", 1981, with a = -1/2."""
    x = distance
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(radius: int) -> Kernel:
    def kernel(distance: Any) -> Any:
        return np.where(distance <= radius, np.sinc(distance) * np.sinc(distance / radius), 0)

    return kernel


_KERNELS: dict[str, Kernel] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}
_RESIZE = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")
_SCALE = ("linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5")


def _weights(
    size: int, target: int, scale: float, shift: float, kernel: Kernel, antialias: bool
) -> Any:
    """(size, target): how much of each input pixel goes into each output pixel."""
    stretch = max(1 / scale, 1.0) if antialias else 1.0
    centers = (np.arange(target) + 0.5) / scale - shift / scale - 0.5
    distance = np.abs(centers[None, :] - np.arange(size)[:, None]) / stretch
    weights = kernel(distance)
    total = weights.sum(axis=0, keepdims=True)
    usable = np.abs(total) > 1000 * np.finfo(np.float32).eps
    weights = np.where(usable, weights / np.where(usable, total, 1), 0)
    inside = (centers >= -0.5) & (centers <= size - 0.5)
    return np.where(inside[None, :], weights, 0)


def along_axis(x: Any, weights: Any, axis: int) -> Any:
    """The axis replaced by its product with a (size, target) matrix."""
    matrix = Tensor(array_module.xp.asarray(weights.astype(x.dtype)))
    order = [*(i for i in range(x.ndim) if i != axis), axis]
    moved = contraction.matmul(shaping.transpose(x, axes=tuple(order)), matrix)
    back = tuple(order.index(i) for i in range(x.ndim))
    return shaping.transpose(moved, axes=back)


def _by_weights(
    images: Any,
    targets: dict[int, int],
    scales: Sequence[float],
    shifts: Sequence[float],
    kernel: Kernel,
    antialias: bool,
) -> Any:
    whole = images.dtype.kind in "iub"
    made = cast_to(images, to_dtype("float32")) if whole else images
    for (axis, target), scale, shift in zip(targets.items(), scales, shifts, strict=True):
        weights = _weights(made.shape[axis], target, scale, shift, kernel, antialias)
        made = along_axis(made, weights, axis)
    if not whole:
        return made
    # A kernel with negative parts overshoots; whole numbers would then wrap around.
    limits = np.iinfo(images.dtype) if images.dtype.kind != "b" else None
    low, high = (limits.min, limits.max) if limits is not None else (0, 1)
    rounded = elementwise.round_(made, decimals=0)
    return cast_to(choice.clip(rounded, low=low, high=high), images.dtype)


def _nearest(images: Any, targets: dict[int, int]) -> Any:
    for axis, target in targets.items():
        size = images.shape[axis]
        centers = (np.arange(target, dtype=np.float32) + 0.5) * size / target
        places = np.floor(centers).astype(np.int32)
        images = indexing.take(images, Tensor(array_module.xp.asarray(places)), axis=axis)
    return images


def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Images of `size` (height, width), cropped or padded to its shape first where asked.

    Raises:
        ValueError: an argument outside of its closed set, or both kinds of fitting at once.
    """
    if interpolation not in _RESIZE:
        raise ValueError(
            "Invalid value for argument `interpolation`. Expected of one "
            f"{_RESIZE}. Received: interpolation={interpolation}"
        )
    if fill_mode != "constant":
        raise ValueError(
            "Invalid value for argument `fill_mode`. Only `'constant'` is supported. "
            f"Received: fill_mode={fill_mode}"
        )
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError(
            "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`."
        )
    if len(size) != 2:
        raise ValueError(
            "Argument `size` must be a tuple of two elements (height, width). "
            f"Received: size={size}"
        )
    tensor = convert_to_tensor(images)
    check_rank(tensor)
    axes = spatial_axes(tensor, data_format)
    target = (int(size[0]), int(size[1]))
    if crop_to_aspect_ratio:
        tensor = _cropped(tensor, axes, target)
    elif pad_to_aspect_ratio:
        tensor = _padded(tensor, axes, target, fill_value)
    targets = {a: n for a, n in zip(axes, target, strict=True) if tensor.shape[a] != n}
    if interpolation == "nearest":
        return _nearest(tensor, targets)
    scales = [n / tensor.shape[a] if tensor.shape[a] else 1.0 for a, n in targets.items()]
    shifts = [0.0] * len(scales)
    return _by_weights(tensor, targets, scales, shifts, _KERNELS[interpolation], antialias)


def _cropped(images: Any, axes: tuple[int, int], target: tuple[int, int]) -> Any:
    """The largest middle part with the target's ratio of sides."""
    height, width = (images.shape[axis] for axis in axes)
    kept = (
        max(min(height, int(width * target[0] / target[1])), 1),
        max(min(width, int(height * target[1] / target[0])), 1),
    )
    key = [slice(None)] * images.ndim
    for axis, whole, part in zip(axes, (height, width), kept, strict=True):
        start = int((whole - part) / 2)
        key[axis] = slice(start, start + part)
    return images[tuple(key)]


def _padded(images: Any, axes: tuple[int, int], target: tuple[int, int], value: float) -> Any:
    """Padded on two sides to the target's ratio of sides."""
    height, width = (images.shape[axis] for axis in axes)
    whole = (
        max(height, int(width * target[0] / target[1])),
        max(width, int(height * target[1] / target[0])),
    )
    widths = [(0, 0)] * images.ndim
    for axis, size, full in zip(axes, (height, width), whole, strict=True):
        side = int((full - size) / 2)
        widths[axis] = (side, side)
    return shaping.pad(images, widths=tuple(widths), value=value)


def scale_and_translate(
    images: Any,
    output_shape: Any,
    scale: Any,
    translation: Any,
    spatial_dims: Any,
    method: str,
    antialias: bool = True,
) -> Any:
    """Each axis of `spatial_dims` scaled and moved, by numbers given in its order.

    Raises:
        ValueError: an unknown method.
    """
    if method not in _SCALE:
        raise ValueError(
            "Invalid value for argument `method`. Expected of one "
            f"{_SCALE}. Received: method={method}"
        )
    tensor = convert_to_tensor(images)
    factors, shifts = convert_to_tensor(scale), convert_to_tensor(translation)
    dtype = to_dtype(result_type(factors.dtype, shifts.dtype))
    targets = {int(axis) % tensor.ndim: int(output_shape[axis]) for axis in spatial_dims}
    return _by_weights(
        tensor,
        targets,
        cast_to(factors, dtype).tolist(),
        cast_to(shifts, dtype).tolist(),
        _KERNELS[method],
        antialias,
    )
