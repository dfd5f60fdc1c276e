"""The error function, for NumPy and CuPy.

SciPy's float32 erf costs 15 ns an element. tanh is ten times faster, and erf(x) = tanh(x·P(x²))
with a polynomial P that was fitted by us on |x| <= 3.7, where float32's erf has reached 1: off by
at most 2e-7, three units in the last place. Beyond it P is kept up to 4.2, where the tanh is 1
exactly: a normal distribution that ends in 1e-7 makes gelu(-1000) -0.0001. float64 goes to SciPy,
exact to the bit.
"""

from __future__ import annotations

import math
from typing import Any

from inspector.engine import array_module

_BOUND = 4.2
_POLYNOMIAL = (
    1.128379464149475,
    0.10276726633310318,
    -0.00018789539171848446,
    -0.0006230135913938284,
    8.878608787199482e-05,
    -5.845930445502745e-06,
    1.5148246745866345e-07,
)
# The same for erf(x / sqrt(2)), the normal distribution's.
_HALF = tuple(c / math.sqrt(2) ** (2 * k + 1) for k, c in enumerate(_POLYNOMIAL))


def erf(xp: Any, x: Any, out: Any = None) -> Any:
    """The error function of a float32 or float64 array, into `out` where given."""
    if x.dtype.itemsize > 4:
        return array_module.special().erf(x, out=out)
    return _as_tanh(xp, x, _BOUND, _POLYNOMIAL, out)


def normal_distribution(xp: Any, x: Any) -> Any:
    """The probability that a standard normal variable is below x."""
    if x.dtype.itemsize > 4:
        result = array_module.special().erf(x * math.sqrt(0.5))
    else:
        result = _as_tanh(xp, x, _BOUND * math.sqrt(2), _HALF, None)
    result *= 0.5
    result += 0.5
    return result


def _as_tanh(xp: Any, x: Any, bound: float, coefficients: tuple[float, ...], out: Any) -> Any:
    if x.ndim == 0:
        # NumPy makes scalars of 0-d arrays, and scalars cannot be written into.
        return _as_tanh(xp, x.reshape(1), bound, coefficients, None).reshape(())
    bounded = xp.clip(x, -bound, bound)
    square = bounded * bounded
    total = square * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        total += coefficient
        total *= square
    total += coefficients[0]
    total *= bounded
    return xp.tanh(total, out=total if out is None else out)
