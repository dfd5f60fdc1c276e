"""x[key] for every key that NumPy takes, and for Tensors within it."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.primitives import indexing, joining
from inspector.engine.primitives.indexing import ARRAY
from inspector.engine.promotion import is_inexact
from inspector.engine.tensor import Tensor
from inspector.errors import NoValue

_PLAIN = (int, type(None), type(Ellipsis))


def item(x: Tensor, key: Any) -> Tensor:
    """The part of x that the key names."""
    entries = key if type(key) is tuple else (key,)
    arrays: list[Tensor] = []
    plain = tuple(_entry(part, arrays) for part in entries)
    if any(a.dtype.kind == "b" and (a.is_meta or x.is_meta) for a in arrays):
        raise NoValue(
            "A symbolic tensor was indexed with a boolean mask: the number of results depends on "
            "the values.",
            fix="Use `ops.where`, which keeps the shape.",
        )
    found: Tensor = indexing.get_item(x, *arrays, key=plain)
    return found


def _entry(part: Any, arrays: list[Tensor]) -> Any:
    """A plain entry as it is; an index array goes to `arrays` and leaves `ARRAY`."""
    if isinstance(part, slice):
        return slice(_bound(part.start), _bound(part.stop), _bound(part.step))
    if isinstance(part, np.integer):
        return int(part)
    if isinstance(part, _PLAIN) and not isinstance(part, bool):
        return part
    if isinstance(part, Tensor) and is_inexact(part.dtype):
        raise IndexError(f"a tensor of dtype {part.dtype} cannot be an index; cast it to int32")
    arrays.append(part if isinstance(part, Tensor) else _index_tensor(part))
    return ARRAY


def _index_tensor(part: Any) -> Tensor:
    if isinstance(part, list | tuple) and any(isinstance(p, Tensor) for p in part):
        rows = [p if isinstance(p, Tensor) else _index_tensor(p) for p in part]
        stacked: Tensor = joining.stack(*rows, axis=0)
        return stacked
    inner = getattr(part, "value", None)
    if isinstance(inner, Tensor):  # a Keras variable
        return inner
    array = np.asarray(part)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(np.int32)  # an empty list
    if array.dtype.kind not in "biu":
        raise IndexError(f"{part!r} cannot be an index: it must be whole numbers or booleans")
    return Tensor(array_module.xp.asarray(array))


def _bound(bound: Any) -> Any:
    return bound if bound is None or type(bound) is int else operator.index(bound)
