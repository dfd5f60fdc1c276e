"""Cases of matrices taken apart."""

import numpy as np
from case import Case
from scipy import linalg

G = np.random.default_rng(11)
SQUARE = G.normal(size=(2, 3, 3)) + 2 * np.eye(3)
POSITIVE = SQUARE @ SQUARE.swapaxes(-1, -2) + np.eye(3)
TALL = G.normal(size=(2, 4, 3))
WIDE = G.normal(size=(3, 4))
# Real eigenvalues, far apart; the other squares have complex ones, whose vectors have any phase.
REAL = SQUARE @ (np.diag([1.0, 3.0, 6.0]) @ np.linalg.inv(SQUARE))
LOOSE = 1e-5


def in_one(factor):
    """The matrices of a stack one by one, as SciPy takes them."""
    return lambda a: [np.stack(parts) for parts in zip(*map(factor, a), strict=True)]


def rebuilt(a):
    """U, s and Vh as the primitive gives them; compared through their product elsewhere."""
    return tuple(np.linalg.svd(a, full_matrices=False))


CASES = [
    Case("eigh", (POSITIVE,), expected=lambda a: tuple(np.linalg.eigh(a)), tolerance=LOOSE),
    Case("eig", (SQUARE,), outputs=(0,), expected=lambda a: tuple(np.linalg.eig(a))),
    Case("eig", (REAL,), tolerance=LOOSE),
    Case("qr", (TALL,), {"mode": "reduced"}, expected=lambda a: tuple(np.linalg.qr(a))),
    Case("qr", (TALL,), {"mode": "complete"}),
    Case("qr", (WIDE,), {"mode": "reduced"}, expected=lambda a: tuple(np.linalg.qr(a))),
    Case("qr", (WIDE,), {"mode": "complete"}),
    Case("svd", (TALL,), {"full": False}, expected=rebuilt, tolerance=LOOSE),
    Case("svd", (WIDE,), {"full": False}, expected=rebuilt, tolerance=LOOSE),
    Case("svd", (SQUARE,), {"full": True}, tolerance=LOOSE),
    Case("svd", (TALL,), {"full": True}, tolerance=LOOSE),
    Case("svd", (WIDE,), {"full": True}, tolerance=LOOSE),
    Case("lu_factor", (SQUARE,), expected=in_one(linalg.lu_factor)),
    Case("lu_factor", (TALL,), expected=in_one(linalg.lu_factor)),
    Case("lu_factor", (WIDE,), expected=linalg.lu_factor),
]
