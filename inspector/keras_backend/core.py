"""Tensors in and out: conversion, dtypes, and the flags that Keras reads.

Every backend function takes what Keras hands it (arrays, Python numbers, lists, variables) and
converts it with `convert_to_tensor`, which follows Keras' rules: Python floats are `floatx`, and
64-bit arrays become 32-bit ones unless a dtype is asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from inspector.engine import array_module, tape
from inspector.engine.operators import cast_to
from inspector.engine.primitives import joining
from inspector.engine.promotion import dtype_of
from inspector.engine.tensor import STRING, Tensor
from inspector.keras_backend import hook

hook.require()

# Only once the hook stands: these imports load Keras' backend.
from keras.src import tree  # noqa: E402
from keras.src.backend.common import KerasVariable, standardize_dtype  # noqa: E402
from keras.src.backend.common.dtypes import result_type  # noqa: E402
from keras.src.backend.common.keras_tensor import KerasTensor  # noqa: E402
from keras.src.backend.common.name_scope import name_scope  # noqa: E402

SUPPORTS_SPARSE_TENSORS = False
SUPPORTS_RAGGED_TENSORS = False
SUPPORTS_COMPLEX_DTYPES = True
# The tape is one per process.
IS_THREAD_SAFE = False

# True while only shapes are asked for (symbolic.py): then nothing should draw random numbers.
meta_only = False

_dtypes: dict[Any, Any] = {}


def to_dtype(dtype: Any) -> Any:
    """The dtype meant by a Keras name, a NumPy dtype or a Python type; None means floatx."""
    if dtype is None:
        return dtype_of(standardize_dtype(None))
    try:
        return _dtypes[dtype]
    except KeyError:
        found = _dtypes[dtype] = dtype_of(standardize_dtype(dtype))
        return found
    except TypeError:  # not hashable
        return dtype_of(standardize_dtype(dtype))


def convert_to_tensor(
    x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None
) -> Tensor:
    """Anything array-like as a Tensor, of `dtype` or of the dtype that Keras gives it.

    Arrays are copied while a tape runs, since users refill them; Tensors never are.

    Raises:
        ValueError: a sparse or ragged tensor was asked for.
    """
    if type(x) is Tensor:
        return x if dtype is None else cast_to(x, to_dtype(dtype))
    if sparse or ragged:
        kind = "sparse" if sparse else "ragged"
        raise ValueError(f"`{kind}=True` is not supported with numpy backend")
    if isinstance(x, KerasVariable):
        return x.value if dtype is None else cast_to(x.value, to_dtype(dtype))
    wanted = None if dtype is None else to_dtype(dtype)
    if isinstance(x, bool | int | float | complex):
        return Tensor(array_module.xp.asarray(x, wanted or to_dtype(result_type(type(x)))))
    if isinstance(x, array_module.xp.ndarray | np.ndarray | np.generic):
        return _of_array(x, wanted)
    return _of_other(x, wanted)


def _of_array(array: Any, wanted: Any) -> Tensor:
    if array.dtype.kind in "TUSO":
        return _of_strings(array, wanted)
    if wanted is None:
        wanted = array.dtype if array.dtype.kind == "V" else to_dtype(result_type(array.dtype))
    xp = array_module.xp
    if array.dtype.kind == "f" and wanted.kind in "iu":
        return cast_to(Tensor(xp.asarray(array)), wanted)  # which saturates
    if tape.current is not None and isinstance(array, np.ndarray):
        return Tensor(xp.array(array, wanted))
    return Tensor(xp.asarray(array, wanted))


def _of_strings(array: Any, wanted: Any) -> Tensor:
    if array.dtype.kind == "O" and not all(isinstance(item, str | bytes) for item in array.flat):
        kind = wanted or to_dtype(result_type(*{type(item) for item in array.flat}))
        return Tensor(array_module.xp.asarray(np.array(array.tolist(), kind)))
    if array.dtype.kind in "SO":
        texts = [item.decode() if isinstance(item, bytes) else item for item in array.flat]
        array = np.array(texts, dtype=np.dtypes.StringDType()).reshape(array.shape)
    return Tensor(np.asarray(array, dtype=np.dtypes.StringDType()))


def _of_other(x: Any, wanted: Any) -> Tensor:
    """Lists, tuples and foreign array-likes (a data frame, an HDF5 data set)."""
    if isinstance(x, KerasTensor):
        raise ValueError(
            f"A symbolic KerasTensor cannot be turned into values: {x}. It stands for a tensor of "
            "that shape while a Functional model is put together."
        )
    if not isinstance(x, list | tuple):
        return _of_array(np.asarray(x), wanted)
    leaves = tree.flatten(x)
    if any(isinstance(leaf, Tensor | KerasVariable) for leaf in leaves):
        items = [convert_to_tensor(item) for item in x]
        wanted = wanted or to_dtype(result_type(*{item.dtype for item in items}))
        stacked: Tensor = joining.stack(*[cast_to(item, wanted) for item in items], axis=0)
        return stacked
    if leaves and isinstance(leaves[0], str | bytes):
        return _of_array(np.asarray(x), STRING)
    if wanted is None:
        wanted = to_dtype(result_type(*{getattr(leaf, "dtype", type(leaf)) for leaf in leaves}))
    return _of_array(np.asarray(x), wanted)


def convert_to_numpy(x: Any) -> Any:
    """The values as a NumPy array that may be written to."""
    if isinstance(x, KerasVariable):
        x = x.value
    if isinstance(x, list | tuple):
        return np.array([convert_to_numpy(item) for item in x])
    if isinstance(x, Tensor):
        return np.array(x)
    return (
        np.array(array_module.to_numpy(x))
        if isinstance(x, array_module.xp.ndarray)
        else (np.array(x))
    )


def is_tensor(x: Any) -> bool:
    """Whether it is one of ours; NumPy arrays are not, Keras converts them."""
    return isinstance(x, Tensor)


def shape(x: Any) -> tuple[Any, ...]:
    return tuple(x.shape)


def cast(x: Any, dtype: Any) -> Tensor:
    return convert_to_tensor(x, dtype=dtype)


def random_seed_dtype() -> str:
    return "uint32"


@contextlib.contextmanager
def device_scope(device_name: str) -> Iterator[None]:
    """Accepted and ignored: one array module serves the whole process."""
    yield


__all__ = [
    "IS_THREAD_SAFE",
    "SUPPORTS_COMPLEX_DTYPES",
    "SUPPORTS_RAGGED_TENSORS",
    "SUPPORTS_SPARSE_TENSORS",
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "device_scope",
    "is_tensor",
    "name_scope",
    "random_seed_dtype",
    "shape",
    "to_dtype",
]
