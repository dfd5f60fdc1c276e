"""What the canvas paints: boxes and edges of the visible graph as flat arrays, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LEAF, GROUP, FRAME = 0, 1, 2
"""Kinds of boxes: a call with none inside, a collapsed one with calls inside, an expanded one."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Boxes and edges in scene coordinates; frames come before what they hold.

    rects:      (n, 4) x, y, width, height.
    kinds:      (n,) LEAF, GROUP or FRAME.
    edge_paths: one (k, 2) polyline an edge, from its source box to its target box.
    edge_masks: id of the mask that travels along an edge, 0 for none.
    label_at:   (m, 2) middle of each edge's label.
    home:       for every call of the run, the box in which it is seen.
    """

    ids: tuple[str, ...] = ()
    rects: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    kinds: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    depths: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    labels: tuple[str, ...] = ()
    sublabels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    edge_paths: tuple[NDArray[np.float64], ...] = ()
    edge_sources: tuple[str | None, ...] = ()
    edge_targets: tuple[str | None, ...] = ()
    edge_labels: tuple[str, ...] = ()
    edge_masks: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    label_at: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    home: dict[str, int] = field(default_factory=dict)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """x, y, width, height of everything."""
        if not len(self.rects):
            return (0.0, 0.0, 1.0, 1.0)
        corners = [self.rects[:, :2], self.rects[:, :2] + self.rects[:, 2:], *self.edge_paths]
        points = np.concatenate(corners)
        low, high = points.min(axis=0), points.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
