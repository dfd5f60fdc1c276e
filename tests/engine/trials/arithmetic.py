"""Two operands that broadcast, of one dtype."""

import numpy as np
from hypothesis import strategies as st
from trial import (
    ALL,
    BOOL,
    FLOATS,
    INEXACT,
    INTEGERS,
    NUMBERS,
    REAL,
    Trial,
    any_number,
    arrays,
    broadcast,
    positive,
)


@st.composite
def binary(draw, name, dtypes=FLOATS, values=(any_number, any_number), **how):
    dtype = (draw(st.sampled_from(dtypes)),)
    inputs = [
        draw(arrays(shape, dtype, kind))
        for shape, kind in zip(draw(broadcast()), values, strict=True)
    ]
    return Trial(tuple(inputs), expected=getattr(np, name), **how)


def all_of(names, *how, **more):
    return {name: binary(name, *how, **more) for name in names.split()}


@st.composite
def shifts(draw, name):
    dtype = (draw(st.sampled_from(INTEGERS)),)
    one, other = draw(broadcast())
    return Trial((draw(arrays(one, dtype)), draw(arrays(other, dtype, positive)) % 7),
                 expected=getattr(np, name))  # fmt: skip


@st.composite
def whole(draw, name):
    """Quotients well away from whole numbers, where rounding would choose another one."""
    one, other = draw(broadcast())
    dtype = draw(st.sampled_from(REAL))
    a, b = draw(arrays(one, (dtype,))), draw(arrays(other, (dtype,), positive))
    if dtype.kind in "iu":
        b = b + b.dtype.type(1)
    quotient = np.asarray(a, "float64") / np.asarray(b, "float64")
    if dtype.kind not in "iu" and (np.abs(quotient - np.round(quotient)) < 0.05).any():
        a = (np.zeros_like(a) + a.dtype.type(0.5)).astype(dtype)
        b = np.ones_like(b)
    return Trial((a, b), expected=getattr(np, name))


TRIALS = {
    **all_of("add subtract multiply", NUMBERS),
    **all_of("divide", INEXACT, (any_number, positive)),
    **all_of("power", INEXACT, (positive, any_number)),
    **all_of("maximum minimum", REAL),
    **all_of("fmax fmin arctan2 hypot logaddexp logaddexp2"),
    **all_of("heaviside", differentiable=()),
    **all_of("nextafter", FLOATS[:2]),
    **all_of("equal not_equal", ALL),
    **all_of("less less_equal greater greater_equal", REAL),
    **all_of("logical_and logical_or logical_xor", ALL),
    **all_of("gcd lcm", INTEGERS),
    **all_of("bitwise_and bitwise_or bitwise_xor", (*INTEGERS, *BOOL)),
    **{name: shifts(name) for name in ("left_shift", "right_shift")},
    **{name: whole(name) for name in ("floor_divide", "remainder", "fmod")},
}
