"""Cases of moving, joining and cutting values."""

import numpy as np
from case import Case

G = np.random.default_rng(4)
CUBE = G.normal(size=(2, 3, 4))
MATRIX = G.normal(size=(3, 4))
WIDTHS = ((1, 0), (0, 2), (1, 1))

CASES = [
    Case("reshape", (CUBE,), {"shape": (4, -1)}, expected=lambda x: x.reshape(4, -1)),
    Case("transpose", (CUBE,), {"axes": (2, 0, 1)}, expected=lambda x: x.transpose(2, 0, 1)),
    Case(
        "broadcast_to",
        (G.normal(size=(3, 1)),),
        {"shape": (2, 3, 4)},
        expected=lambda x: np.broadcast_to(x, (2, 3, 4)),
    ),
    Case("cast", (MATRIX,), {"dtype": np.dtype("int32")}, differentiable=()),
    Case("cast", (MATRIX,), {"dtype": np.dtype("complex128")}, expected=lambda x: x + 0j),
    Case("pad", (CUBE,), {"widths": WIDTHS}, expected=lambda x: np.pad(x, WIDTHS)),
    Case(
        "pad",
        (CUBE,),
        {"widths": WIDTHS, "value": 2.5},
        expected=lambda x: np.pad(x, WIDTHS, constant_values=2.5),
    ),
    Case("pad", (MATRIX,), {"widths": ((-1, 0), (2, -1))}),
    Case("flip", (CUBE,), {"axis": (0, 2)}, expected=lambda x: np.flip(x, (0, 2))),
    Case(
        "roll",
        (CUBE,),
        {"shift": (1, -2), "axis": (0, 2)},
        expected=lambda x: np.roll(x, (1, -2), (0, 2)),
    ),
    Case("repeat", (CUBE,), {"repeats": 3, "axis": 1}, expected=lambda x: np.repeat(x, 3, 1)),
    Case("tril", (CUBE,), {"k": 1}, expected=lambda x: np.tril(x, 1)),
    Case("triu", (CUBE,), {"k": -1}, expected=lambda x: np.triu(x, -1)),
    Case(
        "concatenate",
        (CUBE, CUBE[:, :1]),
        {"axis": 1},
        expected=lambda a, b: np.concatenate([a, b], 1),
    ),
    Case("stack", (MATRIX, MATRIX * 2), {"axis": 1}, expected=lambda a, b: np.stack([a, b], 1)),
    Case(
        "split",
        (CUBE,),
        {"points": (1, 1, 3), "axis": 2},
        expected=lambda x: np.split(x, (1, 1, 3), 2),
    ),
    Case(
        "split", (CUBE,), {"points": (3, 1), "axis": 2}, expected=lambda x: np.split(x, (3, 1), 2)
    ),
    Case(
        "unstack",
        (CUBE,),
        {"axis": 1, "count": 3},
        expected=lambda x: [x[:, i] for i in range(3)],
    ),
    Case(
        "bitcast",
        (MATRIX,),
        {"dtype": np.dtype("int32"), "width": 8},
        expected=lambda x: x.view("int32"),
    ),
]
