"""Cases of random draws: a seed gives one stream, whatever else was drawn."""

import numpy as np
from case import Case

G = np.random.default_rng(15)
X = G.normal(size=(2, 3))
MASK = X > 0
ALPHA = np.array([0.5, 1.0, 2.0])
FLOAT, INT = np.dtype("float64"), np.dtype("int32")
DRAW = {"shape": (2, 3), "dtype": FLOAT, "seed": (1, 2)}


CASES = [
    Case("random_uniform", (), DRAW),
    Case("random_normal", (), DRAW),
    Case("random_truncated_normal", (), DRAW),
    Case("random_integers", (), {**DRAW, "dtype": INT, "minval": 0, "maxval": 9}),
    Case("random_keep_mask", (), {"shape": (2, 3), "keep": 0.5, "seed": (1, 2)}),
    Case("random_permutation", (), {"size": 5, "seed": (1, 2)}),
    Case("random_categorical", (X,), {"samples": 4, "dtype": INT, "seed": (1, 2)}),
    Case("random_gamma", (ALPHA,), DRAW),
    Case("random_beta", (ALPHA, ALPHA), DRAW),
    Case("random_binomial", (np.array([4, 5, 6]), np.array([0.1, 0.5, 0.9])), DRAW),
    Case("dropout_apply", (X, MASK), {"keep": 0.5}, expected=lambda x, mask: x * mask * 2),
]
