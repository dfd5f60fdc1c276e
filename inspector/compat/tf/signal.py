"""`tf.signal`: windows, frames, Fourier transforms, mel filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, named, public
from inspector.compat.tf.tensors import host, tensor

ops = keras.ops


def _window(a: float, b: float) -> Callable[..., Any]:
    def function(
        window_length: Any, periodic: bool = True, dtype: Any = "float32", name: str | None = None
    ) -> Any:
        """A raised cosine, a - b cos(2 pi n / N)."""
        length = int(window_length)
        period = length if periodic else max(1, length - 1)
        return tensor(a - b * np.cos(2 * np.pi * np.arange(length) / period), dtype)

    return function


hann_window = export("signal.hann_window", _window(0.5, 0.5))
export("signal.hamming_window", _window(0.54, 0.46))


@public("signal.frame")
def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: float = 0,
    axis: int = -1,
    name: str | None = None,
) -> Any:
    """Overlapping stretches of the last axis: (..., frames, frame_length)."""
    x, width, step = tensor(signal), int(frame_length), int(frame_step)
    if pad_end:
        count = -(-x.shape[-1] // step)
        missing = max(0, (count - 1) * step + width - x.shape[-1])
        widths = [(0, 0)] * (len(x.shape) - 1) + [(0, missing)]
        x = ops.pad(x, widths, constant_values=pad_value)
    else:
        count = max(0, (x.shape[-1] - width) // step + 1)
    index = np.arange(count)[:, None] * step + np.arange(width)[None]
    return ops.take(x, tensor(index), axis=-1)


@public("signal.overlap_and_add")
def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Any:
    frames, step = host(tensor(signal)), int(frame_step)
    count, width = frames.shape[-2:]
    total = np.zeros((*frames.shape[:-2], (count - 1) * step + width), frames.dtype)
    for at in range(count):
        total[..., at * step : at * step + width] += frames[..., at, :]
    return tensor(total)


@public("signal.rfft")
def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    length = None if fft_length is None else int(np.asarray(fft_length).reshape(-1)[0])
    real, imaginary = ops.rfft(tensor(input_tensor), fft_length=length)
    return _complex(real, imaginary)


@public("signal.irfft")
def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    x = tensor(input_tensor)
    length = None if fft_length is None else int(np.asarray(fft_length).reshape(-1)[0])
    return ops.irfft((ops.real(x), ops.imag(x)), fft_length=length)


def _complex(real: Any, imaginary: Any) -> Any:
    return ops.add(ops.cast(real, "complex64"), ops.multiply(ops.cast(imaginary, "complex64"), 1j))


def _transform(name: str) -> Callable[..., Any]:
    def function(input: Any, name_: str | None = None, name: str | None = None) -> Any:
        x = tensor(input)
        return _complex(*getattr(ops, target)((ops.real(x), ops.imag(x))))

    target = name
    return function


for _name, _target in (("fft", "fft"), ("ifft", None), ("fft2d", "fft2"), ("ifft2d", "ifft2")):
    if _target is not None:
        export(f"signal.{_name}", named(f"tf.signal.{_name}", _transform(_target)))


@public("signal.ifft")
def ifft(input: Any, name: str | None = None) -> Any:
    """The conjugate of the transform of the conjugate, over the length."""
    x = tensor(input)
    real, imaginary = ops.fft((ops.real(x), ops.negative(ops.imag(x))))
    return _complex(real / x.shape[-1], ops.negative(imaginary) / x.shape[-1])


@public("signal.stft")
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Any:
    """(..., frames, fft_length // 2 + 1), complex64."""
    width = int(frame_length)
    length = 2 ** (width - 1).bit_length() if fft_length is None else int(fft_length)
    frames = frame(signals, width, frame_step, pad_end)
    return rfft(frames if window_fn is None else frames * window_fn(width), [length])


@public("signal.inverse_stft")
def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    name: str | None = None,
) -> Any:
    width = int(frame_length)
    length = 2 ** (width - 1).bit_length() if fft_length is None else int(fft_length)
    frames = irfft(stfts, [length])[..., :width]
    return overlap_and_add(frames if window_fn is None else frames * window_fn(width), frame_step)


@public("signal.linear_to_mel_weight_matrix")
def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = "float32",
    name: str | None = None,
) -> Any:
    """Triangles, even on the mel scale 1127 ln(1 + f/700): (spectrogram bins, mel bins)."""

    def mel(hertz: Any) -> Any:
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    bins = mel(np.linspace(0.0, float(sample_rate) / 2, num_spectrogram_bins))[1:, None]
    edges = np.linspace(mel(lower_edge_hertz), mel(upper_edge_hertz), num_mel_bins + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return tensor(np.pad(np.maximum(0.0, weights), [(1, 0), (0, 0)]), dtype)


@public("signal.dct")
def dct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: Any = None, name: Any = None
) -> Any:
    """The discrete cosine transform of type II of the last axis."""
    x = tensor(input)
    count = x.shape[-1]
    places = np.arange(count)
    table = 2 * np.cos(np.pi * np.outer(places + 0.5, places) / count)
    if norm == "ortho":
        table *= np.where(places == 0, np.sqrt(0.25 / count), np.sqrt(0.5 / count))
    return ops.matmul(x, tensor(table, x.dtype))


@public("signal.mfccs_from_log_mel_spectrograms")
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Any:
    x = tensor(log_mel_spectrograms)
    return ops.multiply(dct(x), 1.0 / np.sqrt(x.shape[-1] * 2.0))


@public("signal.fftshift")
def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    return tensor(np.fft.fftshift(host(tensor(x)), axes))


@public("signal.ifftshift")
def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    return tensor(np.fft.ifftshift(host(tensor(x)), axes))
