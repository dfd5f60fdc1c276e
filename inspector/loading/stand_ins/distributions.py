"""The distributions of TensorFlow Probability that Keras scripts use, where it is not installed.

They are differentiable, for losses are made of their `log_prob`.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

_seeds = keras.random.SeedGenerator(0)


def _float(value: Any) -> Any:
    return ops.cast(ops.convert_to_tensor(value), "float32")


class Normal:
    """The bell curve around `loc`, element by element."""

    def __init__(self, loc: Any = 0.0, scale: Any = 1.0, **options: Any) -> None:
        self.loc, self.scale = _float(loc), _float(scale)

    def mean(self) -> Any:
        """The middle."""
        return self.loc + ops.zeros_like(self.scale)

    mode = mean

    def stddev(self) -> Any:
        """The width."""
        return self.scale + ops.zeros_like(self.loc)

    def variance(self) -> Any:
        """The width squared."""
        return ops.square(self.stddev())

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        distance = (_float(value) - self.loc) / self.scale
        return -0.5 * ops.square(distance) - ops.log(self.scale) - 0.5 * math.log(2 * math.pi)

    def prob(self, value: Any) -> Any:
        """The density."""
        return ops.exp(self.log_prob(value))

    def sample(self, shape: Any = (), seed: Any = None, **options: Any) -> Any:
        """Draws, through which gradients flow."""
        sizes = (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)
        mean = self.mean()
        noise = keras.random.normal((*sizes, *mean.shape), seed=_seeds)
        return mean + self.stddev() * noise

    def kl_divergence(self, other: Normal) -> Any:
        """How far the other one is away."""
        ratio = ops.square(self.scale / other.scale)
        distance = ops.square((self.loc - other.loc) / other.scale)
        return 0.5 * (ratio + distance - 1.0 - ops.log(ratio))


class MultivariateNormalDiag(Normal):
    """Independent bell curves along the last axis, taken as one event."""

    def __init__(self, loc: Any = 0.0, scale_diag: Any = 1.0, **options: Any) -> None:
        super().__init__(loc, scale_diag)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density of the whole event."""
        return ops.sum(super().log_prob(value), axis=-1)

    def kl_divergence(self, other: Normal) -> Any:
        """How far the other one is away."""
        return ops.sum(super().kl_divergence(other), axis=-1)


class Categorical:
    """One of several classes."""

    def __init__(self, logits: Any = None, probs: Any = None, **options: Any) -> None:
        self.logits = ops.log(_float(probs)) if logits is None else _float(logits)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of a class's probability."""
        chosen = ops.one_hot(ops.cast(value, "int32"), self.logits.shape[-1])
        return ops.sum(chosen * ops.log_softmax(self.logits, axis=-1), axis=-1)

    def sample(self, shape: Any = (), seed: Any = None, **options: Any) -> Any:
        """A class for each row."""
        rows = ops.reshape(self.logits, (-1, self.logits.shape[-1]))
        drawn = keras.random.categorical(rows, 1, seed=_seeds)
        return ops.reshape(drawn, self.logits.shape[:-1])

    def entropy(self) -> Any:
        """How open the choice is."""
        shares = ops.softmax(self.logits, axis=-1)
        return -ops.sum(shares * ops.log_softmax(self.logits, axis=-1), axis=-1)


class Mixture:
    """One of several distributions, drawn by a `Categorical`."""

    def __init__(self, cat: Categorical, components: Any, **options: Any) -> None:
        self.cat, self.components = cat, list(components)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the sum of the weighted densities."""
        shares = ops.log_softmax(self.cat.logits, axis=-1)
        each = ops.stack([one.log_prob(value) for one in self.components], axis=-1)
        return ops.logsumexp(shares + each, axis=-1)

    def mean(self) -> Any:
        """The weighted middle."""
        shares = ops.softmax(self.cat.logits, axis=-1)[..., None, :]
        return ops.sum(shares * ops.stack([one.mean() for one in self.components], -1), axis=-1)


def kl_divergence(first: Any, second: Any, *args: Any, **options: Any) -> Any:
    """How far the second distribution is from the first."""
    return first.kl_divergence(second)


NAMES: dict[str, Any] = {
    made.__name__: made
    for made in (Normal, MultivariateNormalDiag, Categorical, Mixture, kl_divergence)
}
