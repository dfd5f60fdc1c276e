"""Cases of special functions."""

import numpy as np
from case import Case
from scipy import special

G = np.random.default_rng(13)
X = G.normal(size=(3, 4))
INSIDE = G.uniform(-0.9, 0.9, size=(3, 4))
POSITIVE = np.abs(X) + 0.5
AXIS = {"axis": (1,), "keepdims": False}

CASES = [
    Case("erf", (X,), expected=special.erf),
    Case("erfc", (X,), expected=special.erfc),
    Case("erfinv", (INSIDE,), expected=special.erfinv),
    Case("rsqrt", (POSITIVE,), expected=lambda x: 1 / np.sqrt(x)),
    Case("logsumexp", (X,), AXIS, expected=lambda x: special.logsumexp(x, axis=1)),
    Case(
        "logsumexp",
        (X * 500,),
        {"axis": None, "keepdims": True},
        differentiable=(),
        expected=lambda x: special.logsumexp(x, keepdims=True),
    ),
]
