"""Batches cut to what is computed: the first rows of arrays, the first batch of a data set.

A batch of large pictures is cut further, and so is one of which a model makes much, for a step on
thirty-two of them takes a minute and shows what a step on two shows. A model whose own step knows
the batch's size keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import keras

from inspector.loading.cost import multiplications

_HEAVY_BYTES = 1 << 20
# A forward pass of so many multiplications takes a second or two.
_HEAVY_PASS = 8_000_000_000
_FEWEST = 2
_BATCH_SIZE = re.compile(r"batch_?size|^batch$|^bs$", re.IGNORECASE)


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "__getitem__") and len(value.shape) > 0


def is_cut(x: Any) -> bool:
    """Whether the data are arrays (nested or not), which `cut` shortens; not a data set."""
    if isinstance(x, list) and x and not _is_nested(x):
        return False
    leaves = keras.tree.flatten(x)
    return bool(leaves) and all(_is_array(leaf) for leaf in leaves)


def _is_nested(x: list[Any]) -> bool:
    return all(_is_array(leaf) for leaf in keras.tree.flatten(x))


def rows(x: Any) -> int | None:
    """How many rows arrays have, or a cut data set had; None for any other data set."""
    if isinstance(x, _OneBatch):
        return x.rows
    return int(keras.tree.flatten(x)[0].shape[0]) if is_cut(x) else None


def cut(size: int, x: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:
    """The first `size` rows of arrays; a data set as it is."""
    if not is_cut(x):
        return x, y, weights
    return _first(x, size), _first(y, size), _first(weights, size)


def cut_tuple(size: int, data: Any) -> Any:
    """The same for a tuple such as `validation_data`."""
    if not isinstance(data, tuple | list) or not data or not is_cut(data[0]):
        return data
    return tuple(_first(part, size) for part in data)


def _first(structure: Any, size: int) -> Any:
    if structure is None:
        return None
    if isinstance(structure, list) and not _is_nested(structure):
        return structure[:size]  # labels as a plain list of numbers
    return keras.tree.map_structure(
        lambda leaf: leaf[:size] if _is_array(leaf) else leaf, structure
    )


def fewer_rows(model: Any, x: Any, size: int) -> int:
    """How many rows of arrays are enough: `size`, or a few where rows are large."""
    if not is_cut(x) or knows_batch_size(model):
        return size
    return _light(model, keras.tree.flatten(x), size)


def lighter(model: Any, data: Any) -> Any:
    """A data set whose first batch is cut to a few rows, if its rows are large."""
    if is_cut(data) or isinstance(data, tuple | list | dict) or knows_batch_size(model):
        return data
    if isinstance(data, keras.utils.PyDataset):
        element = data[0] if (data.num_batches or 0) > 0 else None
    elif hasattr(data, "element_spec"):  # ours can be iterated again
        element = next(iter(data), None)
    else:
        return data
    fewer = None if element is None else _fewer_of(model, element)
    if fewer is None:
        return data
    count = data.num_batches if isinstance(data, keras.utils.PyDataset) else 1
    return _OneBatch(fewer, (count or 1) * _size(element))


def _size(element: Any) -> int:
    return int(keras.tree.flatten(element)[0].shape[0])


def _fewer_of(model: Any, element: Any) -> Any:
    leaves = [leaf for leaf in keras.tree.flatten(element) if leaf is not None]
    sizes = {leaf.shape[0] for leaf in leaves if _is_array(leaf)}
    if len(sizes) != 1 or not all(_is_array(leaf) for leaf in leaves):
        return None
    size = sizes.pop()
    fewer = _light(model, leaves, size)
    return _first(element, fewer) if fewer < size else None


def _light(model: Any, leaves: list[Any], size: int) -> int:
    row = sum(4 * _count(leaf.shape[1:]) for leaf in leaves)
    if size * row > _HEAVY_BYTES:
        size = min(size, max(_FEWEST, _HEAVY_BYTES // row))
    work = multiplications(model) or 0
    if size * work <= _HEAVY_PASS:
        return size
    # One row only where two would take too long: code may squeeze an axis of one away.
    return min(size, max(1 if work > _HEAVY_PASS else _FEWEST, _HEAVY_PASS // work))


def _count(shape: Any) -> int:
    count = 1
    for size in shape:
        count *= int(size)
    return count


class _OneBatch(keras.utils.PyDataset):
    """A data set of one batch; it had so many rows before."""

    def __init__(self, batch: Any, had_rows: int) -> None:
        super().__init__()
        self._batch = batch
        self.rows = had_rows

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> Any:
        return self._batch


def knows_batch_size(model: Any) -> bool:
    """Whether code of the user's model, or its inputs, say how many rows a batch has."""
    inputs = getattr(model, "inputs", None) or []
    if any(tensor.shape and tensor.shape[0] is not None for tensor in inputs):
        return True
    kinds = {type(layer) for layer in model._flatten_layers()}
    return any(_BATCH_SIZE.search(name) for kind in kinds for name in _names_used(kind))


def _names_used(kind: type) -> Iterator[str]:
    """Global names and attributes in the methods of a user's class."""
    for part in kind.__mro__:
        if not part.__module__.startswith(("keras.", "inspector.", "builtins")):
            for method in vars(part).values():
                if isinstance(method, FunctionType):
                    yield from method.__code__.co_names
