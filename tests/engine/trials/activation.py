"""Activations of any shape, with their gradients and second derivatives, and the softmaxes."""

from functools import partial

import numpy as np
from hypothesis import strategies as st
from scipy import special
from trial import FLOATS, Trial, arrays, shapes, some

CONSTANTS = {
    "leaky_relu": {"negative_slope": st.sampled_from([0.0, 0.2, 1.7])},
    "ramp": {
        "scale": st.sampled_from([1.0, 0.2]),
        "shift": st.sampled_from([0.0, 0.5]),
        "low": st.just(0.0),
        "high": st.sampled_from([1.0, 6.0]),
    },
    "elu": {
        "alpha": st.sampled_from([1.0, 1.67]),
        "width": st.sampled_from([1.0, 0.5]),
        "scale": st.sampled_from([1.0, 1.05]),
    },
}
EXPECTED = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, negative_slope: np.where(x > 0, x, negative_slope * x),
    "ramp": lambda x, scale, shift, low, high: np.clip(scale * x + shift, low, high),
    "sigmoid": special.expit,
    "softplus": lambda x: np.logaddexp(x, 0),
    "silu": lambda x: x * special.expit(x),
    "elu": lambda x, alpha, width, scale: (
        scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / width))
    ),
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    ),
    "gelu": lambda x: x * special.ndtr(x),
}  # fmt: skip


def wide(generator, shape):
    """Far out on both sides too."""
    return generator.normal(size=shape) * generator.choice([1.0, 8.0])


@st.composite
def of_one(draw, name, derivative=""):
    dtype = (draw(st.sampled_from(FLOATS)),)
    x = draw(arrays(dtypes=dtype, values=wide))
    constants = {key: draw(values) for key, values in CONSTANTS.get(name, {}).items()}
    inputs = (draw(arrays(x.shape, dtype)), x) if derivative == "_grad" else (x,)
    expected = None if derivative else partial(EXPECTED[name], **constants)
    return Trial(inputs, constants, expected, loose=3)


@st.composite
def shares(draw, name):
    dtype = (draw(st.sampled_from(FLOATS)),)
    x = draw(arrays(shapes(1), dtype))
    axis = draw(st.integers(-x.ndim, x.ndim - 1))
    # SciPy's takes no maximum of nothing.
    return Trial(
        (x,), {"axis": axis}, lambda a: getattr(special, name)(a, axis=axis) if a.size else a
    )


@st.composite
def slopes_of_shares(draw, log):
    dtype = (draw(st.sampled_from(FLOATS)),)
    shape = draw(shapes(1, 3, some))
    axis = draw(st.integers(0, len(shape) - 1))
    g, x = draw(arrays(shape, dtype)), draw(arrays(shape, dtype))
    y = (special.log_softmax if log else special.softmax)(x.astype("float64"), axis)

    def expected(g, y):
        if log:
            return g - np.exp(y) * g.sum(axis, keepdims=True)
        return y * (g - (g * y).sum(axis, keepdims=True))

    return Trial((g, y.astype(x.dtype)), {"axis": axis}, expected)


TRIALS = {
    **{name: of_one(name) for name in EXPECTED},
    **{f"{name}_grad": of_one(name, "_grad") for name in EXPECTED},
    **{f"{name}_bend": of_one(name, "_bend") for name in EXPECTED},
    "softmax": shares("softmax"),
    "log_softmax": shares("log_softmax"),
    "softmax_grad": slopes_of_shares(log=False),
    "log_softmax_grad": slopes_of_shares(log=True),
}
