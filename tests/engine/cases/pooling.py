"""Pooling with overlap, gaps and padding."""

from functools import partial

import numpy as np
from case import Case

random = np.random.default_rng(3)


def _how(rank, size, stride, pad=(0, 0)):
    return {"size": (size,) * rank, "strides": (stride,) * rank, "padding": (pad,) * rank}


def _pooled(reduce):
    def pool(x, size, strides, padding):
        x = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=np.nan)
        axes = tuple(range(1, x.ndim - 1))
        view = np.lib.stride_tricks.sliding_window_view(x, size, axis=axes)
        view = view[(slice(None), *(slice(None, None, s) for s in strides))]
        return reduce(view, axis=tuple(range(-len(size), 0)))

    return pool


SETTINGS = [
    ((2, 7, 3), _how(1, 3, 2, (1, 0))),
    ((2, 6, 5, 3), _how(2, 3, 2, (0, 1))),
    ((2, 6, 6, 3), _how(2, 2, 2)),
    ((2, 6, 6, 3), _how(2, 2, 3)),
    ((1, 4, 5, 4, 2), _how(3, 2, 1)),
]


def _all(shape, how):
    # A permutation: distances are far larger than the step of the gradient check.
    x = random.permutation(np.prod(shape)).reshape(shape) / 7.0
    t = random.normal(size=shape)
    g = random.normal(size=_pooled(np.nanmax)(x, **how).shape)
    return [
        Case("max_pool", (x,), how, expected=partial(_pooled(np.nanmax), **how)),
        Case("max_pool_grad", (g, x), how, differentiable=(0,)),
        Case("max_pool_pick", (t, x), how, differentiable=(0,)),
        Case("average_pool", (x,), how, expected=partial(_pooled(np.nanmean), **how)),
        Case("average_pool_grad", (g,), {"space": shape[1:-1], **how}),
    ]


CASES = [case for setting in SETTINGS for case in _all(*setting)]
