"""The maps from scores to shares."""

import numpy as np
from case import Case

random = np.random.default_rng(1)
x, g = random.normal(size=(2, 3, 4, 2))
shares = np.exp(x) / np.exp(x).sum(1, keepdims=True)
ROWS = {"axis": 1}
# One row with everything on one entry, one shared by two, one by three.
scores = np.array([[3.0, 0.1, 0.2], [1.0, 0.7, -2.0], [0.3, 0.2, 0.25]])
sparse = np.array([[1.0, 0.0, 0.0], [0.65, 0.35, 0.0], [0.3833, 0.2833, 0.3334]])

CASES = [
    Case("softmax", (x,), ROWS, expected=lambda v: shares),
    Case("softmax", (x,), {"axis": -1}),
    Case("softmax_grad", (g, shares), ROWS),
    Case("log_softmax", (x,), ROWS, expected=lambda v: np.log(shares)),
    Case("log_softmax_grad", (g, np.log(shares)), ROWS),
    Case("sparsemax", (scores,), {"axis": 1}, expected=lambda v: sparse, tolerance=3e-4),
    Case("sparsemax_grad", (scores, sparse), {"axis": 1}, differentiable=(0,)),
]
