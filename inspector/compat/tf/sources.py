"""Where a dataset's elements come from: arrays, generators, numbers, files, other datasets."""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from inspector.compat.missing import not_available
from inspector.compat.tf.columns import column_of, read_columns
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.elements import as_tensors, packed_like, row_of, typed
from inspector.compat.tf.tensors import host, strings, tensor
from inspector.engine.tensor import Tensor

tree = keras.tree
INFINITE = -1
UNKNOWN = -2
Make = Callable[[], Iterator[Any]]


class Sources:
    """What a dataset is made with; `make` gives a fresh iterator of elements each time."""

    def __init__(self, make: Make, length: int = UNKNOWN, sample: Any = None) -> None:
        self._make = make
        self._length = length
        self._element: Any = sample

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> Any:
        structure = as_tensors(tensors)
        flat = tree.flatten(structure)
        count = len(flat[0]) if flat else 0

        def make() -> Iterator[Any]:
            for index in range(count):
                yield tree.pack_sequence_as(structure, [row_of(x, index) for x in flat])

        return cls(make, count)

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> Any:
        structure = as_tensors(tensors)
        return cls(lambda: iter([structure]), 1)

    @classmethod
    def from_generator(
        cls,
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> Any:
        signature = output_signature if output_signature is not None else output_types

        def make() -> Iterator[Any]:
            for element in generator(*[host(tensor(a)) for a in args or ()]):
                yield typed(element, signature)

        return cls(make)

    @classmethod
    def range(cls, *args: Any, output_type: Any = "int64", **ignored: Any) -> Any:
        numbers = range(*(int(a) for a in args))
        dtype = dtype_name(output_type)
        return cls(lambda: (tensor(i, dtype) for i in numbers), len(numbers))

    @classmethod
    def zip(cls, *args: Any, datasets: Any = None, name: str | None = None) -> Any:
        structure = datasets if datasets is not None else args[0] if len(args) == 1 else args
        parts = [cls._of(part) for part in tree.flatten(structure)]

        def make() -> Iterator[Any]:
            for row in zip(*(part._make() for part in parts), strict=False):
                yield packed_like(structure, row)

        known = [part._length for part in parts if part._length != INFINITE]
        return cls(make, UNKNOWN if UNKNOWN in known else min(known, default=INFINITE))

    @classmethod
    def list_files(
        cls, file_pattern: Any, shuffle: Any = None, seed: Any = None, name: str | None = None
    ) -> Any:
        patterns = file_pattern if isinstance(file_pattern, list | tuple) else [file_pattern]
        found = sorted(itertools.chain.from_iterable(glob.glob(_text(p)) for p in patterns))
        return cls.from_tensor_slices(strings(np.array(found, object)))

    @classmethod
    def random(cls, seed: Any = None, **ignored: Any) -> Any:
        def make() -> Iterator[Any]:
            numbers = np.random.default_rng(seed)
            while True:
                yield tensor(int(numbers.integers(2**32)), "int64")

        return cls(make, INFINITE)

    @classmethod
    def sample_from_datasets(
        cls, datasets: Any, weights: Any = None, seed: Any = None, **ignored: Any
    ) -> Any:
        def make() -> Iterator[Any]:
            numbers = np.random.default_rng(seed)
            living = [d._make() for d in datasets]
            while living:
                share = None if weights is None or len(living) < len(datasets) else weights
                at = int(numbers.choice(len(living), p=share))
                try:
                    yield next(living[at])
                except StopIteration:
                    del living[at]

        return cls(make)

    @classmethod
    def from_csv(
        cls,
        file_pattern: Any,
        batch_size: int,
        column_names: Any = None,
        column_defaults: Any = None,
        label_name: str | None = None,
        select_columns: Any = None,
        field_delim: str = ",",
        use_quote_delim: bool = True,
        na_value: str = "",
        header: bool = True,
        num_epochs: int | None = None,
        shuffle: bool = True,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Batches of columns by name, of the kinds of the defaults or of what stands there."""
        table = read_columns(_text(file_pattern), column_names, field_delim, header, na_value)
        names = list(column_names or table)
        if select_columns is not None:
            names = [names[i] if isinstance(i, int) else i for i in select_columns]
        defaults = dict(zip(names, column_defaults or [None] * len(names), strict=False))
        columns = {name: column_of(table[name], defaults.get(name)) for name in names}
        label = None if label_name is None else columns.pop(label_name)
        made = cls.from_tensor_slices(columns if label is None else (columns, label))
        made = made.shuffle(1000) if shuffle else made
        made = made.batch(batch_size)
        return made.repeat() if num_epochs is None else made.repeat(num_epochs)

    @classmethod
    def load(cls, path: str, **ignored: Any) -> Any:
        raise not_available(
            f"tf.data.Dataset.load({path!r})", fix="Build the dataset from arrays instead."
        )

    @classmethod
    def _of(cls, part: Any) -> Any:
        return part if isinstance(part, Sources) else cls(lambda: iter(part))


def _text(value: Any) -> str:
    return os.fspath(value) if not isinstance(value, Tensor) else str(strings(value).texts().item())
