"""Maximum and average over sliding windows of (batch, *space, channels) arrays.

A window's maximum (or sum) is taken along one axis after another: k + k steps in place of k·k.
Maxima go through the last axis first, so that among equal values the first in reading order
gets the gradient, as in every framework.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from inspector.engine.primitive import each, primitive
from inspector.engine.rules import Shape, same
from inspector.engine.windows import Padding, Sizes, all_places, meeting, places

Slices = tuple[Any, ...]


def _pooled(x: Shape, *, size: Sizes, strides: Sizes, padding: Padding) -> Shape:
    return (x[0], *all_places(x[1:-1], size, strides, padding, (1,) * len(size)), x[-1])


def _steps(
    length: int, axis: int, size: int, stride: int, pad: tuple[int, int]
) -> Iterator[tuple[Slices, Slices]]:
    """(index of places, index of inputs) for each position in a window along one axis."""
    fit = places(length, size, stride, pad, 1)
    before = (slice(None),) * axis
    for position in range(size):
        at_places, at_inputs = meeting(position, length, fit, stride, pad[0], 1)
        if at_places.start < at_places.stop:
            yield (*before, at_places), (*before, at_inputs)


def _along(xp: Any, x: Any, axis: int, window: Any, combine: Callable[..., Any], fill: Any) -> Any:
    """`combine` over the windows along one axis."""
    fit = places(x.shape[axis], window[0], window[1], window[2], 1)
    steps = list(_steps(x.shape[axis], axis, *window))
    whole = [i for i, (at, _) in enumerate(steps) if at[-1] == slice(0, fit)]
    if whole:
        out = x[steps.pop(whole[0])[1]].copy()
    else:
        out = xp.full((*x.shape[:axis], fit, *x.shape[axis + 1 :]), fill, x.dtype)
    for at_places, at_inputs in steps:
        target = out[at_places]
        combine(target, x[at_inputs], out=target)
    return out


def _windows(size: Sizes, strides: Sizes, padding: Padding) -> list[tuple[int, Any]]:
    return list(enumerate(zip(size, strides, padding, strict=True), start=1))


def _lowest(x: Any) -> Any:
    """What every value is above: minus infinity, or the smallest integer."""
    import numpy as np

    if x.dtype.kind == "b":
        return False
    return np.iinfo(x.dtype).min if x.dtype.kind in "iu" else -np.inf


def _max_pool_back(g: Any, y: Any, x: Any, **how: Any) -> Any:
    return max_pool_grad(g, x, **how)


@primitive(shape=_pooled, dtype=same, vjp=each(_max_pool_back))
def max_pool(xp: Any, x: Any, size: Sizes, strides: Sizes, padding: Padding) -> Any:
    """The largest value of each window."""
    for axis, window in reversed(_windows(size, strides, padding)):
        x = _along(xp, x, axis, window, xp.maximum, _lowest(x))
    return x


def _stages(
    xp: Any, x: Any, size: Sizes, strides: Sizes, padding: Padding
) -> list[tuple[int, Any, Any, Any]]:
    """(axis, window, input, maxima) of each axis, in the order of computing."""
    stages = []
    for axis, window in reversed(_windows(size, strides, padding)):
        y = _along(xp, x, axis, window, xp.maximum, _lowest(x))
        stages.append((axis, window, x, y))
        x = y
    return stages


def _winners(
    xp: Any, axis: int, window: Any, x: Any, y: Any
) -> Iterator[tuple[Slices, Slices, Any]]:
    """For each window position: where it is, and which places have their (first) maximum there."""
    taken = xp.zeros(y.shape, bool)
    for at_places, at_inputs in _steps(x.shape[axis], axis, *window):
        seen = taken[at_places]
        hit = x[at_inputs] == y[at_places]
        hit &= ~seen
        seen |= hit
        yield at_places, at_inputs, hit


def _max_pool_grad_back(gg: Any, y: Any, g: Any, x: Any, **how: Any) -> Any:
    return max_pool_pick(gg, x, **how)


@primitive(shape=lambda g, x, **how: x, dtype=same, vjp=each(_max_pool_grad_back, None))
def max_pool_grad(xp: Any, g: Any, x: Any, size: Sizes, strides: Sizes, padding: Padding) -> Any:
    """The gradient through max_pool: each window's goes to its first largest value."""
    for axis, window, before, after in reversed(_stages(xp, x, size, strides, padding)):
        out = xp.zeros(before.shape, g.dtype)
        for at_places, at_inputs, hit in _winners(xp, axis, window, before, after):
            out[at_inputs] += g[at_places] * hit
        g = out
    return g


@primitive(
    shape=lambda t, x, **how: _pooled(x, **how),
    dtype=same,
    vjp=each(lambda g, y, t, x, **how: max_pool_grad(g, x, **how), None),
)
def max_pool_pick(xp: Any, t: Any, x: Any, size: Sizes, strides: Sizes, padding: Padding) -> Any:
    """The value of `t` at the place where each window of `x` has its maximum."""
    for axis, window, before, after in _stages(xp, x, size, strides, padding):
        out = xp.zeros(after.shape, t.dtype)
        for at_places, at_inputs, hit in _winners(xp, axis, window, before, after):
            out[at_places] += t[at_inputs] * hit
        t = out
    return t


def _shares(xp: Any, space: Sizes, rank: int, window: Any, axis: int, dtype: Any) -> Any:
    """1 / (number of real inputs in each window along the axis), shaped to broadcast."""
    length = space[axis - 1]
    ones = xp.ones(length, dtype)
    counts = _along(xp, ones, 0, window, xp.add, 0)
    return (1 / counts).astype(dtype).reshape((-1,) + (1,) * (rank - axis - 1))


def _divide(xp: Any, x: Any, space: Sizes, size: Sizes, strides: Sizes, padding: Padding) -> Any:
    """Each window's sum divided by the number of inputs in it, in place."""
    if not any(map(any, padding)):
        total = 1
        for width in size:
            total *= width
        x *= 1 / total
        return x
    for axis, window in _windows(size, strides, padding):
        x *= _shares(xp, space, x.ndim, window, axis, x.dtype)
    return x


def _average_pool_back(g: Any, y: Any, x: Any, **how: Any) -> Any:
    return average_pool_grad(g, space=x.shape[1:-1], **how)


@primitive(shape=_pooled, dtype=same, vjp=each(_average_pool_back))
def average_pool(xp: Any, x: Any, size: Sizes, strides: Sizes, padding: Padding) -> Any:
    """The mean of each window; padding does not count."""
    space = x.shape[1:-1]
    for axis, window in reversed(_windows(size, strides, padding)):
        x = _along(xp, x, axis, window, xp.add, 0)
    return _divide(xp, x, space, size, strides, padding)


@primitive(
    shape=lambda g, *, space, **how: (g[0], *space, g[-1]),
    dtype=same,
    vjp=each(lambda gg, y, g, space, **how: average_pool(gg, **how)),
)
def average_pool_grad(
    xp: Any, g: Any, space: Sizes, size: Sizes, strides: Sizes, padding: Padding
) -> Any:
    """The gradient through average_pool: an equal share for every input of a window."""
    g = _divide(xp, g.copy(), space, size, strides, padding)
    for axis, window in _windows(size, strides, padding):
        shape = (*g.shape[:axis], space[axis - 1], *g.shape[axis + 1 :])
        out = xp.zeros(shape, g.dtype)
        for at_places, at_inputs in _steps(space[axis - 1], axis, *window):
            out[at_inputs] += g[at_places]
        g = out
    return g
