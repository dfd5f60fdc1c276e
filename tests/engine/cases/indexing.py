"""Cases of reading and writing by index, and of order."""

import numpy as np
from case import Case

G = np.random.default_rng(5)
CUBE = G.normal(size=(3, 4, 5))
LINE = G.normal(size=(7,))
TWICE = np.array([2, 0, 2], dtype=np.int32)
OTHER = np.array([1, -1, 1], dtype=np.int32)
GRID = np.array([[0, 3], [3, 1]], dtype=np.int32)
ALONG = G.integers(0, 4, size=(3, 2, 5)).astype(np.int32)
ARRAY = "array"
ALL = slice(None)
TOWARDS = G.normal(size=(3, 5))


def written(how):
    def expected(x, values, rows, places):
        copy = x.copy()
        if how == "set":
            copy[rows, :, places] = values
        else:
            getattr(np, how).at(copy, (rows, ALL, places), values)
        return copy

    return expected


ROWS = np.array([2, 0, 1], dtype=np.int32)
VALUES = G.normal(size=(3, 4))
KEY = (ARRAY, ALL, ARRAY)

CASES = [
    Case(
        "get_item",
        (CUBE,),
        {"key": (1, slice(3, 0, -2), None, Ellipsis)},
        expected=lambda x: x[1, 3:0:-2, None, ...],
    ),
    Case(
        "get_item",
        (CUBE, TWICE, OTHER),
        {"key": (ARRAY, ALL, ARRAY)},
        expected=lambda x, i, j: x[i, :, j],
    ),
    Case(
        "get_item",
        (CUBE, TWICE, OTHER),
        {"key": (ALL, ARRAY, ARRAY)},
        expected=lambda x, i, j: x[:, i, j],
    ),
    Case(
        "get_item", (CUBE, GRID), {"key": (Ellipsis, ARRAY, 1)}, expected=lambda x, i: x[..., i, 1]
    ),
    Case(
        "get_item",
        (CUBE, CUBE[:, :, 0] > 0),
        {"key": (ARRAY,)},
        meta=False,
        expected=lambda x, mask: x[mask],
    ),
    Case("put_in_zeros", (VALUES, TWICE, OTHER), {"key": KEY, "shape": (3, 4, 5)}),
    Case("put_in_zeros", (VALUES,), {"key": (ALL, ALL, 2), "shape": (3, 4, 5)}),
    *[
        Case("put", (CUBE, VALUES, ROWS, OTHER), {"key": KEY, "how": how}, expected=written(how))
        for how in ("set", "add", "multiply", "maximum", "minimum")
    ],
    Case("put", (CUBE, VALUES, TWICE, OTHER), {"key": KEY, "how": "multiply"}),
    Case("put", (CUBE, np.array(2.0)), {"key": (0, slice(1, 3))}),
    Case("take", (CUBE, GRID), {"axis": 1}, expected=lambda x, i: np.take(x, i, 1)),
    Case("take", (CUBE, OTHER), {"axis": 2}, expected=lambda x, i: np.take(x, i, 2)),
    Case("add_slices", (CUBE, TWICE), {"axis": 0, "size": 4}),
    Case(
        "take_along_axis",
        (CUBE, ALONG),
        {"axis": 1},
        expected=lambda x, i: np.take_along_axis(x, i, 1),
    ),
    Case("take_along_axis", (CUBE[:1], ALONG), {"axis": 1}),
    Case("add_along_axis", (CUBE[:, :2], ALONG), {"axis": 1, "shape": (3, 4, 5)}),
    Case("sort", (CUBE,), {"axis": 1}, expected=lambda x: np.sort(x, 1)),
    Case("argsort", (CUBE,), {"axis": 2}, expected=lambda x: np.argsort(x, 2)),
    Case("argpartition", (CUBE,), {"kth": 2, "axis": 1}),
    Case("top_k", (CUBE,), {"k": 2}),
    Case(
        "top_k",
        (np.array([1.0, 3.0, 3.0, 2.0]),),
        {"k": 3},
        differentiable=(),
        expected=lambda x: (np.array([3.0, 3.0, 2.0]), np.array([1, 2, 3])),
    ),
    Case("searchsorted", (np.sort(LINE), CUBE), {"side": "left"}, expected=np.searchsorted),
    Case("nonzero", (TOWARDS * (TOWARDS > 0),), meta=False, expected=np.nonzero),
    Case(
        "unique",
        (TWICE,),
        meta=False,
        expected=lambda x: np.unique(x, return_index=True, return_inverse=True, return_counts=True),
    ),
    Case(
        "bincount",
        (TWICE,),
        {"minlength": 5},
        meta=False,
        expected=lambda x: np.bincount(x, minlength=5),
    ),
    Case(
        "bincount",
        (TWICE, LINE[:3]),
        {"minlength": 0},
        meta=False,
        differentiable=(),
        expected=np.bincount,
    ),
]
