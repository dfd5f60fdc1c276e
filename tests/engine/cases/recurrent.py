"""LSTM and GRU sequences, against cells written out step by step."""

import itertools
from functools import partial

import numpy as np
from case import Case

random = np.random.default_rng(8)
BATCH, TIME, FEATURES, UNITS = 3, 4, 2, 5
x = random.normal(size=(BATCH, TIME, FEATURES))
h, c = random.normal(size=(2, BATCH, UNITS))
mask = random.random((BATCH, TIME)) > 0.3


def _weights(gates, bias_shape):
    kernel = random.normal(size=(FEATURES, gates * UNITS))
    return kernel, random.normal(size=(UNITS, gates * UNITS)), random.normal(size=bias_shape)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _steps(x, mask, backwards):
    order = range(TIME)[::-1] if backwards else range(TIME)
    for time in order:
        yield x[:, time], np.ones((BATCH, 1), bool) if mask is None else mask[:, time, None]


def _lstm(x, h, c, kernel, recurrent, bias, mask=None, backwards=False):
    hidden = []
    for now, kept in _steps(x, mask, backwards):
        i, f, g, o = np.split(now @ kernel + h @ recurrent + bias, 4, axis=1)
        new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        new_h = _sigmoid(o) * np.tanh(new_c)
        h, c = np.where(kept, new_h, h), np.where(kept, new_c, c)
        hidden.append(h)
    return np.stack(hidden, axis=1), h, c


def _gru(x, h, kernel, recurrent, bias, mask=None, backwards=False, reset_after=True):
    left, right = bias if reset_after else (bias, 0 * bias)
    hidden = []
    for now, kept in _steps(x, mask, backwards):
        from_x = np.split(now @ kernel + left, 3, axis=1)
        from_h = np.split(h @ recurrent + right, 3, axis=1)
        z, r = (_sigmoid(from_x[k] + from_h[k]) for k in range(2))
        inner = r * from_h[2] if reset_after else (r * h) @ recurrent[:, 2 * UNITS :]
        new = z * h + (1 - z) * np.tanh(from_x[2] + inner)
        h = np.where(kept, new, h)
        hidden.append(h)
    return np.stack(hidden, axis=1), h


def _case(name, cell, arrays, masked, backwards, **how):
    constants = {"backwards": backwards, "has_bias": True, "has_mask": masked, **how}
    arrays = (*arrays, mask) if masked else arrays
    # The gates and cells are kept for the gradient and for looking at: nothing flows through them.
    outputs = (0, 1, 2) if name == "lstm" else (0, 1)
    expected = partial(cell, backwards=backwards, **how)
    return Case(name, arrays, constants, expected=expected, outputs=outputs)


LSTM = (x, h, c, *_weights(4, (4 * UNITS,)))
GRU = {after: (x, h, *_weights(3, (2, 15) if after else (15,))) for after in (True, False)}
KINDS = list(itertools.product((False, True), (False, True)))
PLAIN = {"backwards": False, "has_bias": True, "has_mask": False}
states = random.normal(size=(4, BATCH, TIME, UNITS))
by_time = random.uniform(0.1, 0.9, size=(5, TIME, BATCH, UNITS))

CASES = [
    *(_case("lstm", _lstm, LSTM, *kind) for kind in KINDS),
    *(
        _case("gru", _gru, GRU[after], *kind, reset_after=after)
        for after in (True, False)
        for kind in KINDS
    ),
    Case(
        "lstm_grad",
        (states[0], h, c, *LSTM[:5], states[1], by_time[0], np.concatenate(by_time[1:], -1)),
        PLAIN,
        differentiable=(),
    ),
    Case(
        "gru_grad",
        (states[0], h, *GRU[True][:4], states[1], np.concatenate(by_time[:3], -1), by_time[3]),
        {**PLAIN, "reset_after": True},
        differentiable=(),
    ),
]
