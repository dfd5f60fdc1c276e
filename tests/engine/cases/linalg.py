"""Cases of linear algebra."""

import numpy as np
from case import Case

G = np.random.default_rng(11)
SQUARE = G.normal(size=(2, 3, 3)) + 2 * np.eye(3)
POSITIVE = SQUARE @ SQUARE.swapaxes(-1, -2) + np.eye(3)
RIGHT = G.normal(size=(2, 3, 2))
TALL = G.normal(size=(2, 4, 3))
WIDE = G.normal(size=(3, 4))
LOOSE = 1e-5


def slogdet(a):
    return tuple(np.linalg.slogdet(a))


CASES = [
    Case("cholesky", (POSITIVE,), expected=np.linalg.cholesky),
    Case("det", (SQUARE,), expected=np.linalg.det),
    Case("slogdet", (SQUARE,), expected=slogdet),
    Case("inverse", (SQUARE,), expected=np.linalg.inv),
    Case("solve", (SQUARE, RIGHT), expected=np.linalg.solve),
    Case("solve", (SQUARE[0], RIGHT), expected=np.linalg.solve),
    Case("solve", (SQUARE, RIGHT[0]), expected=np.linalg.solve),
    Case(
        "solve_triangular",
        (SQUARE, RIGHT),
        {"lower": False},
        expected=lambda a, b: np.linalg.solve(np.triu(a), b),
    ),
    Case(
        "solve_triangular",
        (SQUARE, RIGHT),
        {"lower": True},
        expected=lambda a, b: np.linalg.solve(np.tril(a), b),
    ),
    Case("pinv", (TALL,), {"rcond": 1e-12}, expected=np.linalg.pinv, tolerance=LOOSE),
    Case("pinv", (WIDE,), {"rcond": 1e-12}, expected=np.linalg.pinv, tolerance=LOOSE),
    Case("matrix_rank", (TALL,), {"tol": None}, expected=lambda a: np.linalg.matrix_rank(a)),
    Case("matrix_rank", (np.ones((3, 3)),), {"tol": 1e-6}, expected=lambda a: np.int32(1)),
]
