"""Reductions over any axes, of any shape; an empty one is computed as NumPy has it, or refused."""

import numpy as np
from hypothesis import strategies as st
from trial import (
    ALL,
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMBERS,
    REAL,
    Trial,
    apart,
    arrays,
    axes_of,
    shapes,
)

FEW = (*FLOATS, *INTEGERS[:3], *COMPLEX)


@st.composite
def over_axes(draw, name, dtypes=FLOATS, function=None, **how):
    x = draw(arrays(dtypes=dtypes, **how))
    axis, keepdims = draw(axes_of(x.ndim)), draw(st.booleans())
    numpy = function or getattr(np, name)

    def expected(a):
        # In the operand's own dtype, where NumPy would widen whole numbers.
        return numpy(a, axis=axis, keepdims=keepdims).astype(a.dtype, copy=False)

    return Trial((x,), {"axis": axis, "keepdims": keepdims}, expected if name in OWN else
                 lambda a: numpy(a, axis=axis, keepdims=keepdims), loose=4)  # fmt: skip


OWN = {"sum", "prod"}


@st.composite
def place(draw, name):
    x = draw(arrays(dtypes=REAL, values=apart))
    axis = draw(st.none() | st.integers(0, x.ndim - 1)) if x.ndim else None
    keepdims = draw(st.booleans())
    return Trial((x,), {"axis": axis, "keepdims": keepdims},
                 lambda a: getattr(np, name)(a, axis=axis, keepdims=keepdims))  # fmt: skip


@st.composite
def running(draw, name, dtypes):
    x = draw(arrays(shapes(1), dtypes))
    axis = draw(st.integers(0, x.ndim - 1))
    return Trial((x,), {"axis": axis},
                 lambda a: getattr(np, name)(a, axis=axis).astype(a.dtype), loose=4)  # fmt: skip


TRIALS = {
    "sum": over_axes("sum", FEW),
    "mean": over_axes("mean", (*FLOATS, *COMPLEX)),
    "variance": over_axes("var", (*FLOATS, *COMPLEX)),
    "max": over_axes("max", (*FLOATS, *INTEGERS), values=apart),
    "min": over_axes("min", (*FLOATS, *INTEGERS), values=apart),
    "prod": over_axes("prod", FEW),
    "any": over_axes("any", ALL),
    "all": over_axes("all", ALL),
    "argmax": place("argmax"),
    "argmin": place("argmin"),
    "cumsum": running("cumsum", NUMBERS),
    "cumprod": running("cumprod", FEW),
}
