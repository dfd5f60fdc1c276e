"""The parts of matplotlib whose answers scripts take apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.loading.stand_ins.recording import StandIn


def subplots(rows: int = 1, columns: int = 1, *args: Any, **options: Any) -> tuple[Any, Any]:
    """A figure and its axes: one, a row or a grid of them, as matplotlib gives."""
    rows, columns = options.get("nrows", rows), options.get("ncols", columns)
    figure = StandIn("matplotlib figure")
    axes = np.empty((rows, columns), object)
    for place in np.ndindex(rows, columns):
        axes[place] = StandIn("matplotlib axes")
    if not options.get("squeeze", True):
        return figure, axes
    squeezed = axes.squeeze()
    return figure, squeezed[()] if squeezed.ndim == 0 else squeezed


def hist(values: Any, bins: Any = 10, *args: Any, **options: Any) -> tuple[Any, Any, Any]:
    """Counts, edges and bars of a histogram."""
    counts, edges = np.histogram(np.asarray(values, dtype=float).ravel(), bins=bins)
    return counts, edges, StandIn("matplotlib bars")


def plot(*args: Any, **options: Any) -> list[Any]:
    """The lines drawn: `line, = plt.plot(x)`."""
    return [StandIn("matplotlib line")]


def colours(name: Any = None, count: Any = None) -> Any:
    """A colour map: gives a colour for each number."""

    def colour(values: Any, *args: Any, **options: Any) -> Any:
        grey = np.clip(np.asarray(values, dtype=float), 0, 1)
        return np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1)

    return colour


NAMES: dict[str, Any] = {
    "subplots": subplots,
    "hist": hist,
    "plot": plot,
    "get_cmap": colours,
}
