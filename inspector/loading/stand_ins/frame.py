"""A table of columns with the methods that scripts call on pandas' before a Keras model.

A made-up table (of a file that is not there) has every column that is asked for: it is made when a
script first names it, of the kind that the name suggests.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from inspector.loading.stand_ins.groups import Groups
from inspector.loading.stand_ins.places import DataFrameRow, Places
from inspector.loading.stand_ins.recording import StandIn
from inspector.loading.stand_ins.series import Array, Series, column_array

Maker = Callable[[str, int], Array]


class DataFrame:
    """Columns of equal length; `make` gives those that a made-up table lacks."""

    def __init__(
        self,
        data: Any = None,
        index: Any = None,
        columns: Any = None,
        *,
        make: Maker | None = None,
        **options: Any,
    ) -> None:
        self._columns: dict[Any, Array] = _columns_of(data, columns)
        self._make = make
        rows = len(next(iter(self._columns.values()))) if self._columns else 0
        self._index: Array | None = None if index is None else np.asarray(index)
        self._rows = rows if self._columns or index is None else len(index)

    @property
    def columns(self) -> Any:
        return Series(column_array(list(self._columns)))

    @columns.setter
    def columns(self, names: Any) -> None:
        self._columns = dict(zip(list(names), self._columns.values(), strict=False))

    @property
    def index(self) -> Any:
        return Series(np.arange(self._rows) if self._index is None else self._index)

    @index.setter
    def index(self, labels: Any) -> None:
        self._index = np.asarray(labels)

    @property
    def shape(self) -> tuple[int, int]:
        return self._rows, len(self._columns)

    @property
    def values(self) -> Array:
        """All columns side by side."""
        if not self._columns:
            return np.zeros((self._rows, 0))
        return np.stack([np.asarray(column) for column in self._columns.values()], axis=1)

    @property
    def dtypes(self) -> Series:
        return Series([column.dtype for column in self._columns.values()], list(self._columns))

    @property
    def T(self) -> Array:
        return self.values.T

    @property
    def iloc(self) -> Places:
        return Places(self, by_label=False)

    @property
    def loc(self) -> Places:
        return Places(self, by_label=True)

    at = loc
    iat = iloc
    empty = False

    def column(self, name: Any) -> Array:
        """One column, made if the table is made up."""
        if name not in self._columns:
            if self._make is None or not isinstance(name, str):
                raise KeyError(name)
            self._columns[name] = self._make(name, self._rows)
        return self._columns[name]

    def taken(self, rows: Any) -> DataFrame:
        """The rows at places, in a slice, or where a mask is true."""
        if not isinstance(rows, slice):
            rows = np.asarray(rows) if len(rows) else np.zeros(0, int)
        made = self.of({name: column[rows] for name, column in self._columns.items()})
        made._index = np.asarray(self.index)[rows]
        return made

    def of(self, columns: dict[Any, Any]) -> DataFrame:
        """A table with the same rows' labels and other columns."""
        made = DataFrame(columns, make=self._make)
        if self._index is not None and len(self._index) == made._rows:
            made._index = self._index
        return made

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return self.taken(key)
        if isinstance(key, DataFrame):
            return self
        key = sorted(key, key=str) if isinstance(key, set | frozenset) else key
        wanted = key if isinstance(key, list) else np.asarray(key) if np.ndim(key) else None
        if wanted is None:
            return Series(self.column(key), self._index, key)
        if isinstance(wanted, np.ndarray) and wanted.dtype == bool:
            return self.taken(wanted)
        return self.of({name: self.column(name) for name in list(wanted)})

    def __setitem__(self, key: Any, value: Any) -> None:
        names = list(key) if isinstance(key, list | np.ndarray) else [key]
        table = np.asarray(value) if not isinstance(value, DataFrame) else value.values
        for place, name in enumerate(names):
            part = table[:, place] if table.ndim == 2 else value
            self._columns[name] = self._filled(part)

    def _filled(self, value: Any) -> Array:
        if np.ndim(value) == 0:
            value = [value] * self._rows
        made = np.array(column_array(value))
        self._rows = self._rows or len(made)
        return made

    def __delitem__(self, name: Any) -> None:
        del self._columns[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._columns:
            return self[name]
        if self._make is not None and not hasattr(_Known, name):
            return self[name]
        return StandIn(f"pandas.DataFrame.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name in self._columns:
            self[name] = value
        else:
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._columns)

    def __contains__(self, name: Any) -> bool:
        return name in self._columns

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self.values, dtype=dtype)

    def __repr__(self) -> str:
        return f"<made-up table of {self._rows} rows: {', '.join(map(str, self._columns))}>"

    def items(self) -> Iterator[tuple[Any, Series]]:
        return iter([(name, self[name]) for name in list(self._columns)])

    iteritems = items

    def keys(self) -> Any:
        return self.columns

    def iterrows(self) -> Iterator[tuple[Any, DataFrameRow]]:
        for place, label in enumerate(list(self.index)):
            yield label, DataFrameRow(self, place)

    def itertuples(self, *args: Any, **options: Any) -> Iterator[DataFrameRow]:
        return (row for _, row in self.iterrows())

    def pop(self, name: Any) -> Series:
        series: Series = self[name]
        del self._columns[name]
        return series

    def drop(self, labels: Any = None, axis: Any = 0, *args: Any, **options: Any) -> Any:
        """Without some columns, or without some rows."""
        by_column = options.get("columns") if labels is None else None
        if by_column is None and axis in (1, "columns"):
            by_column = labels
        if by_column is None:
            gone = set(np.ravel(options.get("index", labels)).tolist())
            return self.taken([label not in gone for label in self.index.tolist()])
        names = by_column if isinstance(by_column, list | np.ndarray) else [by_column]
        for name in names:
            self.column(name)  # a made-up table has had it
        kept = {name: col for name, col in self._columns.items() if name not in set(names)}
        if options.get("inplace"):
            self._columns = kept
            return None
        return self.of(kept)

    def sample(self, n: Any = None, frac: Any = None, *args: Any, **options: Any) -> DataFrame:
        count = n if n is not None else round(self._rows * (1 if frac is None else frac))
        order = np.random.default_rng(options.get("random_state") or 0).permutation(self._rows)
        return self.taken(np.resize(order, count))

    def head(self, count: int = 5) -> DataFrame:
        return self.taken(slice(count))

    def tail(self, count: int = 5) -> DataFrame:
        return self.taken(slice(max(self._rows - count, 0), None))

    def copy(self, *args: Any, **options: Any) -> DataFrame:
        return self.of({name: column.copy() for name, column in self._columns.items()})

    def _same(self, *args: Any, **options: Any) -> Any:
        return None if options.get("inplace") else self

    dropna = fillna = sort_index = drop_duplicates = interpolate = _same

    def sort_values(self, by: Any = None, *args: Any, **options: Any) -> Any:
        name = by[0] if isinstance(by, list) else by
        order = np.argsort(self.column(name).astype(object), kind="stable")
        made = self.taken(order if options.get("ascending", True) else order[::-1])
        if not options.get("inplace"):
            return made
        self._columns, self._index = made._columns, made._index
        return None

    def reset_index(self, *args: Any, **options: Any) -> Any:
        made = self if options.get("inplace") else self.copy()
        made._index = None
        return None if options.get("inplace") else made

    def set_index(self, name: Any, *args: Any, **options: Any) -> DataFrame:
        made = self.copy()
        made._index = np.asarray(made.pop(name) if isinstance(name, str) else name)
        return made

    def rename(self, mapper: Any = None, *args: Any, **options: Any) -> DataFrame:
        names: Any = options.get("columns", mapper) or {}
        change: Any = names.get if isinstance(names, dict) else lambda name, _: names(name)
        return self.of({change(name, name): col for name, col in self._columns.items()})

    def filter(self, items: Any = None, *args: Any, **options: Any) -> DataFrame:
        made: DataFrame = self[list(items)] if items is not None else self
        return made

    def select_dtypes(self, include: Any = None, exclude: Any = None) -> DataFrame:
        text = str(include if include is not None else exclude)
        wants_text = ("object" in text or "category" in text) == (include is not None)
        return self.of(
            {n: c for n, c in self._columns.items() if (c.dtype == object) == wants_text}
        )

    def astype(self, dtype: Any, *args: Any, **options: Any) -> DataFrame:
        table = dtype if isinstance(dtype, dict) else dict.fromkeys(self._columns, dtype)
        return self.of({n: c.astype(table[n]) if n in table and table[n] != "category" else c
                        for n, c in self._columns.items()})  # fmt: skip

    def apply(self, change: Any, axis: Any = 0, *args: Any, **options: Any) -> Any:
        if axis in (1, "columns"):
            return Series([change(row) for _, row in self.iterrows()])
        made = {name: change(self[name]) for name in list(self._columns)}
        whole = made and np.ndim(next(iter(made.values()))) == 1
        return self.of(made) if whole else Series(list(made.values()), list(made))

    applymap = apply

    def to_numpy(self, *args: Any, **options: Any) -> Array:
        return self.values

    def to_dict(self, orient: str = "dict", *args: Any, **options: Any) -> Any:
        if orient == "records":
            return [dict(zip(self._columns, row, strict=True)) for row in self.values.tolist()]
        return {name: column.tolist() for name, column in self._columns.items()}

    def to_csv(self, path: Any = None, sep: str = ",", **options: Any) -> Any:
        """Written as pandas does, for what reads it again; without a path the text."""
        with_index, header = options.get("index", True), options.get("header", True)
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=sep, lineterminator="\n")
        if header is not False:
            writer.writerow([""] * with_index + list(header if header is not True else self))
        for label, row in self.iterrows():
            writer.writerow([label] * with_index + list(row))
        if path is None:
            return file.getvalue()
        with open(path, "w", newline="") as target:
            target.write(file.getvalue())
        return None

    def groupby(self, by: Any, *args: Any, **options: Any) -> Groups:
        return Groups(self, by)

    def isnull(self) -> DataFrame:
        return self.of({name: np.zeros(self._rows, bool) for name in self._columns})

    isna = isnull

    def join(self, other: DataFrame, *args: Any, **options: Any) -> DataFrame:
        return self.of({**self._columns, **other._columns})

    def assign(self, **columns: Any) -> DataFrame:
        made = self.copy()
        for name, value in columns.items():
            made[name] = value(made) if callable(value) else value
        return made

    def _reduced(name: str) -> Any:  # type: ignore[misc]  # runs while the class is made
        def reduce(self: DataFrame, axis: Any = 0, *args: Any, **options: Any) -> Any:
            numeric = {n: c for n, c in self._columns.items() if c.dtype != object}
            if axis in (1, "columns"):
                return Series(getattr(self.of(numeric).values, name)(axis=1), self._index)
            return Series([getattr(c, name)() for c in numeric.values()], list(numeric))

        return reduce

    mean, std, var = _reduced("mean"), _reduced("std"), _reduced("var")
    min, max, sum = _reduced("min"), _reduced("max"), _reduced("sum")

    def _operator(name: str) -> Any:  # type: ignore[misc]
        def operate(self: DataFrame, other: Any = None) -> DataFrame:
            table = self.of({n: c for n, c in self._columns.items() if c.dtype != object})
            if isinstance(other, DataFrame):
                other = other[list(table._columns)].values
            args = () if other is None else (np.asarray(other),)
            values = getattr(table.values, name)(*args)
            return self.of(dict(zip(table._columns, values.T, strict=True)))

        return operate

    __add__, __radd__ = _operator("__add__"), _operator("__radd__")
    __sub__, __rsub__ = _operator("__sub__"), _operator("__rsub__")
    __mul__, __rmul__ = _operator("__mul__"), _operator("__rmul__")
    __truediv__, __rtruediv__ = _operator("__truediv__"), _operator("__rtruediv__")
    __pow__, __neg__, __abs__ = _operator("__pow__"), _operator("__neg__"), _operator("__abs__")
    __gt__, __lt__, __ge__ = _operator("__gt__"), _operator("__lt__"), _operator("__ge__")


def _named(self: DataFrame, columns: Any, by_label: bool) -> DataFrame:
    """The columns that the second part of `frame.loc[rows, columns]` asks for."""
    if isinstance(columns, slice) and columns == slice(None):
        return self
    names = list(self._columns)
    if by_label and isinstance(columns, slice):
        start = names.index(columns.start) if columns.start in names else None
        stop = names.index(columns.stop) + 1 if columns.stop in names else None
        names = names[start:stop]
    elif by_label:
        names = list(columns) if np.ndim(columns) else [columns]
    else:
        picked = np.asarray(names, object)[columns]
        names = list(np.atleast_1d(picked))
    return self.of({name: self.column(name) for name in names})


DataFrame._named = _named  # type: ignore[attr-defined]


class _Known:
    """Names that are methods of pandas' tables and not columns."""

    plot = hist = info = describe = corr = boxplot = merge = pivot = None
    pivot_table = resample = rolling = style = query = melt = to_excel = to_json = insert = None
    stack = unstack = transpose = value_counts = nunique = agg = aggregate = append = None
    quantile = median = replace = diff = shift = cumsum = to_pickle = to_string = memory_usage = (
        None
    )


def _columns_of(data: Any, names: Any) -> dict[Any, Array]:
    if data is None:
        return {name: np.empty(0, object) for name in (names if names is not None else ())}
    if isinstance(data, DataFrame):
        return dict(data._columns)
    if isinstance(data, dict):
        rows = max((len(value) for value in data.values() if np.ndim(value)), default=1)
        return {name: column_array(value if np.ndim(value) else [value] * rows)
                for name, value in data.items()}  # fmt: skip
    if isinstance(data, list) and data and isinstance(data[0], dict):
        return {name: column_array([row.get(name) for row in data]) for name in data[0]}
    if isinstance(data, list) and data and isinstance(data[0], list | tuple):
        table = [column_array(column) for column in zip(*data, strict=False)]
    else:
        array = np.asarray(data)
        table = list(array.T) if array.ndim == 2 else [array]
    return dict(zip(names if names is not None else range(len(table)), table, strict=False))
