"""A spatial grid over boxes: which of them meet a rectangle, in numpy, without Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
Indices = NDArray[np.intp]

_CELL = 1024.0
_MOST_CELLS = 1 << 18


class SpatialGrid:
    """Boxes (n, 4) as x, y, width, height; small ones by cell, large ones in a list.

    A box is kept in the cell of its middle and queries are widened by the largest half extent of
    the kept ones, so that one contiguous slice a grid row answers; boxes wider or taller than a
    cell would make that margin useless and are tested one and all.
    """

    def __init__(self, boxes: Boxes) -> None:
        self.boxes = np.ascontiguousarray(boxes, dtype=np.float64).reshape(-1, 4)
        is_large = (self.boxes[:, 2] > _CELL) | (self.boxes[:, 3] > _CELL)
        self._large: Indices = np.flatnonzero(is_large)
        small: Indices = np.flatnonzero(~is_large)
        self._margin = self.boxes[small, 2:].max(initial=0.0) / 2
        middles = self.boxes[small, :2] + self.boxes[small, 2:] / 2
        self._origin = middles.min(axis=0) if len(small) else np.zeros(2)
        extent = np.ptp(middles, axis=0) if len(small) else np.zeros(2)
        self._cell = self._cell_size(extent)
        self._columns, self._rows = (extent // self._cell).astype(int) + 1
        cells = ((middles - self._origin) // self._cell).astype(int)
        flat = cells[:, 1] * self._columns + cells[:, 0]
        order = np.argsort(flat, kind="stable")
        self._order: Indices = small[order]
        self._start = np.searchsorted(flat[order], np.arange(self._rows * self._columns + 1))

    def query(self, x: float, y: float, width: float, height: float) -> Indices:
        """Indices of the boxes that meet the rectangle, ascending."""
        found = np.concatenate([self._large, *self._candidates(x, y, width, height)])
        boxes = self.boxes[found]
        meets = (
            (boxes[:, 0] <= x + width)
            & (boxes[:, 0] + boxes[:, 2] >= x)
            & (boxes[:, 1] <= y + height)
            & (boxes[:, 1] + boxes[:, 3] >= y)
        )
        return np.sort(found[meets])

    def _candidates(self, x: float, y: float, width: float, height: float) -> list[Indices]:
        low = (np.array([x, y]) - self._margin - self._origin) // self._cell
        high = (np.array([x + width, y + height]) + self._margin - self._origin) // self._cell
        first_column, first_row = (int(v) for v in np.maximum(low, 0))
        last_column = int(min(high[0], self._columns - 1))
        last_row = int(min(high[1], self._rows - 1))
        if first_column > last_column:
            return []
        return [
            self._order[
                self._start[row * self._columns + first_column] : self._start[
                    row * self._columns + last_column + 1
                ]
            ]
            for row in range(first_row, last_row + 1)
        ]

    @staticmethod
    def _cell_size(extent: NDArray[np.float64]) -> float:
        cell = _CELL
        while np.prod(extent // cell + 1) > _MOST_CELLS:
            cell *= 2
        return cell
