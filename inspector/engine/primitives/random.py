"""Random draws: leaf ops, whose seed is a constant, so that a replay draws the same numbers.

All numbers come from the host's Philox generator, whatever the array module: a run on a GPU and
one on the CPU draw the same. A draw has no gradient; a distribution that can be shifted and scaled
is drawn in its standard form, so that gradients reach its parameters through ordinary ops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitive import each, primitive
from inspector.engine.rules import BOOL, INT32, Shape, same

Seed = tuple[int, int]


def generator(seed: Seed) -> np.random.Generator:
    """The stream of numbers that belongs to a seed."""
    return np.random.Generator(np.random.Philox(key=np.array(seed, dtype=np.uint64)))


def _drawn_shape(*shapes: Shape, shape: Shape, **constants: Any) -> Shape:
    return shape


def _drawn_dtype(*dtypes: Any, dtype: Any, **constants: Any) -> Any:
    return dtype


def _width(dtype: Any) -> Any:
    """The dtype to draw in: float32 unless float64 is asked for."""
    return np.float64 if dtype == np.float64 else np.float32


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_uniform(xp: Any, *, shape: Shape, dtype: Any, seed: Seed) -> Any:
    """Uniform in [0, 1)."""
    drawn = generator(seed).random(shape, dtype=_width(dtype))
    return xp.asarray(drawn.astype(dtype, copy=False))


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_normal(xp: Any, *, shape: Shape, dtype: Any, seed: Seed) -> Any:
    """Mean 0, standard deviation 1."""
    drawn = generator(seed).standard_normal(shape, dtype=_width(dtype))
    return xp.asarray(drawn.astype(dtype, copy=False))


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_truncated_normal(xp: Any, *, shape: Shape, dtype: Any, seed: Seed) -> Any:
    """Standard normal, drawn again where it falls outside of two standard deviations."""
    source = generator(seed)
    drawn = source.standard_normal(shape, dtype=_width(dtype))
    flat = drawn.reshape(-1)
    outside = np.flatnonzero(np.abs(flat) > 2)
    while outside.size:
        flat[outside] = source.standard_normal(outside.size, dtype=_width(dtype))
        outside = outside[np.abs(flat[outside]) > 2]
    return xp.asarray(drawn.astype(dtype, copy=False))


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_integers(
    xp: Any, *, shape: Shape, minval: int, maxval: int, dtype: Any, seed: Seed
) -> Any:
    """Integers from `minval` to below `maxval`."""
    return xp.asarray(generator(seed).integers(minval, maxval, shape, dtype=dtype))


@primitive(shape=_drawn_shape, dtype=lambda **constants: BOOL)
def random_keep_mask(xp: Any, *, shape: Shape, keep: float, seed: Seed) -> Any:
    """True with probability `keep`."""
    return xp.asarray(generator(seed).random(shape, dtype=np.float32) < keep)


@primitive(shape=lambda *, size, seed: (size,), dtype=lambda **constants: INT32)
def random_permutation(xp: Any, *, size: int, seed: Seed) -> Any:
    """The numbers below `size` in a random order."""
    return xp.asarray(generator(seed).permutation(size).astype(np.int32))


@primitive(shape=lambda logits, *, samples, dtype, seed: (logits[0], samples), dtype=_drawn_dtype)
def random_categorical(xp: Any, logits: Any, *, samples: int, dtype: Any, seed: Seed) -> Any:
    """Class numbers drawn from each row's softmax, by inverting its cumulative sum."""
    rows = array_module.to_numpy(logits).astype(np.float64)
    likelihood = np.exp(rows - rows.max(axis=-1, keepdims=True))
    cumulative = np.cumsum(likelihood, axis=-1)
    points = generator(seed).random((rows.shape[0], samples)) * cumulative[:, -1:]
    drawn = [
        np.searchsorted(steps, at, side="right")
        for steps, at in zip(cumulative, points, strict=True)
    ]
    return xp.asarray(np.array(drawn).reshape(rows.shape[0], samples).astype(dtype))


def _host(*arrays: Any) -> list[Any]:
    return [array_module.to_numpy(array).astype(np.float64) for array in arrays]


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_gamma(xp: Any, alpha: Any, *, shape: Shape, dtype: Any, seed: Seed) -> Any:
    """Gamma distributed, of shape `alpha` and scale 1."""
    return xp.asarray(generator(seed).gamma(_host(alpha)[0], size=shape).astype(dtype))


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_beta(xp: Any, alpha: Any, beta: Any, *, shape: Shape, dtype: Any, seed: Seed) -> Any:
    """Beta distributed."""
    first, second = _host(alpha, beta)
    return xp.asarray(generator(seed).beta(first, second, size=shape).astype(dtype))


@primitive(shape=_drawn_shape, dtype=_drawn_dtype)
def random_binomial(
    xp: Any, counts: Any, probabilities: Any, *, shape: Shape, dtype: Any, seed: Seed
) -> Any:
    """Successes among `counts` tries."""
    number, chance = _host(counts, probabilities)
    drawn = generator(seed).binomial(number.astype(np.int64), chance, size=shape)
    return xp.asarray(drawn.astype(dtype))


def _through_mask(g: Any, y: Any, x: Any, mask: Any, keep: float) -> Any:
    return dropout_apply(g, mask, keep=keep)


@primitive(shape=same, dtype=same, vjp=each(_through_mask, None))
def dropout_apply(xp: Any, x: Any, mask: Any, *, keep: float) -> Any:
    """The kept values divided by their probability, so that the expected value stays; 0 else."""
    scaled = xp.multiply(x, x.dtype.type(1 / keep))
    return xp.where(mask, scaled, x.dtype.type(0))


def seed_of(values: Sequence[Any]) -> Seed:
    """A seed from the two numbers that Keras draws for it."""
    return int(values[0]), int(values[1])
