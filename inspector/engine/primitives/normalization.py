"""Statistics and the affine maps made of them: moments, batch, layer and RMS normalization.

Statistics are shaped to broadcast (reduced axes have size 1); scale and offset of a layer norm
are as long as the last axis. The optional operands come last; constants say which are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.engine import statistics
from inspector.engine.higher_order import WrittenOut
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import shaping
from inspector.engine.rules import Shape, normalize_axes, same, sum_to
from inspector.engine.tensor import Tensor

Gradients = list[Tensor | None]


@primitive(
    shape=same,
    dtype=same,
    vjp=each(
        lambda g, y, x, a, b: g * a,
        lambda g, y, x, a, b: sum_to(g * x, a.shape),
        lambda g, y, x, a, b: sum_to(g, b.shape),
    ),
)
def scale_shift(xp: Any, x: Any, a: Any, b: Any) -> Any:
    """X · a + b, with a and b broadcast to x."""
    return statistics.scaled(xp, x, a, b)


def _moments_vjp(
    wanted: Sequence[bool], g: Any, y: Any, x: Tensor, axis: tuple[int, ...]
) -> Gradients:
    count = x.size // max(1, y[0].size)
    to_mean, to_variance = g
    if to_variance is None:
        return [shaping.broadcast_to(to_mean * (1 / count), shape=x.shape)]
    slope = to_variance * (2 / count)
    shift = -(slope * y[0])
    if to_mean is not None:
        shift = shift + to_mean * (1 / count)
    return [scale_shift(x, slope, shift)]


def _kept(shape: Shape, *, axis: tuple[int, ...]) -> tuple[Shape, Shape]:
    axes = normalize_axes(axis, len(shape))
    kept = tuple(1 if i in axes else size for i, size in enumerate(shape))
    return kept, kept


@primitive(shape=_kept, dtype=lambda dtype, *, axis: (dtype, dtype), vjp=_moments_vjp, many=True)
def moments(xp: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """Mean and variance over some axes, which stay with size 1."""
    return statistics.moments(xp, x, axis)


def _sums_vjp(wanted: Sequence[bool], g: Any, y: Any, *inputs: Any, axis: int) -> Gradients:
    given, x, mean = inputs
    to_sum, to_product = g
    zero = mean * 0
    to_sum = zero if to_sum is None else to_sum
    to_product = zero if to_product is None else to_product
    return [
        scale_shift(x, to_product, to_sum - to_product * mean) if wanted[0] else None,
        given * to_product if wanted[1] else None,
        -(to_product * sum_to(given, mean.shape)) if wanted[2] else None,
    ]


@primitive(
    shape=lambda g, x, mean, *, axis: (mean, mean),
    dtype=lambda g, x, mean, *, axis: (g, g),
    vjp=_sums_vjp,
    many=True,
)
def channel_sums(xp: Any, g: Any, x: Any, mean: Any, axis: int) -> Any:
    """Per channel, the sums of g and of g · (x - mean): what batch_norm's gradients are made of."""
    return statistics.channel_sums(xp, g, x, mean, axis)


def _batch_norm_vjp(
    wanted: Sequence[bool], g: Any, y: Any, *inputs: Any, axis: int, epsilon: float, **has: bool
) -> Gradients:
    from inspector.engine.primitives.elementwise import sqrt

    x, mean, variance, *rest = inputs
    inverse = 1.0 / sqrt(variance + epsilon)
    slope = inverse * rest[0] if has["has_scale"] else inverse
    found: Gradients = [g * slope if wanted[0] else None]
    if not any(wanted[1:]):
        return found + [None] * (len(inputs) - 1)
    total, product = channel_sums(g, x, mean, axis=axis)
    found += [-(slope * total), slope * inverse * inverse * product * -0.5]
    if has["has_scale"]:
        found.append(inverse * product)
    if has["has_offset"]:
        found.append(total)
    return found


@primitive(shape=same, dtype=same, vjp=_batch_norm_vjp)
def batch_norm(
    xp: Any,
    x: Any,
    mean: Any,
    variance: Any,
    *rest: Any,
    axis: int,
    epsilon: float,
    has_scale: bool,
    has_offset: bool,
) -> Any:
    """(x - mean) / sqrt(variance + epsilon) · scale + offset; all but x shaped to broadcast."""
    slope = 1.0 / xp.sqrt(variance + epsilon)
    if has_scale:
        slope = slope * rest[0]
    shift = -mean * slope
    if has_offset:
        shift = shift + rest[-1]
    return statistics.scaled(xp, x, slope.astype(x.dtype), shift.astype(x.dtype))


def _layer_norm_vjp(
    wanted: Sequence[bool], g: Any, y: Any, *inputs: Tensor, has_offset: bool, **how: Any
) -> Gradients:
    x, *rest = inputs
    scale = rest[:1] if how["has_scale"] else []
    to_x, to_scale, to_offset = layer_norm_grad(g, x, *scale, **how)
    found: Gradients = [to_x]
    if how["has_scale"]:
        found.append(to_scale)
    if has_offset:
        found.append(to_offset)
    return found


@primitive(
    shape=lambda g, x, *rest, **how: (x, x[-1:], x[-1:]),
    dtype=lambda g, *rest, **how: (g, g, g),
    vjp=WrittenOut("layer_norm_grad"),
    many=True,
)
def layer_norm_grad(
    xp: Any, g: Any, x: Any, *scale: Any, epsilon: float, centered: bool, has_scale: bool
) -> Any:
    """The gradients through layer_norm to x, scale and offset."""
    return statistics.normalized_slopes(
        xp, g, x, scale[0] if has_scale else None, epsilon, centered
    )


@primitive(shape=same, dtype=same, vjp=_layer_norm_vjp)
def layer_norm(
    xp: Any,
    x: Any,
    *rest: Any,
    epsilon: float,
    centered: bool,
    has_scale: bool,
    has_offset: bool,
) -> Any:
    """Each row of the last axis to mean 0, variance 1, then · scale + offset.

    Not centered, it is the RMS norm: the mean is taken to be 0.
    """
    scale = rest[0] if has_scale else None
    return statistics.normalized(xp, x, scale, rest[-1] if has_offset else None, epsilon, centered)
