"""Images seen through an affine map, a perspective, or random waves."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src.backend.common.dtypes import result_type

from inspector.engine import array_module
from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, joining, linalg, shaping
from inspector.engine.tensor import Tensor
from inspector.keras_backend import random
from inspector.keras_backend.core import convert_to_tensor, to_dtype
from inspector.keras_backend.ops.image.filtering import gaussian_blur
from inspector.keras_backend.ops.image.layout import (
    check_choice,
    check_rank,
    from_batch,
    to_batch,
)
from inspector.keras_backend.ops.image.sampling import FILL_MODES, sampled

_ORDERS = {"nearest": 0, "bilinear": 1}


def _grid(height: int, width: int, dtype: Any) -> tuple[Any, Any]:
    """The column and the row number of each pixel."""
    xp = array_module.xp
    y, x = xp.meshgrid(xp.arange(height), xp.arange(width), indexing="ij")
    return Tensor(x.astype(dtype)), Tensor(y.astype(dtype))


def _batch_numbers(images: Any) -> Tensor:
    """The image that each output pixel reads from, to be broadcast over height and width."""
    return Tensor(array_module.xp.arange(images.shape[0])[:, None, None])


def _spread(numbers: Any) -> Any:
    """(batch,) as (batch, 1, 1)."""
    return shaping.reshape(numbers, shape=(-1, 1, 1))


def _at(images: Any, x: Any, y: Any, order: int, fill_mode: str, fill_value: float) -> Any:
    """Each image of a batch at the columns x and rows y."""
    shape = (images.shape[0], *x.shape[-2:])
    x, y = shaping.broadcast_to(x, shape=shape), shaping.broadcast_to(y, shape=shape)
    return sampled(
        images,
        [y, x],
        order=order,
        fill_mode=fill_mode,
        fill_value=fill_value,
        leading=[_batch_numbers(images)],
    )


def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    """Each output pixel (x, y) from (a0·x + a1·y + a2, b0·x + b1·y + b2) of the input.

    Raises:
        ValueError: an unknown interpolation or fill mode, or wrong ranks.
    """
    check_choice("interpolation", interpolation, _ORDERS)
    check_choice("fill_mode", fill_mode, FILL_MODES)
    tensor, numbers = convert_to_tensor(images), convert_to_tensor(transform)
    check_rank(tensor)
    if numbers.ndim not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of "
            f"transforms). Received input with shape: transform.shape={numbers.shape}"
        )
    dtype = to_dtype(result_type(tensor.dtype, "float32"))
    batch = to_batch(cast_to(tensor, dtype), data_format)
    numbers = shaping.reshape(cast_to(numbers, dtype), shape=(-1, 8))
    a0, a1, a2, b0, b1, b2, _, _ = map(_spread, joining.unstack(numbers, axis=1, count=8))
    x, y = _grid(batch.shape[1], batch.shape[2], dtype)
    found = _at(
        batch,
        a0 * x + a1 * y + a2,
        b0 * x + b1 * y + b2,
        _ORDERS[interpolation],
        fill_mode,
        fill_value,
    )
    return cast_to(from_batch(found, data_format, tensor.ndim), tensor.dtype)


def _check_points(start_points: Any, end_points: Any) -> None:
    for name, points in (("start_points", start_points), ("end_points", end_points)):
        if points.ndim not in (2, 3) or points.shape[-2:] != (4, 2):
            raise ValueError(
                f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                f"Received shape: {points.shape}"
            )
    if start_points.shape != end_points.shape:
        raise ValueError(
            "start_points and end_points must have the same shape. Received "
            f"start_points.shape={start_points.shape}, end_points.shape={end_points.shape}"
        )


def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    """Images with the four start points moved to the four end points.

    Raises:
        ValueError: an unknown interpolation, or wrong ranks or shapes.
    """
    tensor = convert_to_tensor(images)
    starts, ends = convert_to_tensor(start_points), convert_to_tensor(end_points)
    check_choice("interpolation", interpolation, _ORDERS)
    check_rank(tensor)
    _check_points(starts, ends)
    dtype = to_dtype(result_type(tensor.dtype, "float32"))
    batch = to_batch(cast_to(tensor, dtype), data_format)
    matrix = compute_homography_matrix(
        shaping.reshape(starts, shape=(-1, 4, 2)), shaping.reshape(ends, shape=(-1, 4, 2))
    )
    parts = joining.unstack(cast_to(matrix, dtype), axis=1, count=8)
    a0, a1, a2, a3, a4, a5, a6, a7 = map(_spread, parts)
    x, y = _grid(batch.shape[1], batch.shape[2], dtype)
    depth = a6 * x + a7 * y + 1.0
    found = _at(
        batch,
        (a0 * x + a1 * y + a2) / depth,
        (a3 * x + a4 * y + a5) / depth,
        _ORDERS[interpolation],
        "constant",
        fill_value,
    )
    return cast_to(from_batch(found, data_format, tensor.ndim), tensor.dtype)


def compute_homography_matrix(start_points: Any, end_points: Any) -> Any:
    """The eight numbers of the projective map that takes four end points to four start points.

    Each pair of points gives two linear equations in the eight numbers, the ninth being 1.
    """
    starts, ends = convert_to_tensor(start_points), convert_to_tensor(end_points)
    dtype = to_dtype(result_type(starts.dtype, ends.dtype, float))
    wide = to_dtype(result_type(dtype, "float32"))
    starts, ends = cast_to(starts, wide), cast_to(ends, wide)
    x, y = joining.unstack(ends, axis=2, count=2)
    u, v = joining.unstack(starts, axis=2, count=2)
    one, zero = choice.full_like(x, value=1), choice.full_like(x, value=0)
    for_u = joining.stack(x, y, one, zero, zero, zero, -u * x, -u * y, axis=2)
    for_v = joining.stack(zero, zero, zero, x, y, one, -v * x, -v * y, axis=2)
    rows = shaping.reshape(joining.stack(for_u, for_v, axis=2), shape=(-1, 8, 8))
    right = shaping.reshape(starts, shape=(-1, 8, 1))
    solved = linalg.solve(rows, right)
    return cast_to(shaping.reshape(solved, shape=(-1, 8)), dtype)


def elastic_transform(
    images: Any,
    alpha: Any = 20.0,
    sigma: Any = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Any:
    """Each pixel moved by smooth random waves: noise, blurred by `sigma`, times `alpha`.

    Raises:
        ValueError: an unknown interpolation or fill mode, or a wrong rank.
    """
    check_choice("interpolation", interpolation, _ORDERS)
    check_choice("fill_mode", fill_mode, FILL_MODES)
    tensor = convert_to_tensor(images)
    check_rank(tensor)
    dtype = to_dtype(result_type(tensor.dtype, "float32"))
    batch = to_batch(cast_to(tensor, dtype), data_format)
    count, height, width, _ = batch.shape
    width_of_blur = float(np.asarray(sigma))
    taps = int(6 * width_of_blur) | 1
    noise = random.normal((count, height, width, 2), dtype=dtype, seed=seed) * width_of_blur
    waves = gaussian_blur(
        noise, (taps, taps), (width_of_blur, width_of_blur), data_format="channels_last"
    )
    shift_x, shift_y = joining.unstack(waves * float(np.asarray(alpha)), axis=3, count=2)
    x, y = _grid(height, width, dtype)
    found = _at(batch, x + shift_x, y + shift_y, _ORDERS[interpolation], fill_mode, fill_value)
    return cast_to(from_batch(found, data_format, tensor.ndim), tensor.dtype)
