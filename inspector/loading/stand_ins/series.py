"""A column of a table: a NumPy array with an index, a name and the methods scripts call on pandas'.

Arithmetic, comparison, masks and reductions are NumPy's own; what is missing answers as a stand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from inspector.loading.stand_ins.recording import StandIn

Array = np.ndarray[Any, Any]
_ANSWERED = ("plot", "hist", "groupby", "rolling", "describe", "cat", "dt", "resample", "boxplot",
             "corr", "quantile", "ewm", "info", "to_csv", "expanding", "interpolate")  # fmt: skip


class Series(np.ndarray):
    """One column; `index` labels its rows."""

    name: Any
    _index: Any

    def __new__(
        cls, data: Any = (), index: Any = None, name: Any = None, dtype: Any = None, **options: Any
    ) -> Series:
        if isinstance(data, dict):
            index, data = list(data), list(data.values())
        made = column_array(data, dtype).view(cls)
        made.name, made._index = name, None if index is None else np.asarray(index)
        return made

    def __array_finalize__(self, source: Any) -> None:
        self.name = getattr(source, "name", None)
        index = getattr(source, "_index", None)
        self._index = index if index is not None and len(index) == _rows(self) else None

    @property
    def index(self) -> Any:
        """The labels of the rows."""
        return np.arange(_rows(self)) if self._index is None else self._index

    @index.setter
    def index(self, labels: Any) -> None:
        self._index = np.asarray(labels)

    @property
    def values(self) -> Array:
        """The plain array."""
        return np.asarray(self)

    @property
    def iloc(self) -> Series:
        return self

    @property
    def loc(self) -> Series:
        return self

    @property
    def str(self) -> Texts:
        """Text functions, element by element."""
        return Texts(self)

    def to_numpy(self, *args: Any, **options: Any) -> Array:
        return np.asarray(self)

    def __getitem__(self, key: Any) -> Any:
        if self._index is not None and isinstance(key, str):
            return np.asarray(self)[list(self._index).index(key)]
        picked = super().__getitem__(key)
        if isinstance(picked, Series) and self._index is not None and picked.ndim == 1:
            picked._index = self._index[np.asarray(key) if isinstance(key, Series) else key]
        return picked

    def unique(self) -> Array:
        """The values, each once, in the order in which they come."""
        return column_array(list(dict.fromkeys(self.tolist())))

    def nunique(self) -> int:
        return len(set(self.tolist()))

    def value_counts(self, *args: Any, **options: Any) -> Series:
        """How often each value comes, the most frequent first."""
        names, counts = np.unique(np.asarray(self).astype(object), return_counts=True)
        order = np.argsort(-counts)
        return Series(counts[order], index=names[order], name=self.name)

    def map(self, change: Any, *args: Any, **options: Any) -> Series:
        """Each value looked up, or given to a function."""
        look: Callable[[Any], Any] = (
            (lambda value: change.get(value, np.nan)) if isinstance(change, dict) else change
        )
        return Series([look(value) for value in self.tolist()], self._index, self.name)

    apply = map
    progress_apply = map

    def replace(self, old: Any, new: Any = None, **options: Any) -> Series:
        table = old if isinstance(old, dict) else {old: new}
        return self.map(lambda value: table.get(value, value))

    def fillna(self, *args: Any, **options: Any) -> Series:
        return self

    def dropna(self, *args: Any, **options: Any) -> Series:
        return self

    def isin(self, values: Any) -> Series:
        wanted = set(np.asarray(values).ravel().tolist())
        return Series([value in wanted for value in self.tolist()], self._index, dtype=bool)

    def isnull(self) -> Series:
        """Made-up tables have no gaps."""
        return Series(np.zeros(len(self), bool))

    isna = isnull

    def notnull(self) -> Series:
        return Series(np.ones(len(self), bool))

    notna = notnull

    def items(self) -> Iterator[tuple[Any, Any]]:
        return iter(zip(list(self.index), self.tolist(), strict=True))

    iteritems = items

    def head(self, count: int = 5) -> Any:
        return self[:count]

    def tail(self, count: int = 5) -> Any:
        return self[-count:]

    def sample(self, count: int = 1, *args: Any, **options: Any) -> Any:
        return self[: options.get("n", count)]

    def reset_index(self, *args: Any, **options: Any) -> Series:
        return Series(np.asarray(self), name=self.name)

    def shift(self, by: int = 1, *args: Any, **options: Any) -> Series:
        return Series(np.roll(np.asarray(self), by), self._index, self.name)

    def to_dict(self) -> dict[Any, Any]:
        return dict(self.items())

    def to_list(self) -> list[Any]:
        return list(self.tolist())

    def median(self, *args: Any, **options: Any) -> Any:
        return np.median(np.asarray(self))

    def abs(self) -> Series:
        return Series(np.abs(np.asarray(self)), self._index, self.name)

    def idxmax(self, *args: Any, **options: Any) -> Any:
        return self.index[int(np.argmax(np.asarray(self)))]

    def __getattr__(self, name: Any) -> Any:
        # Only these: others ask arrays for methods, to learn what they are.
        if name not in _ANSWERED:
            raise AttributeError(name)
        return StandIn(f"pandas.Series.{name}")


class Texts:
    """`series.str`: the functions of Python's `str` on every value."""

    def __init__(self, series: Series) -> None:
        self._series = series

    def __getattr__(self, name: str) -> Callable[..., Series]:
        def change(*args: Any, **options: Any) -> Series:
            options.pop("regex", None)
            return self._series.map(lambda text: getattr(str(text), name)(*args, **options))

        return change

    def len(self) -> Series:
        return self._series.map(lambda text: len(str(text)))

    def contains(self, part: Any, *args: Any, **options: Any) -> Series:
        return self._series.map(lambda text: part in str(text))


def column_array(data: Any, dtype: Any = None) -> Array:
    """An array of one axis; texts and lists stay Python objects, as pandas keeps them."""
    if not isinstance(data, np.ndarray):
        data = list(data) if not isinstance(data, str) else [data]
        if any(isinstance(value, str | list | tuple | dict | np.ndarray) for value in data):
            made = np.empty(len(data), object)
            made[:] = data if not data or np.ndim(data[0]) == 0 else None
            for place, value in enumerate(data):
                made[place] = value
            return made
    array = np.asarray(data, dtype=dtype)
    return array.astype(object) if array.dtype.kind in "US" and dtype is None else array


def _rows(array: Any) -> int:
    return int(array.shape[0]) if array.ndim else 0
