"""Activations, away from the kinks of those that are made of straight pieces."""

from functools import partial

import numpy as np
from case import Case

x = np.array([[-3.1, -0.4, 0.3], [0.9, 2.2, 7.3]])
g = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])

RAMP = {"scale": 0.2, "shift": 0.5, "low": 0.0, "high": 1.0}
ELU = {"alpha": 1.3, "width": 0.8, "scale": 1.1}
VARIANTS = {
    "relu": {},
    "leaky_relu": {"negative_slope": 0.3},
    "ramp": RAMP,
    "sigmoid": {},
    "softplus": {},
    "silu": {},
    "elu": ELU,
    "gelu_tanh": {},
    "gelu": {},
}


def _normal(v):
    from scipy.stats import norm

    return norm.cdf(v)


def _erf_free_tanh_gelu(v):
    return 0.5 * v * (1 + np.tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3)))


EXPECTED = {
    "relu": lambda v: np.maximum(v, 0),
    "leaky_relu": lambda v, negative_slope: np.where(v > 0, v, negative_slope * v),
    "ramp": lambda v, scale, shift, low, high: np.clip(scale * v + shift, low, high),
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "softplus": lambda v: np.log1p(np.exp(v)),
    "silu": lambda v: v / (1 + np.exp(-v)),
    "elu": lambda v, alpha, width, scale: (
        scale * np.where(v > 0, v, alpha * np.expm1(np.minimum(v, 0) / width))
    ),
    "gelu_tanh": _erf_free_tanh_gelu,
    "gelu": lambda v: v * _normal(v),
}

CASES = [
    *(Case(n, (x,), c, expected=partial(EXPECTED[n], **c)) for n, c in VARIANTS.items()),
    *(Case(f"{n}_grad", (g, x), c) for n, c in VARIANTS.items()),
    *(Case(f"{n}_bend", (x,), c) for n, c in VARIANTS.items()),
]
