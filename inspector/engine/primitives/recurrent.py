"""LSTM and GRU over a whole sequence, each one op with its gradient as another.

Operands: x (batch, time, features), the first state(s) (batch, units), kernel, recurrent kernel,
then bias and mask (batch, time; True = keep) where the constants say so. Outputs come first, then
what the gradient needs: the gates of all steps, time first. States stand in the order in which
the steps were processed, so `backwards` puts the last moment first.

The activations are tanh and sigmoid. Gates' columns: LSTM i, f, o, candidate; GRU z, r, candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.engine import recurrence
from inspector.engine.higher_order import WrittenOut
from inspector.engine.primitive import primitive
from inspector.engine.primitives.choice import full_like
from inspector.engine.rules import Shape
from inspector.engine.tensor import Tensor

_FLOAT32 = np.dtype("float32")


def _widened(arrays: Sequence[Any]) -> list[Any]:
    return [
        a.astype(_FLOAT32) if a.dtype.itemsize < 4 and a.dtype.kind != "b" else a for a in arrays
    ]


def _time_first(xp: Any, x: Any, backwards: bool) -> Any:
    swapped = x.swapaxes(0, 1)
    return xp.ascontiguousarray(swapped[::-1] if backwards else swapped)


def _time_first_mask(xp: Any, mask: Any, backwards: bool) -> Any:
    return _time_first(xp, mask.astype(bool), backwards)[..., None]


def _split(rest: Sequence[Any], has_bias: bool, has_mask: bool) -> tuple[Any, Any]:
    return (rest[0] if has_bias else None), (rest[-1] if has_mask else None)


def _rounded(arrays: Sequence[Any], dtype: Any) -> tuple[Any, ...]:
    return tuple(a if a.dtype == dtype else a.astype(dtype) for a in arrays)


def _or_zeros(gradient: Tensor | None, like: Tensor) -> Tensor:
    return full_like(like, value=0) if gradient is None else gradient


def _lstm_shapes(x: Shape, h: Shape, c: Shape, kernel: Shape, *rest: Shape, **how: Any) -> Any:
    batch, steps, features = x
    units = h[-1]
    if kernel != (features, 4 * units) or rest[0] != (units, 4 * units):
        raise ValueError(f"kernels {kernel} and {rest[0]} do not fit input {x} and state {h}")
    return (batch, steps, units), h, h, (steps, batch, units), (steps, batch, 4 * units)


def _lstm_vjp(
    wanted: Sequence[bool], g: Any, y: Any, *inputs: Tensor, **how: Any
) -> list[Tensor | None]:
    x, h, c, kernel, recurrent, *rest = inputs
    given = [_or_zeros(g[k], y[k]) for k in range(3)]
    found = lstm_grad(*given, x, h, c, kernel, recurrent, y[0], *y[3:], *rest, **how)
    return [*found[: 6 if how["has_bias"] else 5], *[None] * how["has_mask"]]


@primitive(shape=_lstm_shapes, dtype=lambda x, *rest, **how: (x,) * 5, vjp=_lstm_vjp, many=True)
def lstm(xp: Any, *arrays: Any, backwards: bool, has_bias: bool, has_mask: bool) -> Any:
    """A whole LSTM sequence: all states, last h, last c; cells and gates of every step."""
    dtype = arrays[0].dtype
    x, h, c, kernel, recurrent, *rest = _widened(arrays)
    bias, mask = _split(rest, has_bias, has_mask)
    units = h.shape[-1]
    weights = tuple(
        None if w is None else recurrence.reordered(xp, w, units) for w in (kernel, recurrent, bias)
    )
    if mask is not None:
        mask = _time_first_mask(xp, mask, backwards)
    hidden, cells, gates = recurrence.lstm(
        xp, _time_first(xp, x, backwards), h, c, (weights[0], weights[1], weights[2]), mask
    )
    last = (hidden[-1], cells[-1]) if len(hidden) else (h, c)
    return _rounded((_time_first(xp, hidden, False), *last, cells, gates), dtype)


@primitive(
    shape=lambda gy, gh, gc, x, h, c, k, r, *rest, **how: (x, h, c, k, r, k[-1:]),
    dtype=lambda g, *rest, **how: (g,) * 6,
    vjp=WrittenOut("lstm_grad"),
    many=True,
)
def lstm_grad(xp: Any, *arrays: Any, backwards: bool, has_bias: bool, has_mask: bool) -> Any:
    """The gradients through lstm to x, h, c, kernel, recurrent kernel and bias."""
    dtype = arrays[0].dtype
    gy, gh, gc, x, h, c, kernel, recurrent, y, cells, gates, *rest = _widened(arrays)
    units = h.shape[-1]
    mask = _time_first_mask(xp, rest[-1], backwards) if has_mask else None
    slopes, to_h, to_c = recurrence.lstm_slopes(
        xp,
        (_time_first(xp, gy, False), gh, gc),
        c,
        recurrence.reordered(xp, recurrent, units),
        (cells, gates),
        mask,
    )
    flat = recurrence.reordered(xp, slopes, units).reshape(-1, 4 * units)
    before = xp.concatenate([h[None], y.swapaxes(0, 1)[:-1]]).reshape(-1, units)
    to_x, to_kernel = _to_inputs(xp, x, kernel, flat, backwards)
    found = (to_x, to_h, to_c, to_kernel, xp.matmul(before.T, flat), flat.sum(axis=0))
    return _rounded(found, dtype)


def _to_inputs(xp: Any, x: Any, kernel: Any, flat: Any, backwards: bool) -> tuple[Any, Any]:
    ordered = _time_first(xp, x, backwards)
    to_x = xp.matmul(flat, kernel.T).reshape(ordered.shape)
    to_kernel = xp.matmul(ordered.reshape(-1, x.shape[-1]).T, flat)
    return xp.ascontiguousarray((to_x[::-1] if backwards else to_x).swapaxes(0, 1)), to_kernel


def _gru_shapes(x: Shape, h: Shape, kernel: Shape, *rest: Shape, **how: Any) -> Any:
    batch, steps, features = x
    units = h[-1]
    if kernel != (features, 3 * units) or rest[0] != (units, 3 * units):
        raise ValueError(f"kernels {kernel} and {rest[0]} do not fit input {x} and state {h}")
    return (batch, steps, units), h, (steps, batch, 3 * units), (steps, batch, units)


def _gru_vjp(
    wanted: Sequence[bool], g: Any, y: Any, *inputs: Tensor, **how: Any
) -> list[Tensor | None]:
    x, h, kernel, recurrent, *rest = inputs
    given = [_or_zeros(g[k], y[k]) for k in range(2)]
    found = gru_grad(*given, x, h, kernel, recurrent, y[0], *y[2:], *rest, **how)
    return [*found[: 5 if how["has_bias"] else 4], *[None] * how["has_mask"]]


@primitive(shape=_gru_shapes, dtype=lambda x, *rest, **how: (x,) * 4, vjp=_gru_vjp, many=True)
def gru(
    xp: Any, *arrays: Any, backwards: bool, reset_after: bool, has_bias: bool, has_mask: bool
) -> Any:
    """A whole GRU sequence: all states and the last; gates and reset parts of every step."""
    dtype = arrays[0].dtype
    x, h, kernel, recurrent, *rest = _widened(arrays)
    bias, mask = _split(rest, has_bias, has_mask)
    both = (None, None) if bias is None else (bias[0], bias[1]) if reset_after else (bias, None)
    if mask is not None:
        mask = _time_first_mask(xp, mask, backwards)
    ordered = _time_first(xp, x, backwards)
    hidden, gates, inner = recurrence.gru(
        xp, ordered, h, (kernel, recurrent, *both), mask, reset_after
    )
    last = hidden[-1] if len(hidden) else h
    return _rounded((_time_first(xp, hidden, False), last, gates, inner), dtype)


def _gru_grad_shapes(
    gy: Shape, gh: Shape, x: Shape, h: Shape, k: Shape, r: Shape, *rest: Shape, **how: Any
) -> Any:
    return x, h, k, r, ((2, k[-1]) if how["reset_after"] else k[-1:])


@primitive(
    shape=_gru_grad_shapes,
    dtype=lambda g, *rest, **how: (g,) * 5,
    vjp=WrittenOut("gru_grad"),
    many=True,
)
def gru_grad(
    xp: Any, *arrays: Any, backwards: bool, reset_after: bool, has_bias: bool, has_mask: bool
) -> Any:
    """The gradients through gru to x, h, kernel, recurrent kernel and bias."""
    dtype = arrays[0].dtype
    gy, gh, x, h, kernel, recurrent, y, gates, inner, *rest = _widened(arrays)
    units = h.shape[-1]
    mask = _time_first_mask(xp, rest[-1], backwards) if has_mask else None
    given = (_time_first(xp, gy, False), gh)
    hidden = xp.ascontiguousarray(y.swapaxes(0, 1))
    slopes, other, to_h = recurrence.gru_slopes(
        xp, given, h, recurrent, (hidden, gates, inner), mask, reset_after
    )
    flat = slopes.reshape(-1, 3 * units)
    before = xp.concatenate([h[None], hidden[:-1]]).reshape(-1, units)
    to_x, to_kernel = _to_inputs(xp, x, kernel, flat, backwards)
    if reset_after:
        side = other.reshape(-1, 3 * units)
        to_recurrent = xp.matmul(before.T, side)
        to_bias = xp.stack([flat.sum(axis=0), side.sum(axis=0)])
    else:
        split = 2 * units
        reset = inner.reshape(-1, units)
        pairs = ((before, flat[:, :split]), (reset, flat[:, split:]))
        parts = [xp.matmul(one.T, other) for one, other in pairs]
        to_recurrent, to_bias = xp.concatenate(parts, axis=1), flat.sum(axis=0)
    return _rounded((to_x, to_h, to_kernel, to_recurrent, to_bias), dtype)
