"""Cases of reductions by segment: -1 and numbers past the end belong to no segment."""

import numpy as np
from case import Case

G = np.random.default_rng(14)
ROWS = G.normal(size=(6, 2))
WITH_ZERO = np.where(np.arange(12).reshape(6, 2) == 3, 0.0, ROWS)
NUMBERS = np.array([2, 0, -1, 2, 0, 7], dtype=np.int32)


def by_segment(reduce, empty):
    def expected(rows, numbers):
        groups = [rows[numbers == n] for n in range(4)]
        return np.stack([reduce(g, axis=0) if len(g) else np.full(2, empty) for g in groups])

    return expected


CASES = [
    Case("segment_sum", (ROWS, NUMBERS), {"count": 4}, expected=by_segment(np.sum, 0.0)),
    Case(
        "segment_extreme",
        (ROWS, NUMBERS),
        {"count": 4, "largest": True},
        # An empty segment is -inf, whose central difference does not exist.
        differentiable=(),
        expected=by_segment(np.max, -np.inf),
    ),
    Case("segment_extreme", (ROWS, NUMBERS), {"count": 1, "largest": False}),
    Case("segment_product", (ROWS, NUMBERS), {"count": 4}, expected=by_segment(np.prod, 1.0)),
    Case("segment_product", (WITH_ZERO, NUMBERS), {"count": 4}),
    Case("segment_product_grad", (G.normal(size=(4, 2)), ROWS, NUMBERS), {"count": 4}),
    Case("segment_product_grad", (G.normal(size=(4, 2)), WITH_ZERO, NUMBERS), {"count": 4}),
]
