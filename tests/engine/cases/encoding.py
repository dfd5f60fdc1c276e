"""Class indices."""

import numpy as np
from case import Case

random = np.random.default_rng(6)
x = random.normal(size=(2, 3, 4))
indices = np.array([[0, 3, 1], [-1, 2, 2]], "int32")
g = random.normal(size=(2, 3))


def _entry(x, indices):
    found = np.take_along_axis(x, np.maximum(indices, 0)[..., None], -1)[..., 0]
    return np.where(indices < 0, 0, found)


CASES = [
    Case(
        "one_hot",
        (indices,),
        {"classes": 4, "dtype": np.dtype("float32")},
        expected=lambda i: (i[..., None] == np.arange(4)).astype("float32"),
    ),
    Case("entry", (x, indices), differentiable=(0,), expected=_entry),
    Case("spread_entry", (g, indices), {"classes": 4}, differentiable=(0,)),
]
