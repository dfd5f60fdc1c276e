"""Keras' `backend.random`: draws on the host, so that CPU and GPU runs agree and replay.

Drawing and advancing a seed leave no ops behind; the draw itself is one op with its seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras.src.random.seed_generator import draw_seed

from inspector.engine import tape
from inspector.engine.operators import cast_to
from inspector.engine.primitive import Primitive
from inspector.engine.primitives import choice, indexing
from inspector.engine.primitives import random as draws
from inspector.engine.tensor import Tensor
from inspector.keras_backend import core
from inspector.keras_backend.core import convert_to_tensor, to_dtype


def _draw(primitive: Primitive, seed: Any, *inputs: Tensor, **constants: Any) -> Any:
    if core.meta_only:
        return primitive.infer(*inputs, seed=(0, 0), **constants)
    with tape.paused():
        drawn = draws.seed_of(convert_to_tensor(draw_seed(seed)).tolist())
    return primitive(*inputs, seed=drawn, **constants)


def _sizes(shape: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in shape)


def _scaled(drawn: Any, scale: Any, shift: Any) -> Any:
    """A standard draw, scaled and shifted; plain 1 and 0 cost no op."""
    if tape.current is None and _is_plain(drawn, scale, shift):
        # The first values of all weights: nobody else has seen the array that was just drawn.
        drawn.data *= drawn.dtype.type(scale)
        drawn.data += drawn.dtype.type(shift)
        return drawn
    if not (isinstance(scale, int | float) and scale == 1):
        drawn = drawn * cast_to(convert_to_tensor(scale), drawn.dtype)
    if not (isinstance(shift, int | float) and shift == 0):
        drawn = drawn + cast_to(convert_to_tensor(shift), drawn.dtype)
    return drawn


def _is_plain(drawn: Tensor, *numbers: Any) -> bool:
    """Whether there are floats to be changed in place by Python's own numbers."""
    is_float = drawn.dtype in (np.float32, np.float64) and drawn.data is not None
    return is_float and bool(drawn.shape) and all(type(n) in (int, float) for n in numbers)


def normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    drawn = _draw(draws.random_normal, seed, shape=_sizes(shape), dtype=to_dtype(dtype))
    return _scaled(drawn, stddev, mean)


def uniform(
    shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    drawn = _draw(draws.random_uniform, seed, shape=_sizes(shape), dtype=to_dtype(dtype))
    return _scaled(drawn, maxval - minval, minval)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Normal within two standard deviations of the mean."""
    drawn = _draw(draws.random_truncated_normal, seed, shape=_sizes(shape), dtype=to_dtype(dtype))
    return _scaled(drawn, stddev, mean)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    return _draw(
        draws.random_integers,
        seed,
        shape=_sizes(shape),
        minval=int(minval),
        maxval=int(maxval),
        dtype=to_dtype(dtype),
    )


def categorical(logits: Any, num_samples: int, dtype: Any = "int64", seed: Any = None) -> Any:
    return _draw(
        draws.random_categorical,
        seed,
        convert_to_tensor(logits),
        samples=int(num_samples),
        dtype=to_dtype(dtype),
    )


def dropout(
    inputs: Any, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Any = None
) -> Any:
    """The inputs with a share of `rate` set to zero and the rest scaled up."""
    tensor = convert_to_tensor(inputs)
    if rate == 0:
        return tensor
    if rate >= 1:
        return choice.full_like(tensor, value=0)
    sizes = tensor.shape if noise_shape is None else noise_shape
    shape = tuple(
        own if size is None else int(size) for own, size in zip(tensor.shape, sizes, strict=True)
    )
    mask = _draw(draws.random_keep_mask, seed, shape=shape, keep=1.0 - rate)
    return draws.dropout_apply(tensor, mask, keep=1.0 - rate)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """The slices along `axis` in a random order."""
    tensor = convert_to_tensor(x)
    order = _draw(draws.random_permutation, seed, size=tensor.shape[axis])
    return indexing.take(tensor, order, axis=axis % tensor.ndim)


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    operand = convert_to_tensor(alpha)
    return _draw(draws.random_gamma, seed, operand, shape=_sizes(shape), dtype=to_dtype(dtype))


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    operands = convert_to_tensor(alpha), convert_to_tensor(beta)
    return _draw(draws.random_beta, seed, *operands, shape=_sizes(shape), dtype=to_dtype(dtype))


def binomial(
    shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None
) -> Any:
    operands = convert_to_tensor(counts), convert_to_tensor(probabilities)
    return _draw(draws.random_binomial, seed, *operands, shape=_sizes(shape), dtype=to_dtype(dtype))
