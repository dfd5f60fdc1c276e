"""Convolutions, pools and patches: any kernel, stride, padding, dilation and number of groups."""

import itertools

import numpy as np
from hypothesis import strategies as st
from trial import FLOATS, INTEGERS, Trial, apart, arrays, some

small = st.sampled_from((1, 2, 3))
SPACE = st.sampled_from((4, 3, 5, 6, 2, 1))


@st.composite
def geometry(draw):
    """Sizes of the space and how a kernel goes over it; at least one place of it fits."""
    rank = draw(st.sampled_from((1, 2, 2, 3)))
    space = tuple(draw(SPACE) for _ in range(rank))
    kernel = tuple(draw(small) for _ in range(rank))
    strides = tuple(draw(small) for _ in range(rank))
    dilation = tuple(draw(st.sampled_from((1, 1, 2))) for _ in range(rank))
    padding = []
    for n, k, d in zip(space, kernel, dilation, strict=True):
        reach = (k - 1) * d
        before = draw(st.integers(0, reach))
        after = draw(st.integers(0, reach))
        padding.append((before, max(after, reach + 1 - n - before)))
    return space, kernel, strides, tuple(padding), dilation


def _places(space, kernel, strides, padding, dilation):
    return tuple(
        (n + sum(p) - (k - 1) * d - 1) // s + 1
        for n, k, s, p, d in zip(space, kernel, strides, padding, dilation, strict=True)
    )


def taken(x, kernel, strides, padding, dilation, fill=0.0):
    """Windows, by the definition: (batch, *places, *kernel, channels)."""
    fit = _places(x.shape[1:-1], kernel, strides, padding, dilation)
    x = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=fill)
    out = np.empty((x.shape[0], *fit, *kernel, x.shape[-1]), x.dtype)
    for at in itertools.product(*map(range, fit)):
        for k in itertools.product(*map(range, kernel)):
            place = (p * s + q * d for p, s, q, d in zip(at, strides, k, dilation, strict=True))
            out[(slice(None), *at, *k)] = x[(slice(None), *place)]
    return out


def correlated(x, w, strides, padding, dilation, groups):
    parts = taken(x, w.shape[:-2], strides, padding, dilation)
    rank = w.ndim - 2
    deep, wide = w.shape[-2], w.shape[-1] // groups
    found = []
    for group in range(groups):
        own = parts[..., group * deep : (group + 1) * deep]
        filters = w[..., group * wide : (group + 1) * wide]
        axes = list(range(1 + rank, 2 + 2 * rank))
        found.append(np.tensordot(own, filters, (axes, list(range(rank + 1)))))
    return np.concatenate(found, -1)


@st.composite
def convolution(draw, which):
    space, kernel, strides, padding, dilation = draw(geometry())
    groups, deep, wide = draw(small), draw(small), draw(small)
    dtype = (draw(st.sampled_from((*FLOATS, np.dtype("float64")))),)
    batch = draw(st.sampled_from((2, 1, 3, 0)))
    how = {"strides": strides, "padding": padding, "dilation": dilation, "groups": groups}
    x_shape = (batch, *space, deep * groups)
    w_shape = (*kernel, deep, wide * groups)
    fit = _places(space, kernel, strides, padding, dilation)
    g_shape = (batch, *fit, wide * groups)
    if which == "conv":
        inputs = draw(arrays(x_shape, dtype)), draw(arrays(w_shape, dtype))
        return Trial(inputs, how, lambda x, w: correlated(x, w, **how), loose=4)
    # Both are gradients of a product: of <g, conv(x, w)> to x and to w, one entry at a time.
    if which == "conv_input_grad":
        inputs = draw(arrays(g_shape, dtype)), draw(arrays(w_shape, dtype))
        return Trial(inputs, {"size": space, **how},
                     lambda g, w: _adjoint(g, lambda x: correlated(x, w, **how), x_shape),
                     loose=4)  # fmt: skip
    inputs = draw(arrays(x_shape, dtype)), draw(arrays(g_shape, dtype))
    return Trial(inputs, {"kernel": kernel, **how},
                 lambda x, g: _adjoint(g, lambda w: correlated(x, w, **how), w_shape),
                 loose=4)  # fmt: skip


def _adjoint(g, linear, shape):
    """The transpose of a linear map, found from its values at the unit vectors."""
    count = int(np.prod(shape))
    if count > 60:
        return _skipped
    units = np.eye(count).reshape(count, *shape)
    return np.array([(linear(unit) * g).sum() for unit in units]).reshape(shape)


_skipped: list[np.ndarray] = []


@st.composite
def pool(draw, which):
    space, size, strides, padding, _ = draw(geometry())
    padding = tuple((min(b, k - 1), min(a, k - 1)) for (b, a), k in zip(padding, size, strict=True))
    ones = (1,) * len(size)
    fits = all(n + sum(p) >= k for n, p, k in zip(space, padding, size, strict=True))
    if not fits:
        size, padding = ones, ((0, 0),) * len(size)
    how = {"size": size, "strides": strides, "padding": padding}
    batch, channels = draw(st.sampled_from((2, 1, 0))), draw(small)
    shape = (batch, *space, channels)
    fit = (batch, *_places(space, size, strides, padding, ones), channels)
    dtype = (draw(st.sampled_from(FLOATS)),)
    axes = tuple(range(1 + len(size), 1 + 2 * len(size)))

    def largest(x):
        return np.nanmax(taken(x, size, strides, padding, ones, np.nan), axes)

    def average(x):
        return np.nanmean(taken(x, size, strides, padding, ones, np.nan), axes)

    if which == "max_pool":
        kinds = (*dtype, INTEGERS[0])
        integer = draw(arrays(shape, (draw(st.sampled_from(kinds)),), apart))
        return Trial((integer,), how, lambda x: largest(x.astype("float64")))
    if which == "average_pool":
        return Trial((draw(arrays(shape, dtype)),), how, average)
    if which == "average_pool_grad":
        return Trial((draw(arrays(fit, dtype)),), {"space": space, **how},
                     lambda g: _adjoint(g, average, shape), loose=4)  # fmt: skip
    x, t = draw(arrays(shape, dtype, apart)), draw(arrays(shape, dtype))
    if which == "max_pool_pick":

        def picked(t, x):
            seen = taken(x, size, strides, padding, ones, -np.inf)
            values = taken(t, size, strides, padding, ones)
            rows = (batch, *fit[1:-1], -1, channels)
            flat = (-1, channels) if 0 in fit else rows
            best = seen.reshape(flat).argmax(-2)[..., None, :] if x.size else None
            return (np.take_along_axis(values.reshape(flat), best, -2)[..., 0, :]
                    if x.size else np.zeros(fit))  # fmt: skip

        return Trial((t, x), how, picked, differentiable=(0,))
    return Trial((draw(arrays(fit, dtype)), x), how, differentiable=(0,), loose=4)


@st.composite
def patches(draw, which):
    space, kernel, strides, padding, dilation = draw(geometry())
    how = {"kernel": kernel, "strides": strides, "padding": padding, "dilation": dilation}
    shape = (draw(some), *space, draw(small))
    fit = (shape[0], *_places(space, kernel, strides, padding, dilation), *kernel, shape[-1])
    dtypes = (*FLOATS, INTEGERS[0])
    if which == "unfold":
        return Trial((draw(arrays(shape, dtypes)),), how, lambda x: taken(x, **how))
    return Trial((draw(arrays(fit)),), {"space": space, **how},
                 lambda y: _adjoint(y, lambda x: taken(x, **how), shape), loose=4)  # fmt: skip


TRIALS = {
    name: kind(name)
    for kind, names in {
        convolution: "conv conv_input_grad conv_weight_grad",
        pool: "max_pool max_pool_grad max_pool_pick average_pool average_pool_grad",
        patches: "unfold fold",
    }.items()
    for name in names.split()
}
