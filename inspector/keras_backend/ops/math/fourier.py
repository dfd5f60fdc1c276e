"""Fourier transforms of tensors and of the windows of a signal.

Complex numbers come and go as pairs (real part, imaginary part), as in `keras.ops`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras.src.backend.common.variables import standardize_dtype

from inspector.engine import array_module
from inspector.engine.primitives import (
    arithmetic,
    choice,
    elementwise,
    indexing,
    shaping,
)
from inspector.engine.primitives import fft as transforms
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.linalg import inexact


def complex_of_pair(x: Any) -> Any:
    """The complex tensor of a (real, imaginary) pair.

    Raises:
        ValueError: not a pair, or its parts differ in shape or are not floating.
    """
    if not isinstance(x, tuple | list) or len(x) != 2:
        raise ValueError(
            f"Input `x` should be a tuple of two tensors - real and imaginary.Received: x={x}"
        )
    real, imag = convert_to_tensor(x[0]), convert_to_tensor(x[1])
    if real.shape != imag.shape:
        raise ValueError(
            "Input `x` should be a tuple of two tensors - real and imaginary. Both the real and "
            f"imaginary parts should have the same shape. Received: x[0].shape = {real.shape}, "
            f"x[1].shape = {imag.shape}"
        )
    if not (standardize_dtype(real.dtype) in _FLOATS and standardize_dtype(imag.dtype) in _FLOATS):
        raise ValueError(f"At least one tensor in input `x` is not of type float.Received: x={x}.")
    return transforms.make_complex(real, imag)


_FLOATS = ("float16", "bfloat16", "float32", "float64")


def _parts(x: Any) -> tuple[Any, Any]:
    return elementwise.real(x), elementwise.imag(x)


def fft(x: Any) -> Any:
    tensor = complex_of_pair(x)
    return _parts(transforms.fft(tensor, axes=(tensor.ndim - 1,)))


def fft2(x: Any) -> Any:
    tensor = complex_of_pair(x)
    return _parts(transforms.fft(tensor, axes=(tensor.ndim - 2, tensor.ndim - 1)))


def ifft2(x: Any) -> Any:
    tensor = complex_of_pair(x)
    return _parts(transforms.ifft(tensor, axes=(tensor.ndim - 2, tensor.ndim - 1)))


def _fitted(x: Any, size: int) -> Any:
    """The last axis cut, or padded with zeros, to `size`."""
    if x.shape[-1] > size:
        return x[..., :size]
    missing = size - x.shape[-1]
    return shaping.pad(x, widths=(*[(0, 0)] * (x.ndim - 1), (0, missing))) if missing else x


def rfft(x: Any, fft_length: int | None = None) -> Any:
    tensor = inexact(x)
    size = tensor.shape[-1] if fft_length is None else int(fft_length)
    return _parts(transforms.rfft(_fitted(tensor, size)))


def irfft(x: Any, fft_length: int | None = None) -> Any:
    tensor = complex_of_pair(x)
    points = 2 * (tensor.shape[-1] - 1) if fft_length is None else int(fft_length)
    return transforms.irfft(_fitted(tensor, points // 2 + 1), points=points)


def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Windows along the last axis: (..., windows, sequence_length)."""
    tensor = convert_to_tensor(x)
    count = (tensor.shape[-1] - sequence_length) // sequence_stride + 1
    starts = np.arange(max(count, 0), dtype=np.int32)[:, None] * sequence_stride
    places = starts + np.arange(sequence_length, dtype=np.int32)
    return indexing.take(tensor, Tensor(array_module.xp.asarray(places)), axis=tensor.ndim - 1)


def _window(window: Any, sequence_length: int, fft_length: int, dtype: Any) -> Any:
    """The window in the middle of `fft_length` points.

    Raises:
        ValueError: an unknown name, or another length than `sequence_length`.
    """
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(
                'If a string is passed to `window`, it must be one of `"hann"`, `"hamming"`. '
                f"Received: window={window}"
            )
        turn = np.cos(2 * math.pi * np.arange(sequence_length) / sequence_length)
        middle = 0.5 if window == "hann" else 0.54
        window = middle - (1 - middle) * turn
    elif window is None:
        window = np.ones(sequence_length)
    made = convert_to_tensor(window, dtype=dtype)
    if made.shape != (sequence_length,):
        raise ValueError(
            "The shape of `window` must be equal to [sequence_length]."
            f"Received: window shape={made.shape}"
        )
    before = (fft_length - sequence_length) // 2
    widths = ((before, fft_length - sequence_length - before),)
    return shaping.pad(made, widths=widths)


def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """The short-time Fourier transform: (..., windows, fft_length // 2 + 1), as a pair."""
    tensor = convert_to_tensor(x)
    if standardize_dtype(tensor.dtype) not in ("float32", "float64"):
        raise TypeError(
            "Invalid input type. Expected `float32` or `float64`. "
            f"Received: input type={tensor.dtype}"
        )
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` must equal or larger than `sequence_length`. "
            f"Received: sequence_length={sequence_length}, fft_length={fft_length}"
        )
    shape = _window(window, sequence_length, fft_length, tensor.dtype)
    if center:
        mirrored = np.pad(np.arange(tensor.shape[-1]), fft_length // 2, mode="reflect")
        places = Tensor(array_module.xp.asarray(mirrored))
        tensor = indexing.take(tensor, places, axis=tensor.ndim - 1)
    frames = extract_sequences(tensor, fft_length, sequence_stride)
    return _parts(transforms.rfft(arithmetic.multiply(frames, shape)))


def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """The signal of a short-time transform: windows added up, divided by the windows' squares."""
    bins = complex_of_pair(x)
    frames: Any = irfft(_parts(bins), fft_length)
    shape: Any = _window(window, sequence_length, fft_length, frames.dtype)
    count = frames.shape[-2]
    size = fft_length + sequence_stride * (count - 1)
    signal = _overlapped(frames * shape, size, sequence_stride)
    squares = shaping.broadcast_to(elementwise.square(shape), shape=(count, fft_length))
    weight = _overlapped(squares, size, sequence_stride)
    safe = choice.where(weight > 1e-10, weight, choice.full_like(weight, value=1))
    signal = signal / safe
    if window is None:
        # Keras' rule: without a window the frames add up, each divided by the stride alone.
        signal = signal * (fft_length / sequence_stride)
    start = fft_length // 2 if center else 0
    if length is not None:
        return signal[..., start : start + length]
    return signal[..., start : size - start]


def _overlapped(frames: Any, size: int, stride: int) -> Any:
    """Frames added up, each `stride` further along."""
    count, length = frames.shape[-2:]
    places = np.arange(count)[:, None] * stride + np.arange(length)
    where = Tensor(array_module.xp.asarray(places))
    shape = (*frames.shape[:-2], size)
    return indexing.put_in_zeros(frames, where, key=(Ellipsis, indexing.ARRAY), shape=shape)
