"""Windows laid out as an array, and the way back: sums of windows where they overlap."""

from __future__ import annotations

from typing import Any

from inspector.engine.primitive import each, primitive
from inspector.engine.rules import Shape, same
from inspector.engine.windows import Padding, Sizes, all_places, offsets, padded, windows


def _unfolded(
    x: Shape, *, kernel: Sizes, strides: Sizes, padding: Padding, dilation: Sizes
) -> Shape:
    space = all_places(x[1:-1], kernel, strides, padding, dilation)
    return (x[0], *space, *kernel, x[-1])


def _unfold_back(g: Any, y: Any, x: Any, **how: Any) -> Any:
    return fold(g, space=x.shape[1:-1], **how)


@primitive(shape=_unfolded, dtype=same, vjp=each(_unfold_back))
def unfold(
    xp: Any, x: Any, kernel: Sizes, strides: Sizes, padding: Padding, dilation: Sizes
) -> Any:
    """(batch, *space, channels) to (batch, *places, *kernel, channels)."""
    return windows(xp, padded(xp, x, padding), kernel, strides, dilation).copy()


@primitive(
    shape=lambda y, *, space, **how: (y[0], *space, y[-1]),
    dtype=same,
    vjp=each(lambda gx, x, y, space, **how: unfold(gx, **how)),
)
def fold(
    xp: Any,
    y: Any,
    space: Sizes,
    kernel: Sizes,
    strides: Sizes,
    padding: Padding,
    dilation: Sizes,
) -> Any:
    """Windows (batch, *places, *kernel, channels) added up where they lie."""
    out = xp.zeros((y.shape[0], *space, y.shape[-1]), y.dtype)
    fit = y.shape[1 : 1 + len(space)]
    for position, at_places, at_inputs in offsets(space, fit, kernel, strides, padding, dilation):
        out[(slice(None), *at_inputs)] += y[(slice(None), *at_places)][
            (..., *position, slice(None))
        ]
    return out
