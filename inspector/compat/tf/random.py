"""`tf.random`: seeded draws through keras.random, so that they are recorded and repeatable.

The numbers are not TensorFlow's for the same seed; distributions, shapes and dtypes are.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.shapes import static_shape, with_symbolic_shape
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor

ops = keras.ops


class _Global:
    """The seed that op-level draws without a seed come from."""

    seeds: keras.random.SeedGenerator | None = None


def _seed(seed: Any) -> Any:
    """A seed for one draw: the given one, else the next of the global generator."""
    if seed is not None:
        return int(np.asarray(seed).reshape(-1)[0])
    return _Global.seeds


@public("random.set_seed", "compat.v1.set_random_seed")
def set_seed(seed: int) -> None:
    keras.utils.set_random_seed(int(seed))
    _Global.seeds = keras.random.SeedGenerator(int(seed))


def _draw(kind: str, shape: Any, dtype: Any, scale: Any, shift: Any, seed: Any) -> Any:
    wanted = dtype_name(dtype) or "float32"

    def run(sizes: tuple[int, ...]) -> Any:
        drawn = getattr(keras.random, kind)(sizes, dtype=wanted, seed=_seed(seed))
        scaled = drawn if _is(scale, 1) else ops.multiply(drawn, tensor(scale, wanted))
        return scaled if _is(shift, 0) else ops.add(scaled, tensor(shift, wanted))

    return with_symbolic_shape(run, shape, dtype=wanted, name=f"random_{kind}")


def _is(value: Any, number: float) -> bool:
    return isinstance(value, int | float) and value == number


@public("random.normal", "random.stateless_normal", "compat.v1.random_normal")
def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: Any = None,
    name: str | None = None,
) -> Any:
    return _draw("normal", shape, dtype, stddev, mean, seed)


@public("random.truncated_normal", "compat.v1.truncated_normal")
def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: Any = None,
    name: str | None = None,
) -> Any:
    return _draw("truncated_normal", shape, dtype, stddev, mean, seed)


@public("random.uniform", "compat.v1.random_uniform")
def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    seed: Any = None,
    name: str | None = None,
    **ignored: Any,
) -> Any:
    """Numbers from minval up to maxval (1 by default for floats), which is not included."""
    wanted = dtype_name(dtype) or "float32"
    if "int" in wanted:
        low, high = int(minval), int(maxval)
        return with_symbolic_shape(
            lambda sizes: keras.random.randint(sizes, low, high, dtype=wanted, seed=_seed(seed)),
            shape,
            dtype=wanted,
            name="random_uniform",
        )
    top = 1 if maxval is None else maxval
    return _draw("uniform", shape, wanted, top - minval, minval, seed)


@public("random.stateless_uniform")
def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    name: str | None = None,
    **ignored: Any,
) -> Any:
    return uniform(shape, minval, maxval, dtype, seed)


@public("random.stateless_truncated_normal")
def stateless_truncated_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", **_: Any
) -> Any:
    return truncated_normal(shape, mean, stddev, dtype, seed)


@public("random.shuffle", "random.experimental.stateless_shuffle", "compat.v1.random_shuffle")
def shuffle(value: Any, seed: Any = None, name: str | None = None) -> Any:
    """Rows in a random order."""
    x = tensor(value)
    order = ops.argsort(keras.random.uniform((x.shape[0],), seed=_seed(seed)))
    if isinstance(x, StringTensor):
        return strings(x.texts()[host(order)])
    return ops.take(x, order, axis=0)


@public("random.categorical", "random.stateless_categorical")
def categorical(
    logits: Any, num_samples: Any, dtype: Any = "int64", seed: Any = None, name: str | None = None
) -> Any:
    wanted = dtype_name(dtype) or "int64"
    drawn = keras.random.categorical(tensor(logits), int(num_samples), seed=_seed(seed))
    return ops.cast(drawn, wanted)


@public("random.gamma", "random.stateless_gamma")
def gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = "float32",
    seed: Any = None,
    name: str | None = None,
) -> Any:
    shape_of_alpha = np.shape(np.asarray(alpha))
    sizes = (*static_shape(shape), *shape_of_alpha)
    drawn = keras.random.gamma(sizes, alpha, dtype=dtype_name(dtype), seed=_seed(seed))
    return drawn if beta is None else ops.divide(drawn, tensor(beta))


@public("random.poisson", "random.stateless_poisson")
def poisson(
    shape: Any, lam: Any, dtype: Any = "float32", seed: Any = None, name: str | None = None
) -> Any:
    sizes = (*static_shape(shape), *np.shape(np.asarray(lam)))
    numbers = np.random.default_rng(_host_seed(seed))
    return tensor(numbers.poisson(np.asarray(lam), sizes), dtype)


@public("random.stateless_binomial")
def binomial(
    shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = "int32", **_: Any
) -> Any:
    numbers = np.random.default_rng(_host_seed(seed))
    return tensor(numbers.binomial(counts, probs, static_shape(shape)), output_dtype)


def _host_seed(seed: Any) -> int:
    return int(_seed(seed)) if seed is not None else int(np.random.randint(2**31))


@public("random.split", "random.experimental.stateless_split")
def split(seed: Any, num: int = 2, alg: Any = None) -> Any:
    numbers = np.random.default_rng([int(s) for s in np.asarray(seed)])
    return tensor(numbers.integers(0, 2**31, (num, 2)), "int32")


@public("random.fold_in", "random.experimental.stateless_fold_in")
def fold_in(seed: Any, data: Any, alg: Any = None) -> Any:
    return split([*np.asarray(seed).tolist(), int(data)], 1)[0]


class Generator:
    """`tf.random.Generator`."""

    def __init__(self, seed: Any = None) -> None:
        self._seeds = keras.random.SeedGenerator(None if seed is None else int(seed))

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        return cls(seed)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        return cls()

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", **_: Any
    ) -> Any:
        drawn = keras.random.normal(static_shape(shape), dtype=str(dtype), seed=self._seeds)
        return ops.add(ops.multiply(drawn, stddev), mean)

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", **_: Any
    ) -> Any:
        return keras.random.truncated_normal(
            static_shape(shape), mean, stddev, dtype=str(dtype), seed=self._seeds
        )

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", **_: Any
    ) -> Any:
        sizes = static_shape(shape)
        if "int" in str(dtype):
            return keras.random.randint(
                sizes, int(minval), int(maxval), dtype=str(dtype), seed=self._seeds
            )
        top = 1 if maxval is None else maxval
        return keras.random.uniform(sizes, minval, top, dtype=str(dtype), seed=self._seeds)

    def make_seeds(self, count: int = 1) -> Any:
        return tensor(np.stack([host(self._seeds.next()) for _ in range(count)], 1), "int64")

    def split(self, count: int = 1) -> list[Generator]:
        return [Generator(int(host(self._seeds.next())[0])) for _ in range(count)]

    def reset_from_seed(self, seed: Any) -> None:
        self._seeds = keras.random.SeedGenerator(int(seed))


_generator = Generator()
export("random.Generator random.experimental.Generator", Generator)
export("random.get_global_generator", lambda: _generator)
export("random.set_global_generator", lambda generator: None)
export("random_normal_initializer", keras.initializers.RandomNormal)
export("random_uniform_initializer", keras.initializers.RandomUniform)
export("zeros_initializer", keras.initializers.Zeros)
export("ones_initializer", keras.initializers.Ones)
export("constant_initializer", keras.initializers.Constant)
