"""Cases of the matrix product."""

import numpy as np
from case import Case

G = np.random.default_rng(6)
LEFT = G.normal(size=(2, 3, 4))
RIGHT = G.normal(size=(4, 5))
BATCHED = G.normal(size=(5, 1, 4, 2))

CASES = [
    Case("matmul", (LEFT[0], RIGHT), expected=np.matmul),
    Case("matmul", (LEFT, RIGHT), expected=np.matmul),
    Case("matmul", (LEFT, BATCHED), expected=np.matmul),
    Case("matmul", (LEFT[:, ::2], RIGHT), expected=np.matmul),
]
