"""Functions of one number, on any shape; complex ones where they have a meaning."""

import numpy as np
from hypothesis import strategies as st
from scipy import special
from trial import (
    ALL,
    COMPLEX,
    FLOATS,
    INEXACT,
    INTEGERS,
    NUMBERS,
    Trial,
    above_one,
    any_number,
    arrays,
    build,
    positive,
    within_one,
)


def unary(name, dtypes=FLOATS, values=any_number, expected=None):
    return build(arrays(dtypes=dtypes, values=values), expected=expected or getattr(np, name))


def both_signs(names, **how):
    return {name: unary(name, **how) for name in names.split()}


@st.composite
def rounded(draw):
    x = draw(arrays(dtypes=(*FLOATS[:2], *INTEGERS)))
    decimals = draw(st.integers(0, 2))
    return Trial((x,), {"decimals": decimals}, lambda a: np.round(a, decimals))


TRIALS = {
    **both_signs("negative", dtypes=NUMBERS),
    **both_signs("absolute square", dtypes=NUMBERS),
    **both_signs("exp expm1 sin cos tan sinh cosh tanh arctan arcsinh", dtypes=INEXACT),
    **both_signs("exp2 floor ceil trunc"),
    **both_signs("cbrt", values=positive),
    **both_signs("sign", dtypes=NUMBERS[:-2]),
    **both_signs("log log2 log10 log1p sqrt reciprocal", dtypes=INEXACT, values=positive),
    **both_signs("arcsin arccos arctanh", dtypes=INEXACT, values=within_one),
    **both_signs("arccosh", values=above_one),
    **both_signs("real imag conjugate angle", dtypes=(*COMPLEX, *FLOATS)),
    **both_signs("isnan isinf isfinite", dtypes=INEXACT),
    **both_signs("signbit logical_not", dtypes=FLOATS),
    "logical_not": unary("logical_not", dtypes=ALL),
    "invert": unary("invert", dtypes=(*INTEGERS, np.dtype("bool"))),
    "round": rounded(),
    "i0": unary("i0", expected=special.i0),
    "i1": unary("i1", expected=special.i1),
}
