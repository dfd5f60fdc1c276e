"""Choosing between values, products of matrices, and ops that compute nothing."""

import numpy as np
from hypothesis import strategies as st
from trial import (
    ALL,
    BOOL,
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMBERS,
    REAL,
    Trial,
    arrays,
    broadcast,
    build,
    shapes,
    some,
)


@st.composite
def where(draw):
    dtype = (draw(st.sampled_from(ALL)),)
    condition, *values = draw(broadcast(3))
    inputs = (draw(arrays(condition, BOOL)), *[draw(arrays(shape, dtype)) for shape in values])
    return Trial(inputs, expected=np.where)


@st.composite
def clipped(draw):
    x = draw(arrays(dtypes=REAL))
    low, high = (0, 4) if x.dtype.kind == "u" else (-1, 1)
    return Trial((x,), {"low": low, "high": high}, lambda a: np.clip(a, low, high))


@st.composite
def full(draw):
    x, dtype = draw(arrays(dtypes=ALL)), draw(st.none() | st.sampled_from(ALL))
    value = draw(st.sampled_from([0, 1]))
    return Trial((x,), {"value": value, "dtype": dtype}, lambda a: np.full(a.shape, value))


@st.composite
def product(draw):
    dtype = (draw(st.sampled_from((*FLOATS, *COMPLEX, *INTEGERS))),)
    m, n, k = (draw(some) for _ in range(3))
    left, right = draw(broadcast())
    a, b = draw(arrays((*left[:-1], m, k), dtype)), draw(arrays((*right[:-1], k, n), dtype))
    return Trial((a, b), expected=lambda a, b: np.matmul(a, b).astype(a.dtype), loose=2,
                 refusable=not _fit(left[:-1], right[:-1]))  # fmt: skip


def _fit(left, right):
    try:
        np.broadcast_shapes(left, right)
    except ValueError:
        return False
    return True


@st.composite
def among(draw):
    dtype = (draw(st.sampled_from(REAL)),)
    a, b = draw(arrays(dtypes=dtype)), draw(arrays(shapes(1, 1), dtype))
    if a.size and b.size and draw(st.booleans()):
        b = np.concatenate([b, a.reshape(-1)[:2]])
    invert = draw(st.booleans())
    return Trial((a, b), {"invert": invert}, lambda a, b: np.isin(a, b, invert=invert))


@st.composite
def given_a_rule(draw):
    shape = draw(shapes())
    dtype = (draw(st.sampled_from(FLOATS)),)
    y, x = draw(arrays(shape, dtype)), draw(arrays(shape, dtype))
    # The value does not depend on x, and the rule says so.
    return Trial((y, x), {"outputs": 1, "rule": lambda g: [g * 0]}, lambda y, x: y,
                 differentiable=(1,))  # fmt: skip


TRIALS = {
    "where": where(),
    "clip": clipped(),
    "full_like": full(),
    "matmul": product(),
    "isin": among(),
    "stop_gradient": build(arrays(dtypes=NUMBERS), expected=lambda x: x),
    "custom_gradient": given_a_rule(),
}
