"""`tf.data.Dataset`: a lazy chain of Python iterators over tensors.

A dataset is a function that makes a fresh iterator of elements (nested structures of tensors),
with what is known of its length. Each transformation wraps it in another one. Iteration is
eager and in order; `shuffle` draws from its buffer with a seeded generator, so that a run can be
repeated.

`limit_iteration(n)` is for the session that opens a file: user loops over a dataset then end
after n elements, and whoever asked is told once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from inspector.compat.limits import bounded
from inspector.compat.limits import limit_iteration as limit_iteration
from inspector.compat.registry import export
from inspector.compat.tf.elements import (
    as_tensors,
    called_with,
    interleaved,
    padded,
    shuffled,
    stacked,
)
from inspector.compat.tf.runtime import OutOfRangeError
from inspector.compat.tf.sources import INFINITE, UNKNOWN, Sources
from inspector.compat.tf.specs import TensorSpec
from inspector.compat.tf.tensors import host, tensor

tree = keras.tree
ops = keras.ops

AUTOTUNE = -1


class Dataset(Sources):
    """A sequence of elements, each a tensor or a structure of tensors."""

    # -- transformations

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        **ignored: Any,
    ) -> Dataset:
        def make() -> Iterator[Any]:
            for element in self._make():
                yield as_tensors(called_with(map_func, element))

        return Dataset(make, self._length)

    def batch(
        self,
        batch_size: Any,
        drop_remainder: bool = False,
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        name: str | None = None,
    ) -> Dataset:
        return self._grouped(int(batch_size), drop_remainder, stacked)

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        def join(elements: list[Any]) -> Any:
            return padded(elements, padded_shapes, padding_values)

        return self._grouped(int(batch_size), drop_remainder, join)

    ragged_batch = batch

    def unbatch(self, name: str | None = None) -> Dataset:
        def make() -> Iterator[Any]:
            for element in self._make():
                yield from Dataset.from_tensor_slices(element)._make()

        return Dataset(make)

    def shuffle(
        self,
        buffer_size: Any,
        seed: Any = None,
        reshuffle_each_iteration: bool = True,
        name: str | None = None,
    ) -> Dataset:
        size = max(1, int(buffer_size))
        rounds = itertools.count()

        def make() -> Iterator[Any]:
            turn = next(rounds) if reshuffle_each_iteration else 0
            return shuffled(self._make(), size, (0 if seed is None else int(seed), turn))

        return Dataset(make, self._length)

    def repeat(self, count: Any = None, name: str | None = None) -> Dataset:
        times = None if count is None or int(count) < 0 else int(count)

        def make() -> Iterator[Any]:
            for _ in itertools.count() if times is None else range(times):
                empty = True
                for element in self._make():
                    empty = False
                    yield element
                if empty:
                    return

        known = self._length if self._length < 0 else self._length * (times or 0)
        return Dataset(make, INFINITE if times is None else known)

    def take(self, count: Any, name: str | None = None) -> Dataset:
        number = int(count)
        if number < 0:
            return self
        length = number if self._length == INFINITE else min(self._length, number)
        return Dataset(lambda: itertools.islice(self._make(), number), length)

    def skip(self, count: Any, name: str | None = None) -> Dataset:
        number = int(count)
        length = self._length if self._length < 0 else max(0, self._length - number)
        return Dataset(lambda: itertools.islice(self._make(), number, None), length)

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        return Dataset(lambda: (e for e in self._make() if _holds(predicate, e)))

    def take_while(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        return Dataset(lambda: itertools.takewhile(lambda e: _holds(predicate, e), self._make()))

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        lengths = (self._length, dataset._length)
        total = min(lengths) if min(lengths) < 0 else sum(lengths)
        return Dataset(lambda: itertools.chain(self._make(), dataset._make()), total)

    def enumerate(self, start: Any = 0, name: str | None = None) -> Dataset:
        return Dataset(
            lambda: (
                (tensor(i, "int64"), element) for i, element in enumerate(self._make(), int(start))
            ),
            self._length,
        )

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> Dataset:
        def make() -> Iterator[Any]:
            for element in self._make():
                yield from called_with(map_func, element)._make()

        return Dataset(make)

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = None,
        block_length: Any = 1,
        **ignored: Any,
    ) -> Dataset:
        cycle = int(cycle_length) if cycle_length and int(cycle_length) > 0 else 4

        def make() -> Iterator[Any]:
            waiting = (called_with(map_func, element)._make() for element in self._make())
            return interleaved(waiting, cycle, int(block_length or 1))

        return Dataset(make)

    def window(
        self,
        size: Any,
        shift: Any = None,
        stride: Any = 1,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        width, step, gap = int(size), int(shift or size), int(stride)

        def make() -> Iterator[Any]:
            elements = list(self._make())
            for start in range(0, len(elements), step):
                rows = elements[start : start + width * gap : gap]
                if len(rows) == width or (rows and not drop_remainder):
                    yield _windows(rows)

        return Dataset(make)

    def reduce(
        self, initial_state: Any, reduce_func: Callable[..., Any], name: str | None = None
    ) -> Any:
        state = as_tensors(initial_state)
        for element in self._make():
            state = as_tensors(reduce_func(state, element))
        return state

    def scan(self, initial_state: Any, scan_func: Callable[..., Any], **ignored: Any) -> Dataset:
        def make() -> Iterator[Any]:
            state = as_tensors(initial_state)
            for element in self._make():
                state, made = scan_func(state, element)
                yield as_tensors(made)

        return Dataset(make, self._length)

    def shard(self, num_shards: Any, index: Any, name: str | None = None) -> Dataset:
        return Dataset(lambda: itertools.islice(self._make(), int(index), None, int(num_shards)))

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        kept: list[Any] = []
        done = [False]

        def make() -> Iterator[Any]:
            if done[0]:
                yield from kept
                return
            kept.clear()
            for element in self._make():
                kept.append(element)
                yield element
            done[0] = True

        return Dataset(make, self._length)

    def rejection_resample(self, *args: Any, **kwargs: Any) -> Dataset:
        return self.map(lambda x, y: (y, (x, y)))

    def bucket_by_sequence_length(
        self,
        element_length_func: Callable[..., Any],
        bucket_boundaries: Any,
        bucket_batch_sizes: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        **ignored: Any,
    ) -> Dataset:
        def make() -> Iterator[Any]:
            buckets: dict[int, list[Any]] = {}
            for element in self._make():
                length = int(called_with(element_length_func, element))
                at = int(np.searchsorted(bucket_boundaries, length, "right"))
                buckets.setdefault(at, []).append(element)
                if len(buckets[at]) == int(bucket_batch_sizes[at]):
                    yield padded(buckets.pop(at), padded_shapes, padding_values)
            for rest in buckets.values():
                yield padded(rest, padded_shapes, padding_values)

        return Dataset(make)

    def apply(self, transformation_func: Callable[[Dataset], Any]) -> Any:
        return transformation_func(self)

    def _same(self, *args: Any, **kwargs: Any) -> Dataset:
        return self

    prefetch = with_options = assert_cardinality = save = snapshot = ignore_errors = _same
    sparse_batch = batch

    # -- reading

    def __iter__(self) -> Iterator[Any]:
        return Elements(bounded(self._make(), self._length))

    def as_numpy_iterator(self) -> Iterator[Any]:
        return Elements(tree.map_structure(_numpy, element) for element in self)

    def get_single_element(self, name: str | None = None) -> Any:
        return next(self._make())

    def __len__(self) -> int:
        if self._length < 0:
            kind = "infinite" if self._length == INFINITE else "unknown"
            raise TypeError(f"The dataset is {kind}.")
        return self._length

    def __bool__(self) -> bool:
        return True

    def cardinality(self, name: str | None = None) -> Any:
        return tensor(self._length, "int64")

    @property
    def element_spec(self) -> Any:
        """Specs of an element: read from the first one."""
        if self._element is None:
            self._element = next(self._make(), None)
        if self._element is None:
            raise ValueError("An empty tf.data.Dataset has no element to tell the spec of.")
        return tree.map_structure(_spec, self._element)

    def __repr__(self) -> str:
        return f"<Dataset of {'?' if self._length < 0 else self._length} elements>"

    def _grouped(
        self, size: int, drop_remainder: bool, join: Callable[[list[Any]], Any]
    ) -> Dataset:
        def make() -> Iterator[Any]:
            elements = self._make()
            while group := list(itertools.islice(elements, size)):
                if len(group) == size or not drop_remainder:
                    yield join(group)

        length = self._length
        if length >= 0:
            length = length // size if drop_remainder else -(-length // size)
        return Dataset(make, length)


class Elements:
    """What `iter(dataset)` gives: an iterator with TensorFlow's `get_next`."""

    def __init__(self, elements: Iterator[Any]) -> None:
        self._elements = elements

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._elements)

    def next(self) -> Any:
        """The next element, as the iterators of `as_numpy_iterator` spell it."""
        return next(self)

    def get_next(self) -> Any:
        """The next element.

        Raises:
            OutOfRangeError: there is none left.
        """
        try:
            return next(self._elements)
        except StopIteration:
            raise OutOfRangeError("End of sequence") from None


def _windows(rows: list[Any]) -> Any:
    """One dataset per component, as `window` nests them."""
    columns = list(zip(*(tree.flatten(row) for row in rows), strict=True))
    made = [Dataset(functools.partial(iter, column), len(column)) for column in columns]
    if len(made) == 1 and not isinstance(rows[0], tuple | dict):
        return made[0]
    return dict(zip(rows[0], made, strict=True)) if isinstance(rows[0], dict) else tuple(made)


def _holds(predicate: Callable[..., Any], element: Any) -> bool:
    return bool(host(tensor(called_with(predicate, element))))


def _numpy(leaf: Any) -> Any:
    found = leaf.numpy()
    return found[()] if isinstance(found, np.ndarray) and found.ndim == 0 else found


def _spec(leaf: Any) -> Any:
    return TensorSpec(getattr(leaf, "shape", None), getattr(leaf, "dtype", "float32"))


class Options:
    """Options of a pipeline; all of them are about speed and change nothing here."""

    def __init__(self) -> None:
        self.experimental_distribute = self.threading = self.autotune = self
        self.experimental_optimization = self


export("data.Dataset compat.v1.data.Dataset", Dataset)
export("data.AUTOTUNE data.experimental.AUTOTUNE", AUTOTUNE)
export("data.INFINITE_CARDINALITY data.experimental.INFINITE_CARDINALITY", INFINITE)
export("data.UNKNOWN_CARDINALITY data.experimental.UNKNOWN_CARDINALITY", UNKNOWN)
export("data.Options", Options)
export("data.Iterator", Elements)
export("data.experimental.cardinality", lambda dataset: dataset.cardinality())
export("data.experimental.assert_cardinality", lambda count: lambda dataset: dataset)
export("data.experimental.prefetch_to_device", lambda *a, **k: lambda dataset: dataset)
export("data.experimental.make_csv_dataset", Dataset.from_csv)
export("data.experimental.sample_from_datasets", Dataset.sample_from_datasets)
