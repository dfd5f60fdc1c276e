"""Keras' `backend.math`, by family."""

from inspector.keras_backend.ops.math.elementwise import (
    erf,
    erfc,
    erfinv,
    logdet,
    logsumexp,
    rsqrt,
)
from inspector.keras_backend.ops.math.fourier import (
    extract_sequences,
    fft,
    fft2,
    ifft2,
    irfft,
    istft,
    rfft,
    stft,
)
from inspector.keras_backend.ops.math.selection import (
    cdist,
    in_top_k,
    segment_max,
    segment_min,
    segment_prod,
    segment_sum,
    top_k,
)

__all__ = [
    "cdist",
    "erf",
    "erfc",
    "erfinv",
    "extract_sequences",
    "fft",
    "fft2",
    "ifft2",
    "in_top_k",
    "irfft",
    "istft",
    "logdet",
    "logsumexp",
    "rfft",
    "rsqrt",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "stft",
    "top_k",
]
