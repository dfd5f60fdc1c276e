"""`tf.SparseTensor` and `tf.sparse`: coordinate lists, made dense where an op needs it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import DType, dtype_of
from inspector.compat.tf.shapes import TensorShape, static_shape
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor

ops = keras.ops


class SparseTensor:
    """Values at given positions of an otherwise empty tensor."""

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        self.indices = tensor(indices, "int64")
        self.values = tensor(values)
        self.dense_shape = tensor(np.asarray(static_shape(dense_shape)), "int64")

    @classmethod
    def from_rows(cls, rows: list[list[Any]]) -> SparseTensor:
        """A matrix whose rows start with these values."""
        places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
        values = [value for row in rows for value in row]
        width = max((len(row) for row in rows), default=0)
        indices = np.array(places, "int64").reshape(-1, 2)
        return cls(indices, np.asarray(values), (len(rows), width))

    @property
    def shape(self) -> TensorShape:
        return TensorShape(host(self.dense_shape))

    @property
    def dtype(self) -> DType:
        return dtype_of(self.values)

    def get_shape(self) -> TensorShape:
        return self.shape

    def with_values(self, values: Any) -> SparseTensor:
        return SparseTensor(self.indices, values, self.dense_shape)

    def __inspector_tensor__(self, dtype: Any) -> Any:
        return to_dense(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(to_dense(self), dtype=dtype)


export("SparseTensor sparse.SparseTensor", SparseTensor)


@public("sparse.to_dense")
def to_dense(
    sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: Any = None
) -> Any:
    sizes = static_shape(sp_input.dense_shape)
    if isinstance(sp_input.values, StringTensor):
        filled = np.full(sizes, default_value or "", object)
        filled[tuple(host(sp_input.indices).T)] = sp_input.values.texts()
        return strings(filled)
    if default_value is None:
        return ops.scatter(sp_input.indices, sp_input.values, sizes)
    base = ops.full(sizes, default_value, dtype=dtype_of(sp_input.values))
    return ops.scatter_update(base, sp_input.indices, sp_input.values)


@public("sparse.from_dense")
def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    values = host(_tensor(tensor))
    places = np.argwhere(values != 0)
    return SparseTensor(places, values[tuple(places.T)], values.shape)


_tensor = tensor


@public("sparse.reorder")
def reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    places = host(sp_input.indices)
    order = np.lexsort(places.T[::-1])
    values = host(sp_input.values)[order]
    return SparseTensor(places[order], values, sp_input.dense_shape)


@public("sparse.sparse_dense_matmul")
def sparse_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Any:
    from inspector.compat.tf.linalg import matmul

    return matmul(to_dense(sp_a), _tensor(b), adjoint_a, adjoint_b)


@public("sparse.reduce_sum")
def reduce_sum(sp_input: Any, axis: Any = None, keepdims: Any = None, **ignored: Any) -> Any:
    return ops.sum(to_dense(sp_input), axis=axis, keepdims=bool(keepdims))


@public("sparse.concat")
def concat(axis: int, sp_inputs: Any, **ignored: Any) -> SparseTensor:
    return from_dense(ops.concatenate([to_dense(part) for part in sp_inputs], axis=axis))


@public("sparse.reshape")
def reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    return from_dense(ops.reshape(to_dense(sp_input), static_shape(shape)))


@public("sparse.expand_dims")
def expand_dims(sp_input: Any, axis: int | None = None, name: str | None = None) -> SparseTensor:
    return from_dense(ops.expand_dims(to_dense(sp_input), -1 if axis is None else axis))


@public("sparse.transpose")
def transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    return from_dense(ops.transpose(to_dense(sp_input), perm))
