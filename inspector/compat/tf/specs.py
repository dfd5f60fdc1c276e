"""`tf.TensorSpec` and its kind, and `tf.TensorArray`."""

from __future__ import annotations

from typing import Any

import keras

from inspector.compat.registry import export
from inspector.compat.tf.control import stacked
from inspector.compat.tf.dtypes import as_dtype, dtype_name, dtype_of
from inspector.compat.tf.shapes import TensorShape
from inspector.compat.tf.tensors import tensor

ops = keras.ops


class TensorSpec:
    """`tf.TensorSpec`: a shape, a dtype and a name."""

    def __init__(self, shape: Any = None, dtype: Any = "float32", name: str | None = None) -> None:
        self.shape = TensorShape(shape)
        self.dtype = as_dtype(dtype)
        self.name = name

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        return cls(tensor.shape, tensor.dtype, name)

    from_spec = from_tensor

    def is_compatible_with(self, other: Any) -> bool:
        return self.shape.is_compatible_with(other.shape) and self.dtype == dtype_of(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (
            other.shape,
            other.dtype,
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"
        )


class RaggedTensorSpec(TensorSpec):
    """`tf.RaggedTensorSpec`."""

    def __init__(
        self, shape: Any = None, dtype: Any = "float32", ragged_rank: Any = None, **ignored: Any
    ) -> None:
        super().__init__(shape, dtype)
        self.ragged_rank = ragged_rank


export("TensorSpec TypeSpec", TensorSpec)
export("RaggedTensorSpec", RaggedTensorSpec)
export("SparseTensorSpec", type("SparseTensorSpec", (TensorSpec,), {}))


class TensorArray:
    """`tf.TensorArray`: a list of tensors that is written to and stacked."""

    def __init__(
        self, dtype: Any, size: Any = None, dynamic_size: Any = None, **ignored: Any
    ) -> None:
        self.dtype = dtype_name(dtype)
        self._items: list[Any] = [None] * (0 if size is None else int(size))

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        at = int(index)
        self._items += [None] * (at + 1 - len(self._items))
        self._items[at] = tensor(value, self.dtype)
        return self

    def read(self, index: Any, name: str | None = None) -> Any:
        return self._items[int(index)]

    def stack(self, name: str | None = None) -> Any:
        known = next(item for item in self._items if item is not None)
        return stacked([ops.zeros_like(known) if i is None else i for i in self._items])

    def gather(self, indices: Any, name: str | None = None) -> Any:
        return stacked([self._items[int(i)] for i in indices])

    def concat(self, name: str | None = None) -> Any:
        return ops.concatenate(self._items)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        self._items = list(ops.unstack(tensor(value)))
        return self

    def size(self, name: str | None = None) -> Any:
        return tensor(len(self._items))

    def identity(self) -> TensorArray:
        return self

    def mark_used(self) -> None:
        """Nothing is ever dropped unused."""


export("TensorArray", TensorArray)
