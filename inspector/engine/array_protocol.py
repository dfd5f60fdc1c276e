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
# What an array on the left of an operator calls: the tensor's own operator answers, so that
# `array + t` is `t + array`.
_OPERATORS = {
    "add": ("__add__", "__radd__"),
    "subtract": ("__sub__", "__rsub__"),
    "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"),
    "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "remainder": ("__mod__", "__rmod__"),
    "power": ("__pow__", "__rpow__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "bitwise_and": ("__and__", "__rand__"),
    "bitwise_or": ("__or__", "__ror__"),
    "bitwise_xor": ("__xor__", "__rxor__"),
    "left_shift": ("__lshift__", "__rlshift__"),
    "right_shift": ("__rshift__", "__rrshift__"),
    "equal": ("__eq__", "__eq__"),
    "not_equal": ("__ne__", "__ne__"),
    "less": ("__lt__", "__gt__"),
    "less_equal": ("__le__", "__ge__"),
    "greater": ("__gt__", "__lt__"),
    "greater_equal": ("__ge__", "__le__"),
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
    if method != "__call__" or options:
        return getattr(ufunc, method)(*values(inputs), **values(options))
    if ufunc.__name__ in _OPERATORS:
        forward, reflected = _OPERATORS[ufunc.__name__]
        first, second = inputs
        if isinstance(first, Tensor):
            return getattr(first, forward)(second)
        return getattr(second, reflected)(first)
    function = _found(ufunc.__name__)
    if function is not None:
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
