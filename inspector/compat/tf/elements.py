"""Elements of a dataset: nested structures of tensors, one by one, stacked, padded, shuffled."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np

from inspector.compat.tf.shapes import static_shape
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor
from inspector.engine.tensor import Tensor

tree = keras.tree
ops = keras.ops


def called_with(function: Callable[..., Any], element: Any) -> Any:
    """Call with a tuple element spread over the arguments, as TensorFlow does."""
    return function(*element) if type(element) is tuple else function(element)


def as_tensors(structure: Any) -> Any:
    """A structure with every leaf a tensor; lists of plain values become one tensor."""
    if hasattr(structure, "element_spec") or hasattr(structure, "to_tensor"):
        return structure
    if isinstance(structure, dict):
        return {key: as_tensors(value) for key, value in structure.items()}
    if isinstance(structure, tuple):
        values = [as_tensors(value) for value in structure]
        return type(structure)(*values) if hasattr(structure, "_fields") else tuple(values)
    if type(structure).__name__ in ("DataFrame", "Series") and hasattr(structure, "to_numpy"):
        return tensor(structure.to_numpy())
    return None if structure is None else tensor(structure)


def row_of(x: Any, index: int) -> Any:
    if isinstance(x, StringTensor) or not isinstance(x, Tensor):
        return x[index]
    # Straight from the array: a row of data is not an op of the model.
    return Tensor(np.asarray(x.data[index]) if isinstance(x.data, np.ndarray) else x.data[index])


def typed(element: Any, signature: Any) -> Any:
    if signature is None:
        return as_tensors(element)
    if isinstance(signature, dict):
        return {key: typed(element[key], part) for key, part in signature.items()}
    if isinstance(signature, tuple | list):
        return tuple(typed(e, part) for e, part in zip(element, signature, strict=True))
    return tensor(element, getattr(signature, "dtype", signature))


def packed_like(structure: Any, row: Iterable[Any]) -> Any:
    if isinstance(structure, dict):
        return dict(zip(structure, row, strict=True))
    values = iter(row)
    return tuple(
        packed_like(part, itertools.islice(values, len(tree.flatten(part))))
        if isinstance(part, tuple | list | dict)
        else next(values)
        for part in structure
    )


def stacked(elements: list[Any]) -> Any:
    return tree.map_structure(lambda *rows: _stack_rows(rows), *elements)


def _stack_rows(rows: Any) -> Any:
    if isinstance(rows[0], StringTensor):
        return strings(np.stack([row.texts() for row in rows]))
    if not isinstance(rows[0], Tensor):
        from inspector.compat.tf.ragged import RaggedTensor

        return RaggedTensor([row.to_list() for row in rows])
    return ops.convert_to_tensor(np.stack([host(row) for row in rows]), rows[0].dtype)


def padded(elements: list[Any], shapes: Any, values: Any) -> Any:
    flat = [tree.flatten(element) for element in elements]
    count = len(flat[0])
    wanted = _per_leaf(shapes, count, is_shape=True)
    fills = _per_leaf(values, count, is_shape=False)
    made = [_pad_rows([row[i] for row in flat], wanted[i], fills[i]) for i in range(count)]
    return tree.pack_sequence_as(elements[0], made)


def _per_leaf(given: Any, count: int, *, is_shape: bool) -> list[Any]:
    """One setting per leaf: shapes are tuples or lists of sizes, values are scalars."""
    if given is None:
        return [None] * count
    items = list(given.values()) if isinstance(given, dict) else given
    whole = not isinstance(items, list | tuple) or (
        is_shape and all(d is None or isinstance(d, int) for d in items)
    )
    return [items] * count if whole else [x for x in items]


def _pad_rows(rows: list[Any], shape: Any, value: Any) -> Any:
    arrays = [r.texts() if isinstance(r, StringTensor) else host(r) for r in rows]
    longest = [max(sizes) for sizes in zip(*(a.shape for a in arrays), strict=True)]
    given = static_shape(shape) if shape is not None else (-1,) * len(longest)
    sizes = [low if size < 0 else size for low, size in zip(longest, given, strict=True)]
    text = isinstance(rows[0], StringTensor)
    fill = ("" if text else 0) if value is None else np.asarray(value).item()
    joined = np.full((len(arrays), *sizes), fill, object if text else arrays[0].dtype)
    for index, array in enumerate(arrays):
        place: Any = (index, *(slice(0, n) for n in array.shape))
        joined[place] = array
    return strings(joined) if text else tensor(joined)


def shuffled(elements: Iterator[Any], size: int, seed: tuple[int, int]) -> Iterator[Any]:
    numbers = np.random.default_rng(seed)
    buffer = list(itertools.islice(elements, size))
    for element in elements:
        at = int(numbers.integers(len(buffer)))
        out, buffer[at] = buffer[at], element
        yield out
    for at in numbers.permutation(len(buffer)):
        yield buffer[int(at)]


def interleaved(waiting: Iterator[Any], cycle: int, block: int) -> Iterator[Any]:
    open_ones = list(itertools.islice(waiting, cycle))
    while open_ones:
        for at, stream in enumerate(list(open_ones)):
            yield from itertools.islice(stream, block - 1)
            try:
                yield next(stream)
            except StopIteration:
                open_ones[at] = next(waiting, None)
        open_ones = [stream for stream in open_ones if stream is not None]
