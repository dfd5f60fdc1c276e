"""The same random numbers on every backend: layers that draw can then be compared bit for bit.

Inside `same_draws(keras, name)` the functions of Keras' backend that draw take their numbers from
NumPy, seeded by the name. What a layer makes of its draws is the backend's own work; how a backend
draws by itself is judged elsewhere (Keras' `random_test` and our `test_random.py`).
"""

import contextlib
import random
import sys
import zlib
from unittest import mock

import numpy as np


class Draws:
    """Keras' backend functions that draw, over one NumPy generator."""

    def __init__(self, keras, seed):
        self.keras = keras
        self.generator = np.random.default_rng(seed)

    def _tensor(self, values, dtype):
        return self.keras.ops.convert_to_tensor(values.astype(dtype or "float32"))

    def uniform(self, shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        low, high = (self.keras.ops.convert_to_numpy(limit) for limit in (minval, maxval))
        return self._tensor(self.generator.uniform(low, high, tuple(shape)), dtype)

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        return self._tensor(self.generator.normal(mean, stddev, tuple(shape)), dtype)

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        within = np.clip(self.generator.normal(size=tuple(shape)), -2, 2)
        return self._tensor(mean + stddev * within, dtype)

    def randint(self, shape, minval, maxval, dtype="int32", seed=None):
        return self._tensor(self.generator.integers(minval, maxval, tuple(shape)), dtype)

    def beta(self, shape, alpha, beta, dtype=None, seed=None):
        alpha, beta = (self.keras.ops.convert_to_numpy(value) for value in (alpha, beta))
        return self._tensor(self.generator.beta(alpha, beta, tuple(shape)), dtype)

    def gamma(self, shape, alpha, dtype=None, seed=None):
        alpha = self.keras.ops.convert_to_numpy(alpha)
        return self._tensor(self.generator.gamma(alpha, size=tuple(shape)), dtype)

    def shuffle(self, x, axis=0, seed=None):
        order = self.generator.permutation(x.shape[axis])
        return self.keras.ops.take(self.keras.ops.convert_to_tensor(x), order, axis=axis)

    def dropout(self, inputs, rate, noise_shape=None, seed=None):
        shape = [
            size if asked is None else asked
            for asked, size in zip(noise_shape or inputs.shape, inputs.shape, strict=True)
        ]
        kept = self.generator.uniform(size=shape) >= rate
        return inputs * self._tensor(kept / (1 - rate), "float32")


@contextlib.contextmanager
def same_draws(keras, name):
    """Let the layers that run inside draw from a generator of this name."""
    seed = zlib.crc32(name.encode()) + 3
    draws = Draws(keras, seed)
    # AugMix picks its layers with Python's own generator.
    before = random.getstate()
    random.seed(seed)
    names = ("uniform", "normal", "truncated_normal", "randint", "beta", "gamma", "shuffle")
    target = sys.modules["keras.src.backend"].random
    replaced = {each: getattr(draws, each) for each in (*names, "dropout")}
    with mock.patch.multiple(target, **replaced):
        yield
    random.setstate(before)
