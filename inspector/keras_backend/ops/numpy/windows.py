"""Window functions: the weights of so many points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import tensor, to_dtype

Curve = Callable[[Any], Any]


def _window(x: Any, curve: Curve) -> Any:
    """The curve at as many points from -1 to 1; a window of one point is 1."""
    count = int(tensor(x))
    place = np.linspace(-1.0, 1.0, count) if count != 1 else np.zeros(1)
    return Tensor(array_module.xp.asarray(curve(place), to_dtype(None)))


def bartlett(x: Any) -> Any:
    return _window(x, lambda place: 1 - np.abs(place))


def hanning(x: Any) -> Any:
    return _window(x, lambda place: 0.5 + 0.5 * np.cos(np.pi * place))


def hamming(x: Any) -> Any:
    return _window(x, lambda place: 0.54 + 0.46 * np.cos(np.pi * place))


def blackman(x: Any) -> Any:
    def curve(place: Any) -> Any:
        return 0.42 + 0.5 * np.cos(np.pi * place) + 0.08 * np.cos(2 * np.pi * place)

    return _window(x, curve)


def kaiser(x: Any, beta: Any) -> Any:
    sharpness = float(tensor(beta))
    return _window(x, lambda place: np.i0(sharpness * np.sqrt(1 - place**2)) / np.i0(sharpness))
