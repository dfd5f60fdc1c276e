"""`tf.RaggedTensor`: rows of different lengths, kept as nested Python lists of values."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import DType, dtype_name, dtype_of
from inspector.compat.tf.shapes import TensorShape
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor


class RaggedTensor:
    """Rows of different lengths."""

    def __init__(self, rows: list[Any], dtype: Any = None) -> None:
        self._rows = rows
        self._dtype = dtype_name(dtype) or _dtype_of_rows(rows)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, **ignored: Any) -> RaggedTensor:
        ends = np.cumsum(np.asarray(row_lengths, "int64"))
        return cls.from_row_splits(values, np.concatenate([[0], ends]))

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, **ignored: Any) -> RaggedTensor:
        flat = _plain(values)
        splits = [int(split) for split in np.asarray(row_splits)]
        rows = [flat[start:stop] for start, stop in itertools.pairwise(splits)]
        return cls(rows, getattr(values, "dtype", None))

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, **ignored: Any
    ) -> RaggedTensor:
        owners = np.asarray(value_rowids, "int64")
        count = int(owners.max()) + 1 if nrows is None else int(nrows)
        return cls.from_row_lengths(values, np.bincount(owners, minlength=count))

    @classmethod
    def from_tensor(
        cls, tensor: Any, lengths: Any = None, padding: Any = None, **ignored: Any
    ) -> RaggedTensor:
        rows = _plain(tensor)
        if lengths is not None:
            rows = [row[: int(n)] for row, n in zip(rows, np.asarray(lengths), strict=True)]
        elif padding is not None:
            rows = [_without_end(row, padding) for row in rows]
        return cls(rows, getattr(tensor, "dtype", None))

    @property
    def dtype(self) -> DType:
        return DType(self._dtype)

    @property
    def shape(self) -> TensorShape:
        depth, rows = 0, self._rows
        while any(isinstance(row, list) for row in rows):
            rows = [item for row in rows for item in row]
            depth += 1
        return TensorShape([len(self._rows), *[None] * depth])

    @property
    def values(self) -> Any:
        inner = [item for row in self._rows for item in row]
        nested = any(isinstance(item, list) for item in inner)
        return RaggedTensor(inner, self._dtype) if nested else _flat_tensor(inner, self._dtype)

    @property
    def flat_values(self) -> Any:
        values = self.values
        return values.flat_values if isinstance(values, RaggedTensor) else values

    @property
    def row_splits(self) -> Any:
        return tensor(np.concatenate([[0], np.cumsum([len(r) for r in self._rows])]), "int64")

    @property
    def ragged_rank(self) -> int:
        return max(1, len(self.shape) - 1)

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        return tensor([len(row) for row in self._rows], "int64")

    def value_rowids(self, name: str | None = None) -> Any:
        return tensor([i for i, row in enumerate(self._rows) for _ in row], "int64")

    def nrows(self, out_type: Any = None, name: str | None = None) -> Any:
        return tensor(len(self._rows), "int64")

    def bounding_shape(self, axis: Any = None, **ignored: Any) -> Any:
        sizes = np.asarray(_bounds(self._rows), "int64")
        return tensor(sizes if axis is None else sizes[axis])

    def to_list(self) -> list[Any]:
        return self._rows

    def numpy(self) -> Any:
        rows = [host(_flat_tensor(row, self._dtype)) for row in self._rows]
        made = np.empty(len(rows), object)
        made[:] = rows
        return made

    def to_tensor(
        self, default_value: Any = None, name: str | None = None, shape: Any = None
    ) -> Any:
        """Dense, filled up with `default_value`; `shape` may widen or cut it."""
        sizes = _bounds(self._rows)
        if shape is not None:
            given = [-1 if size is None else int(size) for size in shape]
            sizes = [old if new < 0 else new for old, new in zip(sizes, given, strict=True)]
        text = self._dtype == "string"
        fill = ("" if text else 0) if default_value is None else host(tensor(default_value)).item()
        dense = np.full(sizes, fill, object if text else self._dtype)
        _pour(self._rows, dense)
        return strings(dense) if text else tensor(dense)

    __inspector_tensor__ = to_tensor

    def to_sparse(self, name: str | None = None) -> Any:
        from inspector.compat.tf.sparse import SparseTensor

        return SparseTensor.from_rows(self._rows)

    def with_values(self, values: Any) -> RaggedTensor:
        return RaggedTensor.from_row_lengths(values, [len(row) for row in self._rows])

    with_flat_values = with_values

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        return self.values

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Any:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            first, *rest = key
            if isinstance(first, slice):
                return RaggedTensor([row[rest[0]] for row in self._rows[first]], self._dtype)
            return self[first][tuple(rest)]
        found = self._rows[key if isinstance(key, slice) else int(key)]
        if isinstance(key, slice):
            return RaggedTensor(found, self._dtype)
        nested = any(isinstance(item, list) for item in found)
        return RaggedTensor(found, self._dtype) if nested else _flat_tensor(found, self._dtype)

    def __repr__(self) -> str:
        return f"<tf.RaggedTensor {self._rows}>"


export("RaggedTensor", RaggedTensor)


def _plain(values: Any) -> Any:
    found = tensor(values)
    return found.texts().tolist() if isinstance(found, StringTensor) else host(found).tolist()


def _flat_tensor(items: list[Any], dtype: str) -> Any:
    if dtype == "string":
        return strings(np.array(items, object))
    return tensor(np.array(items, dtype))


def _dtype_of_rows(rows: Any) -> str:
    for row in rows:
        if isinstance(row, list):
            if row:
                return _dtype_of_rows(row)
        else:
            return str(dtype_of(tensor(row)))
    return "float32"


def _without_end(row: list[Any], padding: Any) -> list[Any]:
    end = len(row)
    while end and row[end - 1] == padding:
        end -= 1
    return row[:end]


def _bounds(rows: list[Any]) -> list[int]:
    sizes = [len(rows)]
    inner = [_bounds(row) for row in rows if isinstance(row, list)]
    if inner:
        depth = max(len(bound) for bound in inner)
        sizes += [max((b[i] for b in inner if i < len(b)), default=0) for i in range(depth)]
    return sizes


def _pour(rows: list[Any], dense: Any) -> None:
    for index, row in enumerate(rows[: len(dense)]):
        if isinstance(row, list):
            _pour(row, dense[index])
        else:
            dense[index] = row


@public("ragged.constant")
def ragged_constant(pylist: Any, dtype: Any = None, **ignored: Any) -> RaggedTensor:
    return RaggedTensor(_listed(pylist), dtype)


def _listed(value: Any) -> Any:
    return (
        [_listed(item) for item in value] if isinstance(value, list | tuple | np.ndarray) else value
    )


@public("ragged.stack")
def ragged_stack(values: Any, axis: int = 0, name: str | None = None) -> RaggedTensor:
    return RaggedTensor([_plain(value) for value in values], getattr(values[0], "dtype", None))


@public("ragged.boolean_mask")
def ragged_boolean_mask(data: Any, mask: Any, name: str | None = None) -> RaggedTensor:
    pairs = zip(_plain(data), np.asarray(tensor(mask)).tolist(), strict=True)
    return RaggedTensor([[v for v, keep in zip(*pair, strict=True) if keep] for pair in pairs])


@public("ragged.range")
def ragged_range(starts: Any, limits: Any = None, deltas: Any = 1, **ignored: Any) -> RaggedTensor:
    low, high = (0, starts) if limits is None else (starts, limits)
    rows = np.broadcast_arrays(np.asarray(low), np.asarray(high), np.asarray(deltas))
    return RaggedTensor([list(range(*map(int, row))) for row in zip(*rows, strict=True)], "int32")
