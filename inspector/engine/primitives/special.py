"""Special functions of one number: the error function and its kin, and logsumexp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.engine import array_module, error_function
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import elementwise, reduction
from inspector.engine.promotion import EXTENDED_FLOATS
from inspector.engine.rules import FLOAT32, reduced, same

_TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def _wide(x: Any) -> Any:
    return x.astype(FLOAT32) if x.dtype in EXTENDED_FLOATS or x.dtype == np.float16 else x


def _bell(x: Any) -> Any:
    """The derivative of erf."""
    return elementwise.exp(-elementwise.square(x)) * _TWO_OVER_ROOT_PI


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, x: g * _bell(x)))
def erf(xp: Any, x: Any) -> Any:
    """The error function: the share of a normal distribution within x·√2 deviations."""
    return error_function.erf(xp, _wide(x)).astype(x.dtype, copy=False)


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, x: -g * _bell(x)))
def erfc(xp: Any, x: Any) -> Any:
    """1 - erf(x), exact where that is tiny."""
    # 1 - erf(x) would lose all digits for large x.
    return array_module.special().erfc(_wide(x)).astype(x.dtype, copy=False)


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, x: g / _bell(y)))
def erfinv(xp: Any, x: Any) -> Any:
    """The inverse of erf."""
    return array_module.special().erfinv(_wide(x)).astype(x.dtype, copy=False)


@primitive(shape=same, dtype=same, elementwise=True, vjp=each(lambda g, y, x: g * y**3 * -0.5))
def rsqrt(xp: Any, x: Any) -> Any:
    """1 / √x."""
    return xp.reciprocal(xp.sqrt(x))


def _logsumexp_back(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    # The gradient is a softmax; an all -inf line has none, and exp(-inf - -inf) would be NaN.
    spread_y = reduction.spread(y, x, axis, keepdims)
    return reduction.spread(g, x, axis, keepdims) * elementwise.exp(x - spread_y)


@primitive(shape=reduced, dtype=same, vjp=each(_logsumexp_back))
def logsumexp(xp: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))), without overflow; of nothing, the logarithm of 0."""
    if not x.size:
        return xp.full(reduced(x.shape, axis=axis, keepdims=keepdims), -xp.inf, x.dtype)
    wide = _wide(x)
    top = wide.max(axis=axis, keepdims=True)
    top = xp.where(xp.isfinite(top), top, wide.dtype.type(0))
    total = xp.log(xp.exp(wide - top).sum(axis=axis, keepdims=True)) + top
    if not keepdims:
        total = total.reshape(reduced(x.shape, axis=axis))
    return total.astype(x.dtype, copy=False)
