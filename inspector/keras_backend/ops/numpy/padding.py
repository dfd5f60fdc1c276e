"""Padding, in all of NumPy's modes."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitives import indexing, joining, reduction, shaping
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import cast_to, floating, tensor

Widths = tuple[tuple[int, int], ...]
# These put values of the tensor itself around it, in an order that depends on the size only.
_MIRRORS = {"reflect", "symmetric", "edge", "wrap", "circular"}
_STATISTICS = {"maximum", "minimum", "mean", "median"}


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """Values put around a tensor.

    Raises:
        ValueError: the mode is unknown, or a constant is given for another mode.
    """
    t = tensor(x)
    widths = _widths(pad_width, t.ndim)
    if constant_values is not None and mode != "constant":
        raise ValueError(
            "Argument `constant_values` can only be provided when `mode == 'constant'`. "
            f"Received: mode={mode}"
        )
    if mode in ("constant", "empty"):
        return _constant(t, widths, 0 if constant_values is None else constant_values)
    if mode in _MIRRORS:
        return _mirrored(t, widths, "wrap" if mode == "circular" else mode)
    if mode in _STATISTICS or mode == "linear_ramp":
        for axis, width in enumerate(widths):
            if width != (0, 0):
                t = _framed(t, axis, width, mode)
        return t
    raise ValueError(f"Invalid padding mode: {mode}")


def _widths(pad_width: Any, ndim: int) -> Widths:
    pairs = np.broadcast_to(np.asarray(pad_width), (ndim, 2))
    return tuple((int(before), int(after)) for before, after in pairs)


def _constant(t: Tensor, widths: Widths, value: Any) -> Any:
    if isinstance(value, int | float):
        return shaping.pad(t, widths=widths, value=value)
    found = tensor(value)
    if found.size == 1 and not found.is_meta:
        return shaping.pad(t, widths=widths, value=found.item())
    # One value for each side of each axis.
    sides = np.broadcast_to(found.numpy(), (t.ndim, 2))
    for axis, (width, (before, after)) in enumerate(zip(widths, sides, strict=True)):
        for side, fill in ((0, before), (1, after)):
            one = [(0, 0)] * t.ndim
            one[axis] = (width[0], 0) if side == 0 else (0, width[1])
            t = shaping.pad(t, widths=tuple(one), value=fill.item())
    return t


def _mirrored(t: Tensor, widths: Widths, mode: Any) -> Any:
    for axis, width in enumerate(widths):
        if width != (0, 0):
            numbers = np.pad(np.arange(t.shape[axis]), width, mode=mode)
            t = indexing.take(t, Tensor(array_module.xp.asarray(numbers)), axis=axis)
    return t


def _framed(t: Tensor, axis: int, width: tuple[int, int], mode: str) -> Tensor:
    """Padded along one axis with a statistic of each line, or with a ramp down to zero."""
    sides = (_ramps if mode == "linear_ramp" else _statistic)(t, axis, width, mode)
    joined: Tensor = joining.concatenate(sides[0], t, sides[1], axis=axis)
    return joined


def _statistic(t: Tensor, axis: int, width: tuple[int, int], mode: str) -> list[Tensor]:
    if mode in ("maximum", "minimum"):
        run = reduction.max_ if mode == "maximum" else reduction.min_
        line = run(t, axis=(axis,), keepdims=True)
    elif mode == "mean":
        line = _rounded(reduction.mean(floating(t), axis=(axis,), keepdims=True), t.dtype)
    else:
        from inspector.keras_backend.ops.numpy.statistics import median

        line = _rounded(median(t, axis=axis, keepdims=True), t.dtype)
    return [
        shaping.broadcast_to(line, shape=(*t.shape[:axis], count, *t.shape[axis + 1 :]))
        for count in width
    ]


def _rounded(line: Tensor, dtype: Any) -> Tensor:
    return cast_to(line.round() if dtype.kind in "iu" else line, dtype)


def _ramps(t: Tensor, axis: int, width: tuple[int, int], mode: str) -> list[Tensor]:
    before = (slice(None),) * axis
    sides = []
    for count, edge, back in ((width[0], slice(0, 1), False), (width[1], slice(-1, None), True)):
        steps = np.arange(count) / max(count, 1)
        shape = [1] * t.ndim
        shape[axis] = count
        line = (steps[::-1] if back else steps).reshape(shape)
        ends = floating(t[(*before, edge)])
        ramp = ends * Tensor(array_module.xp.asarray(line, ends.dtype))
        sides.append(cast_to(ramp, t.dtype))
    return sides
