"""`tf.lookup`: hash tables on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.compat.registry import export
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.files import path_of
from inspector.compat.tf.ragged import RaggedTensor
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor


def _keys(value: Any) -> Any:
    found = tensor(value)
    return found.texts() if isinstance(found, StringTensor) else host(found)


class KeyValueTensorInitializer:
    """The pairs that a table starts with."""

    def __init__(
        self,
        keys: Any,
        values: Any,
        key_dtype: Any = None,
        value_dtype: Any = None,
        name: Any = None,
    ) -> None:
        self.keys, self.values = _keys(keys).tolist(), _keys(values).tolist()
        self.value_dtype = dtype_name(value_dtype) or dtype_name(tensor(values).dtype)


class TextFileIndex:
    """Which part of a line is the key or the value."""

    WHOLE_LINE, LINE_NUMBER = -2, -1


class TextFileInitializer(KeyValueTensorInitializer):
    """Pairs from the lines of a text file."""

    def __init__(
        self,
        filename: Any,
        key_dtype: Any = "string",
        key_index: int = TextFileIndex.WHOLE_LINE,
        value_dtype: Any = "int64",
        value_index: int = TextFileIndex.LINE_NUMBER,
        **ignored: Any,
    ) -> None:
        with open(path_of(filename), encoding="utf-8") as file:
            lines = [line.rstrip("\r\n") for line in file]
        numbers = list(range(len(lines)))
        by_line = key_index == TextFileIndex.WHOLE_LINE
        keys, values = (lines, numbers) if by_line else (numbers, lines)
        super().__init__(keys, values, key_dtype, value_dtype)


class StaticHashTable:
    """A table that does not change; missing keys give the default."""

    def __init__(self, initializer: Any, default_value: Any, **ignored: Any) -> None:
        self._table = dict(zip(initializer.keys, initializer.values, strict=True))
        self._default = _plain(default_value)
        self._dtype = initializer.value_dtype

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        if isinstance(keys, RaggedTensor):
            rows = keys.to_list()
            return RaggedTensor([[self._get(k) for k in row] for row in rows], self._dtype)
        found = np.frompyfunc(self._get, 1, 1)(_keys(keys))
        if self._dtype == "string":
            return strings(np.asarray(found, object))
        return tensor(np.asarray(found, self._dtype))

    __getitem__ = lookup

    def size(self, name: str | None = None) -> Any:
        return tensor(len(self._table), "int64")

    def export(self, name: str | None = None) -> Any:
        return tensor(list(self._table)), tensor(list(self._table.values()))

    def _get(self, key: Any) -> Any:
        return self._table.get(key, self._default)


class DenseHashTable(StaticHashTable):
    """A table that grows."""

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Any, *args: Any, **ignored: Any
    ) -> None:
        super().__init__(KeyValueTensorInitializer([], [], key_dtype, value_dtype), default_value)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        pairs = zip(np.atleast_1d(_keys(keys)), np.atleast_1d(_keys(values)), strict=True)
        self._table.update((_item(key), _item(value)) for key, value in pairs)


class StaticVocabularyTable(StaticHashTable):
    """A vocabulary whose unknown keys share `num_oov_buckets` further ids."""

    def __init__(self, initializer: Any, num_oov_buckets: int, **ignored: Any) -> None:
        super().__init__(initializer, -1)
        self._buckets = num_oov_buckets

    def _get(self, key: Any) -> Any:
        import farmhash

        if key in self._table:
            return self._table[key]
        return len(self._table) + farmhash.fingerprint64(str(key)) % self._buckets


def _item(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _plain(value: Any) -> Any:
    found = _keys(value)
    return found.item() if hasattr(found, "item") else found


export("lookup.KeyValueTensorInitializer", KeyValueTensorInitializer)
export("lookup.TextFileInitializer", TextFileInitializer)
export("lookup.TextFileIndex", TextFileIndex)
export("lookup.StaticHashTable", StaticHashTable)
export("lookup.experimental.DenseHashTable lookup.experimental.MutableHashTable", DenseHashTable)
export("lookup.StaticVocabularyTable", StaticVocabularyTable)
