"""Reductions over axes; `axis` is a tuple of axes or None for all."""

from __future__ import annotations

from typing import Any

from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import shaping
from inspector.engine.rules import normalize_axes, reduced, same
from inspector.engine.tensor import Tensor


def spread(
    gradient: Tensor, like: Tensor, axis: tuple[int, ...] | None, keepdims: bool
) -> Tensor:
    """The way back through a sum: the gradient repeated along the reduced axes."""
    if not keepdims:
        kept = tuple(
            1 if i in normalize_axes(axis, like.ndim) else size
            for i, size in enumerate(like.shape)
        )
        gradient = shaping.reshape(gradient, shape=kept)
    return shaping.broadcast_to(gradient, shape=like.shape)


@primitive(
    shape=reduced,
    dtype=same,
    vjp=each(lambda g, y, x, axis, keepdims: spread(g, x, axis, keepdims)),
    name="sum",
)
def sum_(xp: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    # The dtype is stated because NumPy would widen small integers.
    return xp.sum(x, axis=axis, keepdims=keepdims, dtype=x.dtype)
