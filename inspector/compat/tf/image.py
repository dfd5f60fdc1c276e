"""`tf.image`: resizing, cropping, flipping, colours and boxes, on channels-last images."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.notes import note
from inspector.compat.registry import export, public
from inspector.compat.tf.shapes import static_shape
from inspector.compat.tf.tensors import host, tensor

ops = keras.ops


class ResizeMethod:
    """Names of the ways to resize."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


export("image.ResizeMethod", ResizeMethod)
# Keras has no filter for these; the nearest one is used.
_METHODS = {"area": "bilinear", "gaussian": "bilinear", "mitchellcubic": "bicubic"}
_NUMBERED = ("bilinear", "nearest", "bicubic", "area")


@public("image.resize", "compat.v1.image.resize_images")
def resize(
    images: Any,
    size: Any,
    method: Any = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Any:
    """float32 images of the new height and width; `nearest` keeps the dtype."""
    x = tensor(images)
    method = _NUMBERED[method] if isinstance(method, int) else str(method).lower()
    method = "nearest" if method == "nearest_neighbor" else method
    if method in _METHODS:
        note(f"tf.image.resize(method={method!r})", f"resized as {_METHODS[method]!r} instead")
    height, width = static_shape(size)
    if preserve_aspect_ratio:
        scale = min(height / x.shape[-3], width / x.shape[-2])
        height, width = round(x.shape[-3] * scale), round(x.shape[-2] * scale)
    x = x if method == "nearest" else ops.cast(x, "float32")
    return ops.image.resize(
        x,
        (height, width),
        interpolation=_METHODS.get(method, method),
        antialias=antialias,
        data_format="channels_last",
    )


@public("compat.v1.image.resize_bilinear")
def resize_bilinear(images: Any, size: Any, align_corners: bool = False, **ignored: Any) -> Any:
    return resize(images, size)


@public("compat.v1.image.resize_nearest_neighbor")
def resize_nearest(images: Any, size: Any, align_corners: bool = False, **ignored: Any) -> Any:
    return resize(images, size, "nearest")


@public("image.crop_to_bounding_box")
def crop_to_bounding_box(
    image: Any,
    offset_height: Any,
    offset_width: Any,
    target_height: Any,
    target_width: Any,
    name: str | None = None,
) -> Any:
    top, left = int(offset_height), int(offset_width)
    return tensor(image)[..., top : top + int(target_height), left : left + int(target_width), :]


@public("image.pad_to_bounding_box")
def pad_to_bounding_box(
    image: Any,
    offset_height: Any,
    offset_width: Any,
    target_height: Any,
    target_width: Any,
    name: str | None = None,
) -> Any:
    x = tensor(image)
    top, left = int(offset_height), int(offset_width)
    below = int(target_height) - top - x.shape[-3]
    right = int(target_width) - left - x.shape[-2]
    widths = [(0, 0)] * (len(x.shape) - 3) + [(top, below), (left, right), (0, 0)]
    return ops.pad(x, widths)


@public("image.central_crop")
def central_crop(image: Any, central_fraction: float) -> Any:
    x = tensor(image)
    height, width = x.shape[-3], x.shape[-2]
    top = int((height - height * central_fraction) / 2)
    left = int((width - width * central_fraction) / 2)
    return x[..., top : height - top, left : width - left, :]


@public("image.resize_with_crop_or_pad")
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """Cut or padded with zeros around the middle."""
    x = tensor(image)
    goal = (int(target_height), int(target_width))
    cut = [min(size, wanted) for size, wanted in zip(x.shape[-3:-1], goal, strict=True)]
    top, left = (max(0, s - w) // 2 for s, w in zip(x.shape[-3:-1], goal, strict=True))
    x = crop_to_bounding_box(x, top, left, *cut)
    above, before = ((w - s) // 2 for s, w in zip(cut, goal, strict=True))
    return pad_to_bounding_box(x, above, before, *goal)


@public("image.resize_with_pad")
def resize_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: Any = "bilinear",
    antialias: bool = False,
) -> Any:
    goal = (int(target_height), int(target_width))
    x = resize(image, goal, method, preserve_aspect_ratio=True, antialias=antialias)
    return resize_with_crop_or_pad(x, *goal)


@public("image.crop_and_resize")
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
    name: str | None = None,
) -> Any:
    """Boxes (y1, x1, y2, x2) of 0 to 1, sampled bilinearly on an even grid, corners included."""
    x = ops.cast(tensor(image), "float32")
    height, width = static_shape(crop_size)
    rows = []
    for box, owner in zip(host(tensor(boxes)), host(tensor(box_indices)), strict=True):
        ys = _samples(box[0], box[2], x.shape[1], height)
        xs = _samples(box[1], box[3], x.shape[2], width)
        grid = np.stack(np.meshgrid(ys, xs, indexing="ij"))
        picked = [
            ops.image.map_coordinates(
                x[int(owner), ..., c], grid, order=1, fill_mode="constant",
                fill_value=extrapolation_value,
            )
            for c in range(x.shape[-1])
        ]  # fmt: skip
        rows.append(ops.stack(picked, axis=-1))
    return ops.stack(rows)


def _samples(low: float, high: float, size: int, count: int) -> Any:
    if count == 1:
        return np.array([0.5 * (low + high) * (size - 1)])
    return np.linspace(low * (size - 1), high * (size - 1), count)


@public("image.flip_left_right")
def flip_left_right(image: Any) -> Any:
    return ops.flip(tensor(image), -2)


@public("image.flip_up_down")
def flip_up_down(image: Any) -> Any:
    return ops.flip(tensor(image), -3)


@public("image.rot90")
def rot90(image: Any, k: Any = 1, name: str | None = None) -> Any:
    return ops.rot90(tensor(image), int(k), axes=(-3, -2))


@public("image.transpose")
def transpose(image: Any, name: str | None = None) -> Any:
    return ops.swapaxes(tensor(image), -3, -2)


def _chance(seed: Any) -> float:
    from inspector.compat.tf.random import uniform

    return float(host(uniform((), seed=seed)))


def between(low: float, high: float, seed: Any) -> float:
    return low + (high - low) * _chance(seed)


@public("image.random_flip_left_right", "image.stateless_random_flip_left_right")
def random_flip_left_right(image: Any, seed: Any = None) -> Any:
    return flip_left_right(image) if _chance(seed) < 0.5 else tensor(image)


@public("image.random_flip_up_down", "image.stateless_random_flip_up_down")
def random_flip_up_down(image: Any, seed: Any = None) -> Any:
    return flip_up_down(image) if _chance(seed) < 0.5 else tensor(image)


@public("image.random_crop", "image.stateless_random_crop")
def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> Any:
    x = tensor(value)
    sizes = static_shape(size)
    starts = [
        int(_chance(seed) * (have - want + 1)) for have, want in zip(x.shape, sizes, strict=True)
    ]
    return x[tuple(slice(a, a + n) for a, n in zip(starts, sizes, strict=True))]


@public("image.per_image_standardization")
def per_image_standardization(image: Any) -> Any:
    x = ops.cast(tensor(image), "float32")
    count = int(np.prod(x.shape[-3:]))
    axes = (-3, -2, -1)
    floor = 1.0 / count**0.5
    deviation = ops.maximum(ops.std(x, axis=axes, keepdims=True), floor)
    return ops.divide(x - ops.mean(x, axis=axes, keepdims=True), deviation)


@public("image.total_variation")
def total_variation(images: Any, name: str | None = None) -> Any:
    x = tensor(images)
    axes = (-3, -2, -1)
    down = ops.sum(ops.absolute(x[..., 1:, :, :] - x[..., :-1, :, :]), axis=axes)
    right = ops.sum(ops.absolute(x[..., :, 1:, :] - x[..., :, :-1, :]), axis=axes)
    return ops.add(down, right)


@public("image.image_gradients")
def image_gradients(image: Any) -> Any:
    """(dy, dx): differences to the next row and column, zero at the end."""
    x = tensor(image)
    dy = ops.pad(x[:, 1:] - x[:, :-1], [(0, 0), (0, 1), (0, 0), (0, 0)])
    dx = ops.pad(x[:, :, 1:] - x[:, :, :-1], [(0, 0), (0, 0), (0, 1), (0, 0)])
    return dy, dx


@public("image.sobel_edges")
def sobel_edges(image: Any) -> Any:
    x = tensor(image)
    padded = ops.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], mode="reflect")
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32")
    kernel = np.stack([down, down.T], -1)[:, :, None, :]
    edges = ops.depthwise_conv(padded, np.tile(kernel, (1, 1, x.shape[-1], 1)))
    return ops.reshape(edges, (*x.shape, 2))


@public("image.psnr")
def psnr(a: Any, b: Any, max_val: float, name: str | None = None) -> Any:
    first, second = (ops.cast(tensor(x), "float32") for x in (a, b))
    error = ops.mean(ops.square(first - second), axis=(-3, -2, -1))
    return 20 * ops.log10(tensor(float(max_val))) - 10 * ops.log10(error)


@public("image.ssim")
def ssim(
    img1: Any,
    img2: Any,
    max_val: float,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Any:
    """Structural similarity (Wang et al. 2004) with a Gaussian window."""
    x, y = (ops.cast(tensor(image), "float32") for image in (img1, img2))
    places = np.arange(filter_size) - (filter_size - 1) / 2
    row = np.exp(-0.5 * (places / filter_sigma) ** 2)
    window = np.outer(row, row) / row.sum() ** 2
    kernel = np.tile(window[:, :, None, None], (1, 1, x.shape[-1], 1)).astype("float32")

    def blur(image: Any) -> Any:
        return ops.depthwise_conv(image, kernel)

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean_x, mean_y = blur(x), blur(y)
    light = (2 * mean_x * mean_y + c1) / (ops.square(mean_x) + ops.square(mean_y) + c1)
    shared = blur(x * y) - mean_x * mean_y
    spread = blur(ops.square(x) + ops.square(y)) - ops.square(mean_x) - ops.square(mean_y)
    index = light * (2 * shared + c2) / (spread + c2)
    return ops.mean(index, axis=-1) if return_index_map else ops.mean(index, axis=(-3, -2, -1))


@public("image.extract_patches")
def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Any:
    return ops.image.extract_patches(
        tensor(images),
        tuple(static_shape(sizes)[1:3]),
        strides=tuple(static_shape(strides)[1:3]),
        dilation_rate=static_shape(rates)[1],
        padding=padding.lower(),
        data_format="channels_last",
    )
