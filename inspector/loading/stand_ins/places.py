"""Rows of a table: one by name or place, and those that `loc` and `iloc` pick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from inspector.loading.stand_ins.series import Series


class DataFrameRow:
    """One row: by name, by attribute, by place."""

    def __init__(self, frame: Any, place: int) -> None:
        self._frame, self._place = frame, place

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int | slice) and key not in self._frame:
            return list(self)[key]
        if isinstance(key, list):
            return Series([self[name] for name in key], key)
        return self._frame.column(key)[self._place]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._frame.column(name)[self._place]

    def __iter__(self) -> Iterator[Any]:
        return (column[self._place] for column in self._frame._columns.values())

    def __len__(self) -> int:
        return len(self._frame._columns)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


class Places:
    """`frame.iloc` and `frame.loc`."""

    def __init__(self, frame: Any, *, by_label: bool) -> None:
        self._frame, self._by_label = frame, by_label

    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        picked = self._frame._named(columns, self._by_label)
        if np.ndim(rows) == 0 and not isinstance(rows, slice):
            place = self._place(rows)
            row = DataFrameRow(picked, place)
            return row if np.ndim(columns) or isinstance(columns, slice) else next(iter(row))
        taken = picked.taken(self._places(rows))
        is_one = not isinstance(columns, slice) and np.ndim(columns) == 0
        return taken[next(iter(taken))] if is_one else taken

    def __setitem__(self, key: Any, value: Any) -> None:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        for name in list(self._frame._named(columns, self._by_label)):
            column = self._frame.column(name)
            if np.ndim(rows) == 0 and not isinstance(rows, slice) and np.ndim(value):
                column = self._frame._columns[name] = column.astype(object)
                column[self._place(rows)] = value
            else:
                column[self._places(rows)] = value

    def _place(self, row: Any) -> int:
        if not self._by_label or self._frame._index is None:
            return int(row)
        return list(self._frame._index).index(row)

    def _places(self, rows: Any) -> Any:
        if not self._by_label or self._frame._index is None or np.asarray(rows).dtype == bool:
            is_range = self._by_label and isinstance(rows, slice) and rows.stop is not None
            return slice(rows.start, rows.stop + 1, rows.step) if is_range else rows
        labels = list(self._frame._index)
        if isinstance(rows, slice):
            start = labels.index(rows.start) if rows.start in labels else None
            stop = labels.index(rows.stop) + 1 if rows.stop in labels else None
            return slice(start, stop, rows.step)
        return [labels.index(row) for row in list(rows)]
