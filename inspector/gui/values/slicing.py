"""Which part of a tensor a heatmap shows: two axes spread out, the others at one index."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_MOST = 256


@dataclass(frozen=True, slots=True)
class Slicing:
    """rows, columns: the axes spread out, None where the tensor has too few.

    names: what the axes mean ("batch", "time"...), empty where that is not known.
    """

    shape: tuple[int, ...]
    rows: int | None
    columns: int | None
    indices: tuple[int, ...]
    names: tuple[str, ...] = ()

    def name(self, axis: int | None) -> str:
        """What an axis means, or its number."""
        if axis is None:
            return ""
        return (self.names[axis] if axis < len(self.names) else "") or f"axis {axis}"

    def at(self, axis: int, index: int) -> Slicing:
        """The same with another index on one axis."""
        indices = tuple(index if a == axis else i for a, i in enumerate(self.indices))
        return replace(self, indices=indices)

    def spread(self, rows: int, columns: int) -> Slicing:
        """The same with other axes spread out."""
        return replace(self, rows=rows, columns=columns)

    @property
    def fixed(self) -> tuple[int, ...]:
        """The axes that are held at one index."""
        return tuple(a for a in range(len(self.shape)) if a not in (self.rows, self.columns))

    @property
    def bounds(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Start and stop of the window to ask for."""
        start, stop = [], []
        for axis, size in enumerate(self.shape):
            is_spread = axis in (self.rows, self.columns)
            start.append(0 if is_spread else self.indices[axis])
            stop.append(min(size, _MOST) if is_spread else self.indices[axis] + 1)
        return tuple(start), tuple(stop)

    @property
    def is_cut(self) -> bool:
        """Whether an axis is longer than what is shown."""
        return any(
            self.shape[axis] > _MOST for axis in (self.rows, self.columns) if axis is not None
        )

    def matrix(self, window: NDArray[np.generic]) -> NDArray[np.float64]:
        """The window as rows and columns."""
        values = np.asarray(window)
        if np.iscomplexobj(values):
            values = np.abs(values)
        numbers = values.astype(np.float64)
        keep = [axis for axis in (self.rows, self.columns) if axis is not None]
        order = [axis for axis in range(numbers.ndim) if axis not in keep] + keep
        numbers = numbers.transpose(order)
        rows = numbers.shape[-2] if len(keep) == 2 else 1
        columns = numbers.shape[-1] if keep else 1
        return np.ascontiguousarray(numbers.reshape(-1)[: rows * columns].reshape(rows, columns))


def first_slicing(shape: tuple[int, ...], names: tuple[str, ...] = ()) -> Slicing:
    """What to show first: the last two axes; height and width of channels-last pictures.

    >>> first_slicing((8, 28, 28, 3)).rows, first_slicing((4, 5)).rows, first_slicing((4,)).rows
    (1, 0, None)
    """
    ndim = len(shape)
    rows: int | None = ndim - 2 if ndim > 1 else None
    columns: int | None = ndim - 1 if ndim else None
    if ndim == 4:
        rows, columns = 1, 2
    return Slicing(shape, rows, columns, (0,) * ndim, names)


def item_slicing(shape: tuple[int, ...], item: int, names: tuple[str, ...] = ()) -> Slicing:
    """One item of the batch: index `item` on the first axis, the rest as it is shown first.

    >>> third = item_slicing((8, 5), 3)
    >>> third.indices, third.rows, third.columns
    ((3, 0), None, 1)
    """
    if not shape:
        return first_slicing(shape, names)
    rest = first_slicing(shape[1:])
    rows, columns = (None if axis is None else axis + 1 for axis in (rest.rows, rest.columns))
    item = min(max(item, 0), max(shape[0] - 1, 0))
    return Slicing(shape, rows, columns, (item, *rest.indices), names)
