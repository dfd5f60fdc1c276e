"""Rows of a table that share a value: `frame.groupby(name)`, by iteration or reduced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from inspector.loading.stand_ins.recording import StandIn
from inspector.loading.stand_ins.series import Series, column_array

_REDUCED = ("mean", "sum", "min", "max", "std", "median", "nunique")


class Groups:
    """The groups of a table, in the order of their values.

    picked: the columns that the script took, all of them otherwise.
    """

    def __init__(self, frame: Any, by: Any, picked: Any = None) -> None:
        self._frame, self._by, self._picked = frame, by, picked
        names = by if isinstance(by, list) else [by]
        columns = [frame.column(name).tolist() for name in names]
        places: dict[Any, list[int]] = {}
        for place, values in enumerate(zip(*columns, strict=True)):
            places.setdefault(values if len(names) > 1 else values[0], []).append(place)
        self._places = dict(sorted(places.items(), key=lambda item: str(item[0])))

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        for value, places in self._places.items():
            rows = self._frame.taken(np.asarray(places))
            yield value, rows if self._picked is None else rows[self._picked]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, key: Any) -> Groups:
        return Groups(self._frame, self._by, list(key) if isinstance(key, tuple) else key)

    def get_group(self, value: Any) -> Any:
        """The rows of one group."""
        return self._frame.taken(np.asarray(self._places[value]))

    @property
    def groups(self) -> dict[Any, list[int]]:
        """The places of each group's rows."""
        return self._places

    def size(self) -> Series:
        """How many rows each group has."""
        return Series([len(places) for places in self._places.values()], list(self._places))

    def apply(self, change: Callable[[Any], Any], *args: Any, **options: Any) -> Series:
        """What a function makes of each group."""
        return Series(column_array([change(rows) for _, rows in self]), list(self._places))

    def agg(self, how: Any, *args: Any, **options: Any) -> Any:
        """Each group reduced in the way that is named."""
        return self._reduce(how) if isinstance(how, str) else self.apply(lambda rows: rows)

    aggregate = agg
    count = size

    def _reduce(self, how: str) -> Any:
        kept = [name for name in self._frame if name != self._by]
        if isinstance(self._picked, str):
            rows = [getattr(part, how)() for _, part in self]
            return Series(rows, list(self._places), self._picked)
        names = [
            name for name in (self._picked or kept) if self._frame.column(name).dtype != object
        ]
        table = {name: [getattr(part, how)() for _, part in self[name]] for name in names}
        made = type(self._frame)(table)
        made.index = list(self._places)
        return made

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _REDUCED:
            return lambda *args, **options: self._reduce(name)
        return self[name] if name in self._frame else StandIn(f"pandas groups.{name}")
