"""Windows as an array, and back."""

import numpy as np
from case import Case

random = np.random.default_rng(7)
x = random.normal(size=(2, 6, 5, 3))
HOW = {"kernel": (3, 2), "strides": (2, 1), "padding": ((1, 0), (0, 1)), "dilation": (1, 2)}
y = random.normal(size=(2, 3, 4, 3, 2, 3))

CASES = [
    Case("unfold", (x,), HOW),
    Case("fold", (y,), {"space": (6, 5), **HOW}),
]
