"""What NumPy's functions give for tensors in code that is written for TensorFlow: arrays.

Our engine answers `np.squeeze(t)` with a tensor, which is on the tape. TensorFlow's tensors turn
into arrays there, and code written for it relies on that (`np.random.choice(2, p=np.squeeze(p))`,
`np.argmax(y)` as an index). So from a user's first `import tensorflow` on, NumPy functions on
tensors with values answer with arrays. Operators between arrays and tensors stay tensors in both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import array_protocol
from inspector.engine.tensor import Tensor

_PROTOCOL = ("__array_function__", "__array_ufunc__")
_NAMES = """
add subtract multiply divide floor_divide remainder power matmul bitwise_and bitwise_or bitwise_xor
left_shift right_shift equal not_equal less less_equal greater greater_equal
"""
_OPERATORS = frozenset(_NAMES.split())


def give_arrays() -> None:
    """Answer NumPy functions with arrays."""
    Tensor.__array_function__ = _function  # type: ignore[attr-defined]
    Tensor.__array_ufunc__ = _ufunc  # type: ignore[attr-defined]


def give_tensors() -> None:
    """Answer as the engine does."""
    for name in _PROTOCOL:
        setattr(Tensor, name, array_protocol.TABLE[name])


def _symbolic(*nested: Any) -> bool:
    """Whether a tensor without values is among the arguments."""
    return any(
        (isinstance(x, Tensor) and x.is_meta) or (isinstance(x, list | tuple) and _symbolic(*x))
        for x in nested
    )


def _function(self: Tensor, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    if _symbolic(*args):
        return array_protocol.TABLE["__array_function__"](self, function, types, args, kwargs)
    return function(*array_protocol.values(args), **array_protocol.values(kwargs))


def _ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    if _symbolic(*inputs) or (method == "__call__" and ufunc.__name__ in _OPERATORS):
        return array_protocol.TABLE["__array_ufunc__"](self, ufunc, method, *inputs, **options)
    return getattr(ufunc, method)(*array_protocol.values(inputs), **array_protocol.values(options))
