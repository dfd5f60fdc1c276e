"""Statistics and normalizations, of any shape and along any axis, by their formulas."""

import numpy as np
from hypothesis import strategies as st
from trial import FLOATS, Trial, arrays, positive, shapes, some

epsilons = st.sampled_from([1e-3, 0.01])


@st.composite
def one_dtype(draw):
    return (draw(st.sampled_from(FLOATS)),)


@st.composite
def scale_shift(draw):
    dtype, shape = draw(one_dtype()), draw(shapes(1))
    own = tuple(n if draw(st.booleans()) else 1 for n in shape)
    inputs = [draw(arrays(s, dtype)) for s in (shape, own, own)]
    return Trial(tuple(inputs), expected=lambda x, a, b: x * a + b)


@st.composite
def moments(draw):
    x = draw(arrays(shapes(1, 4, some)))
    several = st.sets(st.integers(0, x.ndim - 1), min_size=1)
    axis = tuple(sorted(draw(several)))
    return Trial((x,), {"axis": axis},
                 lambda a: (a.mean(axis, keepdims=True), a.var(axis, keepdims=True)),
                 loose=4)  # fmt: skip


@st.composite
def per_channel(draw):
    """A shape, one of its axes, and the shape of what has one value for each place of it."""
    shape = draw(shapes(1, 4, some))
    axis = draw(st.integers(0, len(shape) - 1))
    return shape, axis, tuple(n if i == axis else 1 for i, n in enumerate(shape))


@st.composite
def channel_sums(draw):
    (shape, axis, flat), dtype = draw(per_channel()), draw(one_dtype())
    rest = tuple(i for i in range(len(shape)) if i != axis)
    inputs = [draw(arrays(s, dtype)) for s in (shape, shape, flat)]
    return Trial(tuple(inputs), {"axis": axis},
                 lambda g, x, mean: (g.sum(rest, keepdims=True),
                                     (g * (x - mean)).sum(rest, keepdims=True)),
                 loose=4)  # fmt: skip


@st.composite
def batch_norm(draw):
    (shape, axis, flat), dtype = draw(per_channel()), draw(one_dtype())
    has = {"has_scale": draw(st.booleans()), "has_offset": draw(st.booleans())}
    rest = [draw(arrays(flat, dtype)) for wanted in has.values() if wanted]
    x, mean = draw(arrays(shape, dtype)), draw(arrays(flat, dtype))
    variance, epsilon = draw(arrays(flat, dtype, positive)), draw(epsilons)

    def expected(x, mean, variance, *rest):
        y = (x - mean) / np.sqrt(variance + epsilon)
        y = y * rest[0] if has["has_scale"] else y
        return y + rest[-1] if has["has_offset"] else y

    return Trial((x, mean, variance, *rest), {"axis": axis, "epsilon": epsilon, **has},
                 expected, loose=4)  # fmt: skip


@st.composite
def layer_norm(draw):
    dtype, shape = draw(one_dtype()), (*draw(shapes(0, 2)), draw(st.sampled_from((4, 2, 3, 6))))
    has = {"has_scale": draw(st.booleans()), "has_offset": draw(st.booleans())}
    rest = [draw(arrays(shape[-1:], dtype)) for wanted in has.values() if wanted]
    centered, epsilon = draw(st.booleans()), draw(epsilons)

    def expected(x, *rest):
        centred = x - x.mean(-1, keepdims=True) if centered else x
        y = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + epsilon)
        y = y * rest[0] if has["has_scale"] else y
        return y + rest[-1] if has["has_offset"] else y

    return Trial((draw(arrays(shape, dtype)), *rest),
                 {"centered": centered, "epsilon": epsilon, **has}, expected, loose=8)  # fmt: skip


@st.composite
def layer_norm_grad(draw):
    dtype, shape = draw(one_dtype()), (*draw(shapes(1, 2, some)), draw(st.sampled_from((4, 3, 6))))
    has_scale, centered = draw(st.booleans()), draw(st.booleans())
    scale = [draw(arrays(shape[-1:], dtype))] if has_scale else []
    constants = {"epsilon": draw(epsilons), "centered": centered, "has_scale": has_scale}
    inputs = (draw(arrays(shape, dtype)), draw(arrays(shape, dtype)), *scale)
    return Trial(inputs, constants, loose=8)


TRIALS = {
    "scale_shift": scale_shift(),
    "moments": moments(),
    "channel_sums": channel_sums(),
    "batch_norm": batch_norm(),
    "layer_norm": layer_norm(),
    "layer_norm_grad": layer_norm_grad(),
}
