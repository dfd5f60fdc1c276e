"""Depthwise convolutions on NumPy against a plain loop over places, in every layout."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine import correlation, depthwise, pool
from inspector.engine.windows import all_places, padded

CASES = st.fixed_dictionaries(
    {
        "space": st.lists(st.integers(3, 7), min_size=1, max_size=3),
        "kernel": st.integers(1, 3),
        "stride": st.integers(1, 2),
        "dilation": st.integers(1, 2),
        "pad": st.tuples(st.integers(-1, 2), st.integers(-1, 2)),
        "channels": st.integers(2, 4),
        "many": st.integers(1, 2),
        "seed": st.integers(0, 99),
    }
)


def drawn(case):
    """Input, kernel, shape of the output and the settings; None where no window fits."""
    rank, numbers = len(case["space"]), np.random.default_rng(case["seed"])
    x = numbers.normal(size=(2, *case["space"], case["channels"]))
    w = numbers.normal(size=(*[case["kernel"]] * rank, 1, case["channels"] * case["many"]))
    how = ((case["stride"],) * rank, (case["pad"],) * rank, (case["dilation"],) * rank)
    places = all_places(x.shape[1:-1], w.shape[:-2], *how)
    shape = (2, *places, w.shape[-1])
    return None if 0 in shape else (x, w, shape, (*how, case["channels"]))


def plain(x, w, shape, how):
    """One place after the other."""
    strides, padding, dilation, _ = how
    around, many = padded(np, x, padding), w.shape[-1] // x.shape[-1]
    wide, out = np.repeat(around, many, -1), np.zeros(shape)
    for place in itertools.product(*map(range, shape[1:-1])):
        for position in itertools.product(*map(range, w.shape[:-2])):
            at = zip(place, strides, position, dilation, strict=True)
            under = tuple(p * s + q * d for p, s, q, d in at)
            out[(slice(None), *place)] += wide[(slice(None), *under)] * w[(*position, 0)]
    return out


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_output_and_gradients_are_those_of_a_plain_loop(case):
    made = drawn(case)
    if made is None:
        return
    x, w, shape, how = made
    g = np.random.default_rng(1).normal(size=shape)

    y = correlation.forward(np, x, w, shape, how)
    dx = correlation.input_gradient(np, g, w, x.shape, how)
    dw = correlation.weight_gradient(np, x, g, w.shape, how)

    assert y == pytest.approx(plain(x, w, shape, how))
    # Both are the adjoints of the same bilinear map.
    assert np.vdot(dx, x) == pytest.approx(np.vdot(g, y))
    assert np.vdot(dw, w) == pytest.approx(np.vdot(g, y))
    other = np.random.default_rng(2).normal(size=x.shape)
    assert np.vdot(dx, other) == pytest.approx(np.vdot(g, plain(other, w, shape, how)))


def test_bits_are_the_same_when_threads_share_the_blocks():
    numbers = np.random.default_rng(0)
    x = numbers.normal(size=(1, 96, 64, 32)).astype("float32")
    w = numbers.normal(size=(3, 3, 1, 32)).astype("float32")
    how = ((1, 1), ((1, 1), (1, 1)), (1, 1), 32)

    def results():
        return (
            depthwise.forward(np, x, w, x.shape, how),
            depthwise.input_gradient(np, x, w, x.shape, how),
            depthwise.weight_gradient(np, x, x, w.shape, how),
        )

    alone = results()
    pool.allow(2)
    try:
        shared = results()
    finally:
        pool.allow(1)

    assert all(a.tobytes() == b.tobytes() for a, b in zip(alone, shared, strict=True))
