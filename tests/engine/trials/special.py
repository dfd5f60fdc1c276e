"""Special functions, Fourier transforms and class indices."""

import numpy as np
from hypothesis import strategies as st
from scipy import special
from trial import (
    BOOL,
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMBERS,
    Trial,
    arrays,
    axes_of,
    broadcast,
    build,
    positive,
    shapes,
    some,
    within_one,
)

CLASSES = 5


@st.composite
def logsumexp(draw):
    x, keepdims = draw(arrays(dtypes=FLOATS)), draw(st.booleans())
    axis = draw(axes_of(x.ndim))

    def expected(a):
        if a.size:
            return special.logsumexp(a, axis=axis, keepdims=keepdims)
        with np.errstate(divide="ignore"):  # SciPy refuses some axes of nothing
            return np.log(np.exp(a).sum(axis=axis, keepdims=keepdims))

    return Trial((x,), {"axis": axis, "keepdims": keepdims}, expected)


@st.composite
def made_complex(draw):
    dtype = (draw(st.sampled_from(FLOATS[:3])),)
    one, other = draw(broadcast())

    def expected(re, im):
        # Not re + 1j · im: zero times infinity is NaN.
        made = np.empty(np.broadcast_shapes(re.shape, im.shape), complex)
        made.real, made.imag = re, im
        return made

    return Trial((draw(arrays(one, dtype)), draw(arrays(other, dtype))), expected=expected)


@st.composite
def transformed(draw, name):
    x = draw(arrays(shapes(1, 3, some), COMPLEX))
    axes = (x.ndim - 1,) if x.ndim == 1 or draw(st.booleans()) else (x.ndim - 2, x.ndim - 1)
    function = {"fft": np.fft.fftn, "ifft": np.fft.ifftn}[name]
    return Trial((x,), {"axes": axes}, lambda a: function(a, axes=axes))


@st.composite
def back_to_real(draw):
    points = draw(st.integers(1, 7))
    shape = (*draw(shapes(0, 2, some)), points // 2 + 1)
    return Trial((draw(arrays(shape, COMPLEX)),), {"points": points},
                 lambda a: np.fft.irfft(a, n=points))  # fmt: skip


@st.composite
def indices(draw, shape, low=-1):
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    kind = draw(st.sampled_from(("int32", "int64")))
    return generator.integers(low, CLASSES, size=shape).astype(kind)


@st.composite
def one_hot(draw):
    found = draw(indices(draw(shapes()), -2))
    dtype = draw(st.sampled_from((*NUMBERS, *BOOL)))
    return Trial((found,), {"classes": CLASSES - 1, "dtype": dtype},
                 lambda i: i[..., None] == np.arange(CLASSES - 1))  # fmt: skip


@st.composite
def entries(draw):
    shape = draw(shapes())
    x = draw(arrays((*shape, CLASSES), (*FLOATS, *INTEGERS[:2])))

    def expected(x, i):
        picked = np.take_along_axis(x, np.maximum(i, 0)[..., None], -1)[..., 0]
        return np.where(i < 0, 0, picked)

    return Trial((x, draw(indices(shape))), expected=expected)


@st.composite
def spread(draw):
    shape = draw(shapes())
    return Trial((draw(arrays(shape)), draw(indices(shape))), {"classes": CLASSES},
                 lambda g, i: g[..., None] * (i[..., None] == np.arange(CLASSES)))  # fmt: skip


TRIALS = {
    "erf": build(arrays(), expected=special.erf),
    "erfc": build(arrays(), expected=special.erfc),
    "erfinv": build(arrays(values=within_one), expected=special.erfinv, loose=20),
    "rsqrt": build(arrays(values=positive), expected=lambda x: 1 / np.sqrt(x)),
    "logsumexp": logsumexp(),
    "make_complex": made_complex(),
    "fft": transformed("fft"),
    "ifft": transformed("ifft"),
    "rfft": build(arrays(shapes(1, 3, some)), expected=np.fft.rfft),
    "irfft": back_to_real(),
    "one_hot": one_hot(),
    "entry": entries(),
    "spread_entry": spread(),
}
