"""Convolutions over any number of spatial axes; inputs (batch, *space, channels).

    conv(x, w)               y  from x and w         w: (*kernel, channels / groups, filters)
    conv_input_grad(g, w)    dx from dy and w        the same map, transposed: conv_transpose
    conv_weight_grad(x, g)   dw from x and dy

The three are bilinear, and each one's gradients are the other two: second order comes for free.
How each is computed (one GEMM, GEMM on copied windows, shifted multiply-adds for depthwise) is
decided in `engine/correlation.py`.

constants: strides, dilation, a (before, after) pair of padding per spatial axis, and groups.
"""

from __future__ import annotations

from typing import Any

from inspector.engine import correlation
from inspector.engine.primitive import each, primitive
from inspector.engine.rules import Shape, same
from inspector.engine.windows import Padding, Sizes, all_places


def _conv_shape(
    x: Shape,
    w: Shape,
    *,
    strides: Sizes,
    padding: Padding,
    dilation: Sizes,
    groups: int,
) -> Shape:
    if groups < 1 or x[-1] != w[-2] * groups or w[-1] % groups:
        raise ValueError(f"{x[-1]} input channels do not fit a kernel {w} in {groups} group(s)")
    space = all_places(x[1:-1], w[:-2], strides, padding, dilation)
    return (x[0], *space, w[-1])


def _conv_to_x(g: Any, y: Any, x: Any, w: Any, **how: Any) -> Any:
    return conv_input_grad(g, w, size=x.shape[1:-1], **how)


def _conv_to_w(g: Any, y: Any, x: Any, w: Any, **how: Any) -> Any:
    return conv_weight_grad(x, g, kernel=w.shape[:-2], **how)


@primitive(shape=_conv_shape, dtype=same, vjp=each(_conv_to_x, _conv_to_w))
def conv(
    xp: Any, x: Any, w: Any, strides: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> Any:
    """Slide a kernel over the input: a sum of products at every place."""
    shape = _conv_shape(
        x.shape, w.shape, strides=strides, padding=padding, dilation=dilation, groups=groups
    )
    return correlation.forward(xp, x, w, shape, (strides, padding, dilation, groups))


def _input_grad_shape(g: Shape, w: Shape, *, size: Sizes, groups: int, **how: Any) -> Shape:
    if g[-1] != w[-1]:
        raise ValueError(f"{g[-1]} channels do not fit a kernel {w}, which wants {w[-1]}")
    return (g[0], *size, w[-2] * groups)


@primitive(
    shape=_input_grad_shape,
    dtype=same,
    vjp=each(
        lambda gg, y, g, w, size, **how: conv(gg, w, **how),
        lambda gg, y, g, w, size, **how: _conv_to_w(g, y, gg, w, **how),
    ),
)
def conv_input_grad(
    xp: Any,
    g: Any,
    w: Any,
    size: Sizes,
    strides: Sizes,
    padding: Padding,
    dilation: Sizes,
    groups: int,
) -> Any:
    """The transposed convolution: each input value adds a scaled kernel to the output."""
    shape = _input_grad_shape(g.shape, w.shape, size=size, groups=groups)
    return correlation.input_gradient(xp, g, w, shape, (strides, padding, dilation, groups))


def _weight_grad_shape(x: Shape, g: Shape, *, kernel: Sizes, groups: int, **how: Any) -> Shape:
    return (*kernel, x[-1] // groups, g[-1])


@primitive(
    shape=_weight_grad_shape,
    dtype=same,
    vjp=each(
        lambda gw, y, x, g, kernel, **how: conv_input_grad(g, gw, size=x.shape[1:-1], **how),
        lambda gw, y, x, g, kernel, **how: conv(x, gw, **how),
    ),
)
def conv_weight_grad(
    xp: Any,
    x: Any,
    g: Any,
    kernel: Sizes,
    strides: Sizes,
    padding: Padding,
    dilation: Sizes,
    groups: int,
) -> Any:
    """The kernel's gradient: input windows times output gradients, summed over all places."""
    shape = _weight_grad_shape(x.shape, g.shape, kernel=kernel, groups=groups)
    return correlation.weight_gradient(xp, x, g, shape, (strides, padding, dilation, groups))
