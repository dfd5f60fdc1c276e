"""What NumPy's own functions do with Tensors: `np.sqrt(t)`, `array + t`, `np.concatenate([t])`.

A NumPy function that the front end has under the same name runs there: promoted as Keras does,
and on the tape. All others get the values as NumPy arrays and answer with NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from inspector.engine.tensor import Tensor

_functions: dict[str, Callable[..., Any]] = {}
_OTHER_NAMES = {
    "remainder": "mod",
    "invert": "bitwise_invert",
    "amax": "max",
    "amin": "min",
    "degrees": "rad2deg",
    "radians": "deg2rad",
}


def install(functions: Mapping[str, Callable[..., Any]]) -> None:
    """Answer NumPy functions of these names with these."""
    _functions.update(functions)


def _found(name: str) -> Callable[..., Any] | None:
    return _functions.get(_OTHER_NAMES.get(name, name))


def values(nested: Any) -> Any:
    """The same with every Tensor as a NumPy array."""
    if isinstance(nested, Tensor):
        return nested.numpy()
    if isinstance(nested, list | tuple) and type(nested) in (list, tuple):
        return type(nested)(values(item) for item in nested)
    if type(nested) is dict:
        return {key: values(item) for key, item in nested.items()}
    return nested


def _ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    function = _found(ufunc.__name__)
    if method == "__call__" and function is not None and not options:
        # NumPy's scalars are as weak as the numbers they print as: see operands.py.
        return function(*[x.item() if isinstance(x, np.generic) else x for x in inputs])
    return getattr(ufunc, method)(*values(inputs), **values(options))


def _function(self: Tensor, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    ours = _found(function.__name__) if function.__module__ == "numpy" else None
    if ours is not None:
        try:
            return ours(*args, **kwargs)
        except TypeError:
            # An argument that only NumPy has (out=, where=): NumPy answers.
            pass
    return function(*values(args), **values(kwargs))


TABLE: dict[str, Any] = {"__array_ufunc__": _ufunc, "__array_function__": _function}
