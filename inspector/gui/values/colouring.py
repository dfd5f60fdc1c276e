"""Numbers to colours for heatmaps: numpy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rgba = NDArray[np.uint8]
_BLUE = np.array([[33, 102, 172], [103, 169, 207], [209, 229, 240]], dtype=float)
_RED = np.array([[253, 219, 199], [239, 138, 98], [178, 24, 43]], dtype=float)
_MIDDLE_LIGHT = np.array([[247, 247, 247]], dtype=float)
_MIDDLE_DARK = np.array([[38, 42, 50]], dtype=float)
_DARK_BLUE = np.array([[120, 190, 255], [70, 130, 200], [48, 78, 122]], dtype=float)
_DARK_RED = np.array([[120, 62, 56], [205, 98, 84], [255, 150, 125]], dtype=float)
NOT_A_NUMBER = (214, 0, 214, 255)
INFINITE = (255, 190, 0, 255)
_SIZE = 256


def diverging(*, is_dark: bool) -> Rgba:
    """(256, 4) blue for negative, red for positive, the ground's colour for zero."""
    parts = (_DARK_BLUE, _MIDDLE_DARK, _DARK_RED) if is_dark else (_BLUE, _MIDDLE_LIGHT, _RED)
    stops = np.concatenate(parts)
    places = np.linspace(0, len(stops) - 1, _SIZE)
    table = np.stack(
        [np.interp(places, np.arange(len(stops)), stops[:, channel]) for channel in range(3)],
        axis=1,
    )
    return np.concatenate([table, np.full((_SIZE, 1), 255)], axis=1).astype(np.uint8)


def symmetric_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of a colour scale with zero in its middle; -1 and 1 when there is nothing."""
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max(initial=0.0)) or 1.0
    return -largest, largest


def own_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """The smallest and the largest finite value, so that small differences show."""
    finite = values[np.isfinite(values)]
    if not finite.size or finite.min() == finite.max():
        return symmetric_range(values)
    return float(finite.min()), float(finite.max())


def coloured(values: NDArray[np.float64], ends: tuple[float, float], table: Rgba) -> Rgba:
    """(rows, columns, 4) colours; NaN and infinities have their own, so that none is overlooked.

    >>> coloured(np.array([[np.nan]]), (-1.0, 1.0), diverging(is_dark=False))[0, 0].tolist()
    [214, 0, 214, 255]
    """
    is_finite = np.isfinite(values)
    low, high = ends
    place = (np.where(is_finite, values, low) - low) / (high - low)
    picture = table[np.clip(place * (_SIZE - 1), 0, _SIZE - 1).astype(np.intp)]
    picture[np.isnan(values)] = NOT_A_NUMBER
    picture[np.isinf(values)] = INFINITE
    return picture
