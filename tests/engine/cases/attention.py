"""Attention with and without bias, mask and the causal rule."""

from functools import partial

import numpy as np
from case import Case

random = np.random.default_rng(5)
q, k, v = (random.normal(size=(2, n, 2, d)) for n, d in ((3, 4), (5, 4), (5, 6)))
bias = random.normal(size=(1, 2, 3, 5))
mask = random.random((2, 1, 3, 5)) > 0.4
mask[..., 0] = True


def _attention(q, k, v, *rest, causal=False, has_bias=False, has_mask=False):
    scores = np.einsum("btnh,bsnh->bnts", q, k) * 0.4
    if has_bias:
        scores = scores + rest[0]
    kept = np.ones(scores.shape, bool)
    if causal:
        kept &= np.tri(*scores.shape[2:], dtype=bool)
    if has_mask:
        kept &= rest[-1]
    shares = np.where(kept, np.exp(scores), 0)
    shares /= shares.sum(-1, keepdims=True)
    return np.einsum("bnts,bsnh->btnh", shares, v), shares


def _case(*arrays, **how):
    constants = {"scale": 0.4, "causal": False, "has_bias": False, "has_mask": False, **how}
    # Nothing is computed from the probabilities, so they hand no gradient on.
    expected = partial(_attention, **how)
    return Case("attention", arrays, constants, expected=expected, outputs=(0,))


shares = _attention(q, k, v)[1]
g = random.normal(size=(2, 3, 2, 6))
SLOPES = {"scale": 0.4, "causal": False, "has_mask": False}

CASES = [
    _case(q, k, v),
    _case(q, k, v, causal=True),
    _case(q, k, v, bias, mask, has_bias=True, has_mask=True),
    Case("attention_grad", (g, q, k, v, shares), SLOPES, differentiable=()),
]
