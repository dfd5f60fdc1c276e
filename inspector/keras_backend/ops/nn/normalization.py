"""Moments and batch normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, normalization, shaping
from inspector.engine.promotion import result_type
from inspector.engine.rules import FLOAT32, normalize_axes
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.nn.activation import as_float

_FLOAT16 = np.dtype("float16")


def moments(
    x: Any, axes: int | Sequence[int], keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """Mean and variance over some axes; synchronized or not, since there is one device."""
    x = as_float(x)
    kept = normalize_axes(axes, x.ndim)
    found = normalization.moments(cast_to(x, FLOAT32) if x.dtype == _FLOAT16 else x, axis=kept)
    if not keepdims:
        shape = tuple(size for i, size in enumerate(x.shape) if i not in kept)
        found = tuple(shaping.reshape(t, shape=shape) for t in found)
    if x.dtype == _FLOAT16:
        # Beyond float16's range they would become infinite.
        found = tuple(cast_to(choice.clip(t, low=-65504.0, high=65504.0), _FLOAT16) for t in found)
    return found[0], found[1]


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) · scale + offset, along one axis."""
    x = convert_to_tensor(x)
    axis = axis % x.ndim
    given = [convert_to_tensor(v) for v in (mean, variance, scale, offset) if v is not None]
    dtype = result_type(x.dtype, *(v.dtype for v in given), float)
    kept = tuple(x.shape[axis] if i == axis else 1 for i in range(x.ndim))
    vectors = [shaping.reshape(cast_to(v, dtype), shape=kept) for v in given]
    return normalization.batch_norm(
        cast_to(x, dtype),
        *vectors,
        axis=axis,
        epsilon=float(epsilon),
        has_scale=scale is not None,
        has_offset=offset is not None,
    )
