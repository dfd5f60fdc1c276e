"""The maps from scores to shares."""

import numpy as np
from case import Case

random = np.random.default_rng(1)
x, g = random.normal(size=(2, 3, 4, 2))
shares = np.exp(x) / np.exp(x).sum(1, keepdims=True)
ROWS = {"axis": 1}

CASES = [
    Case("softmax", (x,), ROWS, expected=lambda v: shares),
    Case("softmax", (x,), {"axis": -1}),
    Case("softmax", (np.zeros((3, 0)),), {"axis": 1}, expected=lambda v: v),
    Case("log_softmax", (np.zeros((0, 3)),), {"axis": 0}, expected=lambda v: v),
    Case("softmax_grad", (g, shares), ROWS),
    Case("log_softmax", (x,), ROWS, expected=lambda v: np.log(shares)),
    Case("log_softmax_grad", (g, np.log(shares)), ROWS),
]
