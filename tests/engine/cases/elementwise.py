"""Cases of functions of one number."""

import numpy as np
from case import Case
from scipy import special

G = np.random.default_rng(2)
ANY = G.normal(size=(3, 4)) + 0.05
POSITIVE = G.uniform(0.5, 2.0, size=(3, 4))
UNIT = G.uniform(-0.8, 0.8, size=(3, 4))
COMPLEX = ANY + 1j * UNIT
ODD = np.array([[np.nan, np.inf], [-np.inf, -0.0]])


def unary(name, array, expected=None):
    return Case(name, (array,), expected=expected or getattr(np, name))


CASES = [
    *[unary(name, ANY) for name in ("absolute", "sign", "exp", "exp2", "expm1", "square")],
    *[unary(name, POSITIVE) for name in ("log", "log2", "log10", "log1p", "sqrt", "reciprocal")],
    *[unary(name, ANY) for name in ("cbrt", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh")],
    *[unary(name, UNIT) for name in ("arcsin", "arccos", "arctanh", "arcsinh")],
    unary("arccosh", POSITIVE + 1),
    *[unary(name, ANY * 3) for name in ("floor", "ceil", "trunc")],
    Case("round", (ANY * 3,), {"decimals": 1}, expected=lambda a: np.round(a, 1)),
    Case("round", (ANY * 3,), {"decimals": 0}, expected=np.round),
    *[unary(name, COMPLEX) for name in ("real", "imag", "conjugate", "angle", "absolute")],
    *[unary(name, ANY) for name in ("real", "imag", "conjugate", "angle")],
    *[unary(name, ODD) for name in ("isnan", "isinf", "isfinite", "signbit")],
    Case("i0", (ANY * 2,), expected=special.i0),
    Case("i1", (np.append(ANY, 0.0),), expected=special.i1),
]
