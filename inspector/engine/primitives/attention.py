"""Scaled dot-product attention as one op, with its probabilities as a second output.

    query (batch, T, heads, size), key and value (batch, S, heads, size)
    probabilities = softmax(query · key · scale + bias, masked)      (batch, heads, T, S)
    output        = probabilities · value                            (batch, T, heads, size)

Operands: query, key, value, then bias and mask where the constants say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine.higher_order import WrittenOut
from inspector.engine.primitive import primitive
from inspector.engine.primitives.choice import full_like
from inspector.engine.primitives.contraction import matmul, swapped
from inspector.engine.primitives.shaping import transpose
from inspector.engine.primitives.softmax import softmax_grad, softmax_rows, softmax_slope_rows
from inspector.engine.rules import Shape, sum_to
from inspector.engine.tensor import Tensor

_FLOAT32 = np.dtype("float32")
# What a masked score becomes; finite, so that a row with nothing kept is even and not NaN.
MASKED = -0.7 * 3.38953e38


def _heads_first(x: Any) -> Any:
    return x.transpose(0, 2, 1, 3)


def forbidden(xp: Any, shape: Shape, mask: Any, causal: bool) -> Any:
    """Boolean (batch or 1, heads or 1, T, S): what may not be looked at; None for nothing."""
    blocked = None if mask is None else ~mask.astype(bool)
    if causal:
        later = ~xp.tri(shape[2], shape[3], dtype=bool)[None, None]
        blocked = later if blocked is None else blocked | later
    return None if blocked is None else xp.broadcast_to(blocked, shape)


def _widened(arrays: Sequence[Any]) -> list[Any]:
    half = arrays[0].dtype.itemsize < 4
    return [a.astype(_FLOAT32) if half and a.dtype.kind != "b" else a for a in arrays]


def _shapes(q: Shape, k: Shape, v: Shape, *rest: Shape, **how: Any) -> tuple[Shape, Shape]:
    if q[-1] != k[-1] or k[1:3] != v[1:3] or q[2] != k[2]:
        raise ValueError(f"query {q}, key {k} and value {v} do not fit together")
    return (*q[:3], v[-1]), (q[0], q[2], q[1], k[1])


def _attention_vjp(
    wanted: Sequence[bool], g: Any, y: Any, *inputs: Tensor, has_bias: bool, **how: Any
) -> list[Tensor | None]:
    q, k, v, *rest = inputs
    given = g[0] if g[0] is not None else full_like(y[0], value=0)
    to_q, to_k, to_v, to_scores = attention_grad(
        given, q, k, v, y[1], *rest, has_bias=has_bias, **how
    )
    if g[1] is not None:
        more = softmax_grad(g[1], y[1], axis=-1)
        to_scores = to_scores + more
        to_q = to_q + _heads_swapped(matmul(more, _heads_swapped(k))) * how["scale"]
        back = matmul(swapped(more), _heads_swapped(q))
        to_k = to_k + _heads_swapped(back) * how["scale"]
    found: list[Tensor | None] = [to_q, to_k, to_v]
    if has_bias:
        bias = rest[0]
        found.append(sum_to(to_scores, bias.shape) if wanted[3] else None)
    return found + [None] * how["has_mask"]


def _heads_swapped(x: Tensor) -> Tensor:
    return transpose(x, axes=(0, 2, 1, 3))


@primitive(
    shape=_shapes,
    dtype=lambda q, *rest, **how: (q, q),
    vjp=_attention_vjp,
    many=True,
)
def attention(
    xp: Any,
    *arrays: Any,
    scale: float,
    causal: bool,
    has_bias: bool,
    has_mask: bool,
) -> Any:
    """Scaled dot-product attention: the output and the probabilities."""
    dtype = arrays[0].dtype
    q, k, v, *rest = _widened(arrays)
    shapes = _shapes(q.shape, k.shape, v.shape)
    out, probabilities = (xp.empty(shape, q.dtype) for shape in shapes)
    bias = xp.broadcast_to(rest[0], shapes[1]) if has_bias else None
    blocked = forbidden(xp, shapes[1], rest[-1] if has_mask else None, causal)
    # One batch item at a time: its scores stay in the cache from product to product.
    step = 1 if xp is np else max(1, len(q))
    for n in range(0, len(q), step):
        part = slice(n, n + step)
        scores = probabilities[part]
        left, right = _heads_first(q[part]) * scale, _heads_first(k[part])
        xp.matmul(left, right.swapaxes(-1, -2), out=scores)
        if bias is not None:
            scores += bias[part]
        if blocked is not None:
            xp.copyto(scores, MASKED, where=blocked[part])
        rows = scores.reshape(-1, shapes[1][-1])
        softmax_rows(xp, rows, rows)
        out[part] = _heads_first(xp.matmul(scores, _heads_first(v[part])))
    return out.astype(dtype, copy=False), probabilities.astype(dtype, copy=False)


@primitive(
    shape=lambda g, q, k, v, p, *mask, **how: (q, k, v, p),
    dtype=lambda g, *rest, **how: (g, g, g, g),
    vjp=WrittenOut("attention_grad"),
    many=True,
)
def attention_grad(
    xp: Any, *arrays: Any, scale: float, causal: bool, has_mask: bool, has_bias: bool = False
) -> Any:
    """The gradients through attention to query, key, value and the scores.

    A bias is not needed here, only where this gradient is gone back through itself.
    """
    dtype = arrays[0].dtype
    g, q, k, v, p, *rest = _widened(arrays)
    found = [xp.empty(a.shape, q.dtype) for a in (q, k, v, p)]
    to_q, to_k, to_v, to_scores = found
    blocked = forbidden(xp, p.shape, rest[-1], causal) if has_mask else None
    step = 1 if xp is np else max(1, len(q))
    for n in range(0, len(q), step):
        part = slice(n, n + step)
        given, one = _heads_first(g[part]), p[part]
        slopes = xp.matmul(given, _heads_first(v[part]).swapaxes(-1, -2))
        width = p.shape[-1]
        target = to_scores[part]
        softmax_slope_rows(
            xp, target.reshape(-1, width), slopes.reshape(-1, width), one.reshape(-1, width)
        )
        if blocked is not None:
            xp.copyto(target, 0.0, where=blocked[part])
        to_v[part] = _heads_first(xp.matmul(one.swapaxes(-1, -2), given))
        to_q[part] = _heads_first(xp.matmul(target, _heads_first(k[part]))) * scale
        back = xp.matmul(target.swapaxes(-1, -2), _heads_first(q[part]))
        to_k[part] = _heads_first(back) * scale
    return tuple(a.astype(dtype, copy=False) for a in found)
