"""Convolutions: one, two and three axes, strides, dilation, groups, uneven padding."""

import itertools
from functools import partial

import numpy as np
from case import Case

random = np.random.default_rng(2)


def _how(rank, stride=1, pad=(0, 0), dilation=1, groups=1):
    return {
        "strides": (stride,) * rank,
        "padding": (pad,) * rank,
        "dilation": (dilation,) * rank,
        "groups": groups,
    }


def _slow_conv(x, w, strides, padding, dilation, groups):
    """The definition, one product after another."""
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    kernel = w.shape[:-2]
    fit = [
        (n - (k - 1) * d - 1) // s + 1
        for n, k, d, s in zip(x.shape[1:-1], kernel, dilation, strides, strict=True)
    ]
    y = np.zeros((len(x), *fit, w.shape[-1]))
    wide, deep = w.shape[-1] // groups, w.shape[-2]
    for at in itertools.product(*map(range, fit)):
        for k in itertools.product(*map(range, kernel)):
            place = tuple(
                p * s + q * d for p, s, q, d in zip(at, strides, k, dilation, strict=True)
            )
            for group in range(groups):
                taken = x[(slice(None), *place, slice(group * deep, (group + 1) * deep))]
                out = slice(group * wide, (group + 1) * wide)
                y[(slice(None), *at, out)] += taken @ w[k][:, out]
    return y


SPACES = {1: (7,), 2: (6, 5), 3: (4, 3, 5)}
SETTINGS = [
    (1, 3, _how(1, pad=(2, 0))),
    (2, 3, _how(2, pad=(1, 1))),
    (2, 1, _how(2, stride=2)),
    (2, 3, _how(2, stride=2, pad=(0, 1))),
    (2, 2, _how(2, dilation=2, groups=2)),
    (2, 3, _how(2, stride=2, pad=(1, 1), groups=4)),
    (2, 2, _how(2, groups=4)),
    (3, 2, _how(3, stride=2, pad=(0, 1))),
]


def _three(rank, size, how):
    x = random.normal(size=(2, *SPACES[rank], 4))
    w = random.normal(size=(*(size,) * rank, 4 // how["groups"], 8))
    g = random.normal(size=_slow_conv(x, w, **how).shape)
    return [
        Case("conv", (x, w), how, expected=partial(_slow_conv, **how)),
        Case("conv_input_grad", (g, w), {"size": SPACES[rank], **how}),
        Case("conv_weight_grad", (x, g), {"kernel": (size,) * rank, **how}),
    ]


# Eight times as many channels as filters: multiplied first, windows added after.
NARROWING = _how(2, pad=(1, 0))
wide, narrow = random.normal(size=(2, 5, 4, 8)), random.normal(size=(3, 2, 8, 1))

CASES = [
    *(case for setting in SETTINGS for case in _three(*setting)),
    Case("conv", (wide, narrow), NARROWING, expected=partial(_slow_conv, **NARROWING)),
    Case(
        "conv_input_grad",
        (wide, narrow.swapaxes(2, 3).copy()),
        {"size": (6, 4), **NARROWING},
    ),
]
