"""Cases of reductions and running sums."""

import numpy as np
from case import Case

G = np.random.default_rng(3)
CUBE = G.normal(size=(2, 3, 4))
ONE_ZERO = np.array([[2.0, 0.0, 3.0], [1.5, -2.0, 4.0], [0.0, 0.0, 5.0]])
SOME = CUBE > 0
ACROSS = {"axis": (0, 2), "keepdims": False}
KEPT = {"axis": (1,), "keepdims": True}


def both(name, expected):
    return [
        Case(name, (CUBE,), ACROSS, expected=lambda x: expected(x, axis=(0, 2))),
        Case(name, (CUBE,), KEPT, expected=lambda x: expected(x, axis=1, keepdims=True)),
        Case(name, (CUBE,), {}, expected=lambda x: expected(x)),
    ]


CASES = [
    *both("sum", np.sum),
    *both("mean", np.mean),
    *both("variance", np.var),
    *both("max", np.max),
    *both("min", np.min),
    *both("prod", np.prod),
    Case("max", (np.array([[1.0, 3.0, 3.0]]),), {"axis": (1,)}, differentiable=()),
    Case("prod", (ONE_ZERO,), {"axis": (1,)}, expected=lambda x: x.prod(axis=1)),
    Case("any", (SOME,), ACROSS, expected=lambda x: x.any(axis=(0, 2))),
    Case("all", (SOME,), KEPT, expected=lambda x: x.all(axis=1, keepdims=True)),
    Case("argmax", (CUBE,), {"axis": 1}, expected=lambda x: x.argmax(axis=1)),
    Case("argmax", (CUBE,), {"keepdims": True}, expected=lambda x: x.argmax(keepdims=True)),
    Case(
        "argmin",
        (CUBE,),
        {"axis": 2, "keepdims": True},
        expected=lambda x: x.argmin(axis=2, keepdims=True),
    ),
    Case("argmin", (CUBE,), expected=lambda x: x.argmin()),
    Case("cumsum", (CUBE,), {"axis": 1}, expected=lambda x: x.cumsum(axis=1)),
    Case("cumprod", (CUBE,), {"axis": 2}, expected=lambda x: x.cumprod(axis=2)),
    Case("cumprod", (ONE_ZERO,), {"axis": 1}, expected=lambda x: x.cumprod(axis=1)),
]
