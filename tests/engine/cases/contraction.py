"""Cases of the matrix product."""

import numpy as np
from case import Case

G = np.random.default_rng(6)
LEFT = G.normal(size=(2, 3, 4))
RIGHT = G.normal(size=(4, 5))
BATCHED = G.normal(size=(5, 1, 4, 2))

SMALL = G.integers(-128, 128, size=(2, 3, 4)).astype(np.int32)
WRAPS = G.integers(100, 128, size=(4, 9)).astype(np.int8)
LARGE = G.integers(2**30, 2**31 - 1, size=(3, 4)).astype(np.int32)

CASES = [
    Case("matmul", (LEFT[0], RIGHT), expected=np.matmul),
    Case("matmul", (LEFT, RIGHT), expected=np.matmul),
    Case("matmul", (LEFT, BATCHED), expected=np.matmul),
    Case("matmul", (SMALL, SMALL[0].T), expected=np.matmul),
    Case("matmul", (LARGE, SMALL[0].T), expected=np.matmul),
    Case("matmul", (LARGE, LARGE.T), expected=np.matmul),
    Case("matmul", (WRAPS, WRAPS.T), expected=np.matmul),
    Case("matmul", (LEFT[:, ::2], RIGHT), expected=np.matmul),
]
