"""Blurring and edges. Both are separable: one pass along the rows and one along the columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src.backend.common.dtypes import result_type

from inspector.engine import array_module
from inspector.engine.operators import cast_to
from inspector.engine.primitives import indexing, joining
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_numpy, convert_to_tensor, to_dtype
from inspector.keras_backend.ops.image.layout import check_rank, spatial_axes
from inspector.keras_backend.ops.image.resizing import along_axis


def _gaussian(taps: int, sigma: float) -> Any:
    offsets = np.arange(taps) - (taps - 1) / 2
    bell = np.exp(-0.5 * (offsets / sigma) ** 2)
    return bell / bell.sum()


def _band(kernel: Any, size: int) -> Any:
    """A (size, size) matrix that convolves an axis with the kernel, zeros beyond the ends."""
    before = (len(kernel) - 1) // 2
    offsets = np.arange(size)[:, None] - np.arange(size)[None, :] + before
    inside = (offsets >= 0) & (offsets < len(kernel))
    return np.where(inside, kernel[np.clip(offsets, 0, len(kernel) - 1)], 0.0)


def gaussian_blur(
    images: Any,
    kernel_size: Any = (3, 3),
    sigma: Any = (1.0, 1.0),
    data_format: str | None = None,
) -> Any:
    """Images blurred by a Gaussian; sizes and sigmas are of the width, then of the height."""
    tensor = convert_to_tensor(images)
    check_rank(tensor)
    blurred = cast_to(tensor, to_dtype(result_type(tensor.dtype, "float32")))
    taps = [int(size) for size in convert_to_numpy(kernel_size)]
    widths = [float(width) for width in convert_to_numpy(sigma)]
    axes = spatial_axes(tensor, data_format)
    for axis, count, width in zip(axes[::-1], taps, widths, strict=True):
        band = _band(_gaussian(count, width), tensor.shape[axis])
        blurred = along_axis(blurred, band, axis)
    return cast_to(blurred, tensor.dtype)


def _shifted(x: Any, axis: int, by: int) -> Any:
    """The neighbours `by` further along, the border's own pixels where there are none."""
    places = np.clip(np.arange(x.shape[axis]) + by, 0, x.shape[axis] - 1)
    return indexing.take(x, Tensor(array_module.xp.asarray(places)), axis=axis)


def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """The slope along the height and along the width, in a new last axis."""
    tensor = convert_to_tensor(images)
    axes = spatial_axes(tensor, data_format)

    def slope(along: int, across: int) -> Any:
        difference = _shifted(tensor, along, 1) - _shifted(tensor, along, -1)
        return _shifted(difference, across, -1) + difference * 2 + _shifted(difference, across, 1)

    return joining.stack(slope(axes[0], axes[1]), slope(axes[1], axes[0]), axis=tensor.ndim)
