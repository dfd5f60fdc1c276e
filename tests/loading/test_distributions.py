"""TensorFlow Probability's distributions as stand-ins: against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inspector.loading.stand_ins.distributions import (
    Categorical,
    MultivariateNormalDiag,
    Normal,
    kl_divergence,
)


def test_normal_has_its_density_and_draws():
    one = Normal(1.0, 2.0)

    assert float(one.log_prob(1.0)) == pytest.approx(-math.log(2 * math.sqrt(2 * math.pi)))
    assert float(one.prob(3.0)) == pytest.approx(math.exp(-0.5) / (2 * math.sqrt(2 * math.pi)))
    assert one.sample(3).shape == (3,)
    assert float(kl_divergence(one, Normal(1.0, 2.0))) == pytest.approx(0.0, abs=1e-6)


def test_diagonal_normal_adds_its_last_axis_up():
    pair = MultivariateNormalDiag([0.0, 0.0], [1.0, 1.0])

    assert float(pair.log_prob([0.0, 0.0])) == pytest.approx(-math.log(2 * math.pi))
    assert pair.sample(5).shape == (5, 2)


def test_categorical_has_shares_and_entropy():
    coin = Categorical(probs=[0.25, 0.75])

    assert float(coin.log_prob(1)) == pytest.approx(math.log(0.75))
    entropy = -0.25 * math.log(0.25) - 0.75 * math.log(0.75)
    assert float(coin.entropy()) == pytest.approx(entropy)
    assert set(np.asarray(Categorical(logits=np.zeros((50, 2))).sample()).tolist()) <= {0, 1}
