"""Pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.engine.primitives import pooling
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.nn.activation import as_float
from inspector.keras_backend.ops.nn.layout import in_channels_last, padding_pairs, sizes

Amount = int | Sequence[int]


def _pool(
    run: Any,
    inputs: Tensor,
    pool_size: Amount,
    strides: Amount | None,
    padding: str,
    data_format: str | None,
) -> Tensor:
    rank = inputs.ndim - 2
    size = sizes(pool_size, rank)
    steps = size if strides is None else sizes(strides, rank)

    def pool(x: Tensor) -> Tensor:
        pairs = padding_pairs(padding, x.shape[1:-1], size, steps, (1,) * rank)
        return run(x, size=size, strides=steps, padding=pairs)

    return in_channels_last(pool, inputs, data_format)


def max_pool(
    inputs: Any,
    pool_size: Amount,
    strides: Amount | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    inputs = convert_to_tensor(inputs)
    return _pool(pooling.max_pool, inputs, pool_size, strides, padding, data_format)


def average_pool(
    inputs: Any,
    pool_size: Amount,
    strides: Amount | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    inputs = as_float(inputs)
    return _pool(pooling.average_pool, inputs, pool_size, strides, padding, data_format)
