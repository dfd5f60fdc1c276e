"""The Tensor: an array that remembers which op record made it.

A Tensor wraps one array of the array module (`data`), or none: a *meta* tensor has a shape and a
dtype only, and every op on it answers with shapes (`Primitive.infer`). Operators are attached in
`operators.py`; they go through the same primitives as everything else.

Why a wrapper, not an ndarray subclass: a third of all ops in user code are operators and slices,
which must follow Keras' dtype promotion and land on the tape; CuPy cannot be subclassed well; and
masks travel as attributes (hence `__dict__`).

Strings are host-only arrays of NumPy's variable-width string dtype; their `dtype` is "string".
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.operator_types import Operators
from inspector.errors import NoValue

if TYPE_CHECKING:
    from inspector.engine.tape import OpRecord

_ids = itertools.count(1)


class StringDType:
    """The dtype of string tensors; equal to the word "string", as Keras spells it."""

    name = "string"
    kind = "T"
    itemsize = 16

    def __eq__(self, other: object) -> bool:
        return other is self or other == "string"

    def __hash__(self) -> int:
        return hash("string")

    def __repr__(self) -> str:
        return "string"


STRING = StringDType()
DType = np.dtype[Any] | StringDType


class Tensor(Operators):
    """An array (or only its shape and dtype) with the record of the op that made it.

    data:   array of the array module; None for a meta tensor.
    record: the op record that made it while a tape was running, else None.
    id:     unique in this process; traces name tensors by it.
    """

    __slots__ = ("__dict__", "__weakref__", "data", "dtype", "id", "record", "shape")
    __array_priority__ = 1000

    def __init__(self, data: Any, shape: tuple[int, ...] | None = None, dtype: Any = None) -> None:
        self.data = data
        if data is None:
            self.shape: tuple[int, ...] = shape if shape is not None else ()
            self.dtype: Any = dtype
        else:
            self.shape = data.shape
            found = data.dtype
            self.dtype = STRING if found.kind in "TUSO" else found
        self.record: OpRecord | None = None
        self.id: int = next(_ids)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        size = 1
        for axis in self.shape:
            size *= axis
        return size

    @property
    def is_meta(self) -> bool:
        """Whether it has no values, only a shape and a dtype."""
        return self.data is None

    @property
    def nbytes(self) -> int:
        return self.size * int(self.dtype.itemsize)

    def value(self) -> Any:
        """Its array.

        Raises:
            NoValue: it is a meta tensor.
        """
        if self.data is None:
            raise NoValue(
                f"The value of a symbolic tensor of shape {self.shape} and dtype "
                f"{self.dtype} was asked for.",
                fix="Use its shape and dtype only, or keep the code that needs values out of "
                "the symbolic build.",
            )
        return self.data

    def numpy(self) -> Any:
        """Its values as a NumPy array on the host."""
        return array_module.to_numpy(self.value())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        values = self.numpy()
        if self.dtype is STRING and dtype is None:
            return values.astype(object)
        return np.array(values, dtype=dtype, copy=copy)

    def item(self, *index: int) -> Any:
        return self.numpy().item(*index)

    def tolist(self) -> Any:
        return self.numpy().tolist()

    def __float__(self) -> float:
        return float(self.numpy().item())

    def __int__(self) -> int:
        return int(self.numpy().item())

    def __complex__(self) -> complex:
        return complex(self.numpy().item())

    def __index__(self) -> int:
        return int(self.numpy().__index__())

    def __bool__(self) -> bool:
        return bool(self.numpy())

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a tensor of shape ()")
        return self.shape[0]

    def __hash__(self) -> int:
        return id(self)

    def __format__(self, spec: str) -> str:
        return format(self.numpy()[()], spec) if spec else str(self)

    def __repr__(self) -> str:
        if self.data is None:
            return f"<Tensor shape={self.shape} dtype={self.dtype} (symbolic)>"
        values = self.numpy()
        if not self.shape and self.dtype is STRING:  # NumPy fails on a single one
            text = repr(np.asarray(values)[()])
        else:
            text = np.array2string(values, threshold=50, edgeitems=2, separator=", ")
        return f"<Tensor shape={self.shape} dtype={self.dtype}\n{text}>"

    def __str__(self) -> str:
        return repr(self) if self.data is None else str(self.numpy())

    def __copy__(self) -> Tensor:
        return Tensor(self.data, self.shape, self.dtype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        copied = Tensor(None if self.data is None else self.data.copy(), self.shape, self.dtype)
        memo[id(self)] = copied
        return copied

    def __reduce__(self) -> Any:
        # For user code that deep-copies or pickles models; never used between our processes.
        return (Tensor, (self.data, self.shape, None if self.data is not None else self.dtype))


def meta(shape: tuple[int, ...], dtype: Any) -> Tensor:
    """A tensor without values: shape and dtype only."""
    return Tensor(None, tuple(shape), dtype)
