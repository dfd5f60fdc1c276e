"""Fourier transforms over the last axis or the last two, on complex numbers.

The gradient of a transform is its adjoint: of `fft` that is n times `ifft`, and the other way
round. A real transform keeps one of each pair of conjugate bins, so its adjoint halves or doubles
the bins that stand for two.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives import elementwise, shaping
from inspector.engine.rules import Shape, broadcast, same, sum_to
from inspector.engine.tensor import Tensor

_COMPLEX = {
    "float16": "complex64",
    "bfloat16": "complex64",
    "float32": "complex64",
    "float64": "complex128",
}


def to_complex(dtype: Any, *others: Any, **constants: Any) -> Any:
    """The dtype of complex numbers with such parts."""
    return np.dtype(_COMPLEX.get(dtype.name, dtype.name))


def _to_parts(dtype: Any, **constants: Any) -> Any:
    return np.dtype("float32" if dtype.name == "complex64" else "float64")


def _of_part(g: Any, part: Tensor) -> Any:
    return shaping.cast(sum_to(g, part.shape), dtype=part.dtype)


@primitive(
    shape=broadcast,
    dtype=to_complex,
    elementwise=True,
    vjp=each(
        lambda g, y, re, im: _of_part(elementwise.real(g), re),
        lambda g, y, re, im: _of_part(elementwise.imag(g), im),
    ),
)
def make_complex(xp: Any, re: Any, im: Any) -> Any:
    """Re + i·im."""
    made = xp.empty(broadcast(re.shape, im.shape), to_complex(re.dtype))
    made.real, made.imag = re, im
    return made


def _points(x: Tensor, axes: tuple[int, ...]) -> int:
    return math.prod(x.shape[axis] for axis in axes)


def _fft_back(g: Any, y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return ifft(g, axes=axes) * _points(x, axes)


def _ifft_back(g: Any, y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return fft(g, axes=axes) / _points(x, axes)


@primitive(shape=same, dtype=same, vjp=each(_fft_back))
def fft(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """The discrete Fourier transform over these axes."""
    return xp.fft.fftn(x, axes=axes).astype(x.dtype, copy=False)


@primitive(shape=same, dtype=same, vjp=each(_ifft_back))
def ifft(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """The inverse of `fft`, scaled by one over the number of points."""
    return xp.fft.ifftn(x, axes=axes).astype(x.dtype, copy=False)


def _weights(bins: int, points: int, like: Tensor) -> Tensor:
    """2 for bins that stand for a conjugate pair, 1 for those that are alone."""
    xp = array_module.xp
    weights = xp.full(bins, 2.0)
    weights[0] = 1.0
    if points % 2 == 0:
        weights[-1] = 1.0
    return Tensor(weights.astype("float32" if like.dtype.name == "complex64" else "float64"))


def _rfft_back(g: Any, y: Any, x: Any) -> Any:
    points = x.shape[-1]
    missing = points - g.shape[-1]
    widths = (*[(0, 0)] * (g.ndim - 1), (0, missing))
    full = shaping.pad(g, widths=widths) if missing else g
    found = elementwise.real(ifft(full, axes=(g.ndim - 1,))) * points
    return shaping.cast(found, dtype=x.dtype)


@primitive(
    shape=lambda shape: (*shape[:-1], shape[-1] // 2 + 1), dtype=to_complex, vjp=each(_rfft_back)
)
def rfft(xp: Any, x: Any) -> Any:
    """The transform of real numbers: the first half of the bins, the rest are their conjugates."""
    wide = x.astype(xp.float32) if x.dtype.itemsize < 4 else x  # cuFFT has few sizes of float16
    return xp.fft.rfft(wide, axis=-1).astype(to_complex(x.dtype), copy=False)


def _irfft_back(g: Any, y: Any, x: Any, points: int) -> Any:
    bins = rfft(g)
    weights: Any = _weights(bins.shape[-1], points, x)
    weights = weights / points
    return bins * make_complex(weights, weights * 0)


def _irfft_shape(shape: Shape, *, points: int) -> Shape:
    if shape[-1] != points // 2 + 1:
        raise ValueError(f"{points} points come from {points // 2 + 1} bins, not {shape[-1]}")
    return (*shape[:-1], points)


@primitive(shape=_irfft_shape, dtype=_to_parts, vjp=each(_irfft_back))
def irfft(xp: Any, x: Any, points: int) -> Any:
    """The inverse of `rfft`, giving `points` real numbers."""
    _irfft_shape(x.shape, points=points)  # the array module would add or drop bins
    return xp.fft.irfft(x, n=points, axis=-1).astype(_to_parts(x.dtype), copy=False)
