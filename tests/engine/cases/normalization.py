"""Statistics and normalizations; the large array is computed in blocks, the small one is not."""

from functools import partial

import numpy as np
from case import Case

random = np.random.default_rng(4)
small, large = random.normal(size=(3, 4, 5)), random.normal(size=(60, 80, 9))
VECTORS = {n: random.normal(size=(4, 1, 1, n)) ** 2 + 0.5 for n in (5, 9)}
BATCH = {"axis": 2, "epsilon": 0.01, "has_scale": True, "has_offset": True}
LAYER = {"epsilon": 0.01, "has_scale": True}


def _batch_norm(x, mean, variance, scale, offset):
    return (x - mean) / np.sqrt(variance + 0.01) * scale + offset


def _layer_norm(x, scale, offset, centered):
    mean = x.mean(-1, keepdims=True) if centered else 0.0
    square = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(square + 0.01) * scale + offset


def _moments(x, axis):
    return x.mean(axis, keepdims=True), x.var(axis, keepdims=True)


def _sums(g, x, mean):
    return g.sum((0, 1), keepdims=True), (g * (x - mean)).sum((0, 1), keepdims=True)


def _moments_case(x, axis, checked):
    expected = partial(_moments, axis=axis)
    return Case("moments", (x,), {"axis": axis}, checked, expected=expected)


def _layer_case(x, flat, checked, centered):
    how = {**LAYER, "has_offset": True, "centered": centered}
    expected = partial(_layer_norm, centered=centered)
    return Case("layer_norm", (x, *flat), how, checked, expected=expected)


def _all(x, checked):
    """checked: as in Case; the large array has too many elements for central differences."""
    mean, variance, scale, offset = VECTORS[x.shape[-1]]
    flat = scale.reshape(-1), offset.reshape(-1)
    five = (x, mean, variance, scale, offset)
    return [
        Case("scale_shift", (x, scale, offset), {}, checked, lambda v, a, b: v * a + b),
        _moments_case(x, (0, 1), checked),
        Case("channel_sums", (np.cos(x), x, mean), {"axis": 2}, checked, _sums),
        Case("batch_norm", five, BATCH, checked, _batch_norm),
        _layer_case(x, flat, checked, centered=True),
        _layer_case(x, flat, checked, centered=False),
    ]


CASES = [
    *_all(small, None),
    *_all(large, ()),
    _moments_case(small, (2,), None),
    Case(
        "layer_norm_grad",
        (np.cos(small), small, VECTORS[5][2].reshape(-1)),
        {**LAYER, "centered": True},
        differentiable=(),
    ),
]
