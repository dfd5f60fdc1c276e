"""Cases of the ops that decide what a gradient may pass."""

import numpy as np
from case import Case

X = np.array([1.0, 2.0, 3.0])

CASES = [
    Case("stop_gradient", (X,), expected=lambda x: x),
    # The output comes first, then the argument; the value does not depend on the argument, so the
    # rule is one that says so. That other rules are asked is tested in keras_backend.
    Case(
        "custom_gradient",
        (X, X),
        {"outputs": 1, "rule": lambda g: [g * 0]},
        differentiable=(1,),
        expected=lambda y, x: [y],
    ),
]
