"""Activation functions, each a single op: forward, gradient and second derivative.

Every activation f is made by `_activation` from array formulas that write into `out`:

    f        out = f(x)
    slope    out = g · f'(x)               the op "<name>_grad"
    bend     out = f''(x)                  the op "<name>_bend"; beyond it, see `compositions`
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine.blocks import elementwise
from inspector.engine.error_function import normal_distribution
from inspector.engine.higher_order import WrittenOut
from inspector.engine.primitive import Primitive, each, primitive
from inspector.engine.primitives.choice import full_like
from inspector.engine.rules import same

Formula = Callable[..., None]


def _activation(name: str, doc: str, f: Formula, slope: Formula, bend: Formula) -> Primitive:
    def forward(xp: Any, x: Any, **constants: Any) -> Any:
        return elementwise(xp, f, x, **constants)

    def gradient(xp: Any, g: Any, x: Any, **constants: Any) -> Any:
        return elementwise(xp, slope, g, x, **constants)

    def curvature(xp: Any, x: Any, **constants: Any) -> Any:
        return elementwise(xp, bend, x, **constants)

    forward.__doc__ = doc
    gradient.__doc__ = f"The gradient through {name}."
    curvature.__doc__ = f"The second derivative of {name}."
    bent = primitive(
        name=f"{name}_bend",
        shape=same,
        dtype=same,
        elementwise=True,
        vjp=each(_zeros) if bend is _flat else WrittenOut(f"{name}_bend"),
    )(curvature)
    back = primitive(
        name=f"{name}_grad",
        shape=same,
        dtype=same,
        elementwise=True,
        vjp=each(
            lambda gg, y, g, x, **constants: back(gg, x, **constants),
            lambda gg, y, g, x, **constants: gg * g * bent(x, **constants),
        ),
    )(gradient)
    return primitive(
        name=name,
        shape=same,
        dtype=same,
        elementwise=True,
        vjp=each(lambda g, y, x, **constants: back(g, x, **constants)),
    )(forward)


def _flat(xp: Any, out: Any, x: Any, **constants: Any) -> None:
    """The second derivative of whatever is made of straight pieces."""
    out[...] = 0


def _zeros(g: Any, y: Any, x: Any, **constants: Any) -> Any:
    """The gradient of what is the same everywhere."""
    return full_like(x, value=0)


def _positive(xp: Any, x: Any, out: Any = None) -> Any:
    """max(x, 0); NumPy's clip is four times as fast as its maximum with a number."""
    if x.dtype.kind in "biu":
        return xp.maximum(x, 0, out=out)
    return xp.clip(x, 0, math.inf, out=out)


def _negative(xp: Any, x: Any, out: Any) -> Any:
    """min(x, 0)."""
    return xp.clip(x, -math.inf, 0, out=out)


def _relu_f(xp: Any, out: Any, x: Any) -> None:
    _positive(xp, x, out)


def _relu_slope(xp: Any, out: Any, g: Any, x: Any) -> None:
    xp.multiply(g, x > 0, out=out)


relu = _activation("relu", "max(x, 0).", _relu_f, _relu_slope, _flat)


def _leaky_relu_f(xp: Any, out: Any, x: Any, negative_slope: float) -> None:
    # Not max(x, slope·x): that would be wrong for slopes above 1.
    _negative(xp, x, out)
    out *= negative_slope
    out += _positive(xp, x)


def _leaky_relu_slope(xp: Any, out: Any, g: Any, x: Any, negative_slope: float) -> None:
    # slope + (1 - slope)·[x > 0]: a choice by mask would mispredict branches, ten times as slow.
    xp.multiply(x > 0, 1 - negative_slope, out=out, dtype=out.dtype)
    out += negative_slope
    out *= g


leaky_relu = _activation(
    "leaky_relu",
    "x for positive x, negative_slope·x else.",
    _leaky_relu_f,
    _leaky_relu_slope,
    _flat,
)


def _ramp_f(xp: Any, out: Any, x: Any, scale: float, shift: float, low: float, high: float) -> None:
    if scale == 1 and shift == 0:
        xp.clip(x, low, high, out=out)
        return
    xp.multiply(x, scale, out=out)
    out += shift
    xp.clip(out, low, high, out=out)


def _ramp_slope(
    xp: Any, out: Any, g: Any, x: Any, scale: float, shift: float, low: float, high: float
) -> None:
    # Where the ramp rises, told from x itself: two comparisons and no arithmetic.
    inside = x > (low - shift) / scale
    inside &= x < (high - shift) / scale
    xp.multiply(g, inside, out=out)
    if scale != 1:
        out *= scale


ramp = _activation("ramp", "scale·x + shift between low and high.", _ramp_f, _ramp_slope, _flat)


def _sigmoid_f(xp: Any, out: Any, x: Any) -> None:
    # exp(-x) may be infinite, and the answer is then 0: exactly, as silu(-inf) = NaN needs it.
    with np.errstate(over="ignore"):
        xp.negative(x, out=out)
        xp.exp(out, out=out)
        out += 1
        xp.reciprocal(out, out=out)


def _sigmoid_slope(xp: Any, out: Any, g: Any, x: Any) -> None:
    _sigmoid_f(xp, out, x)
    out *= 1 - out
    out *= g


def _sigmoid_bend(xp: Any, out: Any, x: Any) -> None:
    _sigmoid_f(xp, out, x)
    out *= (1 - out) * (1 - 2 * out)


sigmoid = _activation("sigmoid", "1 / (1 + exp(-x)).", _sigmoid_f, _sigmoid_slope, _sigmoid_bend)


def _softplus_f(xp: Any, out: Any, x: Any) -> None:
    xp.abs(x, out=out)
    xp.negative(out, out=out)
    xp.exp(out, out=out)
    xp.log1p(out, out=out)
    out += _positive(xp, x)


def _softplus_slope(xp: Any, out: Any, g: Any, x: Any) -> None:
    _sigmoid_f(xp, out, x)
    out *= g


def _softplus_bend(xp: Any, out: Any, x: Any) -> None:
    _sigmoid_f(xp, out, x)
    out *= 1 - out


softplus = _activation("softplus", "log(1 + exp(x)).", _softplus_f, _softplus_slope, _softplus_bend)


def _silu_f(xp: Any, out: Any, x: Any) -> None:
    _sigmoid_f(xp, out, x)
    out *= x


def _silu_slope(xp: Any, out: Any, g: Any, x: Any) -> None:
    # s + x·s·(1-s)
    _sigmoid_f(xp, out, x)
    rest = 1 - out
    rest *= x
    rest += 1
    out *= rest
    out *= g


def _silu_bend(xp: Any, out: Any, x: Any) -> None:
    _sigmoid_f(xp, out, x)
    out *= (1 - out) * (2 + x * (1 - 2 * out))


silu = _activation("silu", "x · sigmoid(x).", _silu_f, _silu_slope, _silu_bend)


def _elu_f(xp: Any, out: Any, x: Any, alpha: float, width: float, scale: float) -> None:
    _negative(xp, x, out)
    if width != 1:
        out /= width
    xp.expm1(out, out=out)
    out *= alpha
    out += _positive(xp, x)
    if scale != 1:
        out *= scale


def _elu_slope(xp: Any, out: Any, g: Any, x: Any, alpha: float, width: float, scale: float) -> None:
    _negative(xp, x, out)
    out /= width
    xp.exp(out, out=out)
    # The bounded exponential is 1 for positive x, where the slope is `scale`.
    out *= scale * alpha / width
    if alpha != width:
        out += (x > 0) * out.dtype.type(scale * (1 - alpha / width))
    out *= g


def _elu_bend(xp: Any, out: Any, x: Any, alpha: float, width: float, scale: float) -> None:
    _negative(xp, x, out)
    out /= width
    xp.exp(out, out=out)
    out *= scale * alpha / width**2
    out *= x <= 0


elu = _activation(
    "elu",
    "scale · (x for positive x, alpha·(exp(x/width) - 1) else): elu, celu and selu.",
    _elu_f,
    _elu_slope,
    _elu_bend,
)

# tanh form of gelu: x/2 · (1 + tanh(u)), u = ROOT·(x + CUBIC·x³)
ROOT = math.sqrt(2 / math.pi)
CUBIC = 0.044715


def _tanh_of_u(xp: Any, x: Any, square: Any) -> Any:
    inner = square * (ROOT * CUBIC)
    inner += ROOT
    inner *= x
    return xp.tanh(inner, out=inner)


def _gelu_tanh_f(xp: Any, out: Any, x: Any) -> None:
    xp.multiply(x, x, out=out)
    tanh = _tanh_of_u(xp, x, out)
    tanh += 1
    tanh *= 0.5
    xp.multiply(tanh, x, out=out)


def _gelu_tanh_slope(xp: Any, out: Any, g: Any, x: Any) -> None:
    square = x * x
    tanh = _tanh_of_u(xp, x, square)
    square *= 3 * CUBIC * ROOT  # becomes u'
    square += ROOT
    square *= x
    xp.multiply(tanh, tanh, out=out)
    xp.subtract(1, out, out=out)
    out *= square
    out += tanh
    out += 1
    out *= 0.5
    out *= g


def _gelu_tanh_bend(xp: Any, out: Any, x: Any) -> None:
    square = x * x
    tanh = _tanh_of_u(xp, x, square)
    rise = ROOT + 3 * ROOT * CUBIC * square  # u'
    steepness = 1 - tanh * tanh
    out[...] = steepness * (rise + x * (3 * ROOT * CUBIC * x - tanh * rise * rise))


gelu_tanh = _activation(
    "gelu_tanh",
    "x · Φ(x), the normal distribution function Φ by its tanh approximation.",
    _gelu_tanh_f,
    _gelu_tanh_slope,
    _gelu_tanh_bend,
)


def _normal_density(xp: Any, x: Any) -> Any:
    square = x * x
    square *= -0.5
    xp.exp(square, out=square)
    square *= 1 / math.sqrt(2 * math.pi)
    return square


def _gelu_f(xp: Any, out: Any, x: Any) -> None:
    xp.multiply(normal_distribution(xp, x), x, out=out)


def _gelu_slope(xp: Any, out: Any, g: Any, x: Any) -> None:
    xp.multiply(_normal_density(xp, x), x, out=out)
    out += normal_distribution(xp, x)
    out *= g


def _gelu_bend(xp: Any, out: Any, x: Any) -> None:
    xp.multiply(_normal_density(xp, x), 2 - x * x, out=out)


gelu = _activation("gelu", "x · Φ(x), exact.", _gelu_f, _gelu_slope, _gelu_bend)
