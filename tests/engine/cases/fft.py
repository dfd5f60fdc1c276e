"""Cases of Fourier transforms."""

import numpy as np
from case import Case

G = np.random.default_rng(12)
SIGNAL = G.normal(size=(2, 6))
ODD = G.normal(size=(2, 5))
COMPLEX = G.normal(size=(2, 3, 4)) + 1j * G.normal(size=(2, 3, 4))
BINS = G.normal(size=(2, 4)) + 1j * G.normal(size=(2, 4))


CASES = [
    Case("make_complex", (SIGNAL, SIGNAL[::-1].copy()), expected=lambda a, b: a + 1j * b),
    Case("fft", (COMPLEX,), {"axes": (2,)}, expected=np.fft.fft, differentiable=(0,)),
    Case("fft", (COMPLEX,), {"axes": (1, 2)}, expected=np.fft.fft2, differentiable=(0,)),
    Case("ifft", (COMPLEX,), {"axes": (1, 2)}, expected=np.fft.ifft2, differentiable=(0,)),
    Case("rfft", (SIGNAL,), expected=np.fft.rfft),
    Case("rfft", (ODD,), expected=np.fft.rfft),
    Case(
        "irfft",
        (BINS,),
        {"points": 6},
        expected=lambda x: np.fft.irfft(x, n=6),
        differentiable=(0,),
    ),
    Case(
        "irfft",
        (BINS,),
        {"points": 7},
        expected=lambda x: np.fft.irfft(x, n=7),
        differentiable=(0,),
    ),
]
