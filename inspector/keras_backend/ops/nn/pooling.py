"""Pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.engine import array_module
from inspector.engine.primitives import choice, indexing, pooling, reduction, shaping
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


def _adaptive_windows(size: int, output: int) -> list[tuple[int, int]]:
    """(first, after the last) input of each output: as even as whole numbers allow."""
    return [(i * size // output, -(-(i + 1) * size // output)) for i in range(output)]


def _adaptive(reduce: Any, inputs: Tensor, output_size: Amount, data_format: str | None) -> Tensor:
    """Pool to a given size, one axis after another.

    Raises:
        ValueError: there are more than three spatial axes.
    """
    rank = inputs.ndim - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"Adaptive pooling supports only 1D/2D/3D, not {inputs.shape}")
    wanted = sizes(output_size, rank)

    def pool(x: Tensor) -> Tensor:
        for axis in range(rank, 0, -1):
            x = reduce(x, axis, _adaptive_windows(x.shape[axis], wanted[axis - 1]))
        return x

    return in_channels_last(pool, inputs, data_format)


def _gathered(x: Tensor, axis: int, windows: list[tuple[int, int]]) -> Any:
    """The axis as (outputs, longest window); shorter windows repeat their last input."""
    longest = max(stop - start for start, stop in windows)
    places = [min(start + k, stop - 1) for start, stop in windows for k in range(longest)]
    index = Tensor(array_module.xp.asarray(places, "int32"))
    taken = indexing.take(x, index, axis=axis)
    shape = (*x.shape[:axis], len(windows), longest, *x.shape[axis + 1 :])
    return shaping.reshape(taken, shape=shape)


def _maximum(x: Tensor, axis: int, windows: list[tuple[int, int]]) -> Tensor:
    return reduction.max_(_gathered(x, axis, windows), axis=(axis + 1,))


def _average(x: Tensor, axis: int, windows: list[tuple[int, int]]) -> Tensor:
    longest = max(stop - start for start, stop in windows)
    shares = [
        1 / (stop - start) if start + k < stop else 0.0
        for start, stop in windows
        for k in range(longest)
    ]
    shape = (len(windows), longest) + (1,) * (x.ndim - axis - 1)
    weights = Tensor(array_module.xp.asarray(shares, x.dtype).reshape(shape))
    terms = _gathered(x, axis, windows) * weights
    if 0.0 in shares:  # a repeated infinite input times 0 would be NaN
        terms = choice.where(weights > 0, terms, choice.full_like(weights, value=0))
    return reduction.sum_(terms, axis=(axis + 1,))


def adaptive_average_pool(
    inputs: Any, output_size: Amount, data_format: str | None = None
) -> Tensor:
    return _adaptive(_average, as_float(inputs), output_size, data_format)


def adaptive_max_pool(inputs: Any, output_size: Amount, data_format: str | None = None) -> Tensor:
    return _adaptive(_maximum, convert_to_tensor(inputs), output_size, data_format)
