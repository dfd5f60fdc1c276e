"""`tf.Variable`: a Keras variable with TensorFlow's constructor and methods.

Being a Keras variable it is tracked by layers as a weight, and optimizers and the trainer take it.
"""

from __future__ import annotations

import re
from typing import Any

import keras

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import DType, dtype_name, dtype_of
from inspector.compat.tf.shapes import TensorShape
from inspector.compat.tf.tensors import strings, tensor
from inspector.engine.tensor import Tensor

ops = keras.ops


class Variable(keras.Variable):
    """A variable made from its initial value."""

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: Any = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        experimental_enable_variable_lifting: bool = True,
    ) -> None:
        value = initial_value() if callable(initial_value) else initial_value
        value = tensor(value, dtype)
        if trainable is None:
            trainable = True
        # A callable, because Keras refuses a value where variables are made symbolically.
        super().__init__(
            lambda shape, dtype: ops.cast(value, dtype),
            shape=tuple(value.shape),
            dtype=dtype_name(value.dtype),
            trainable=trainable and not isinstance(value, _Text),
            autocast=False,
            name=None if name is None else re.sub(r"[/:]", "_", name),
        )
        self.constraint = constraint

    @property
    def initial_value(self) -> Any:
        return self.value

    def read_value(self) -> Any:
        return ops.copy(self.value)

    def get_shape(self) -> TensorShape:
        return TensorShape(self.shape)

    def assign(
        self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        super().assign(tensor(value))
        return self

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        super().assign(ops.add(self.value, tensor(delta, self.dtype)))
        return self

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        super().assign(ops.subtract(self.value, tensor(delta, self.dtype)))
        return self

    def scatter_nd_update(self, indices: Any, updates: Any, name: Any = None) -> Any:
        return self.assign(ops.scatter_update(self.value, tensor(indices), tensor(updates)))

    def scatter_nd_add(self, indices: Any, updates: Any, name: Any = None) -> Any:
        added = ops.scatter(tensor(indices), tensor(updates), self.shape)
        return self.assign(ops.add(self.value, added))

    def ref(self) -> Any:
        return _Ref(self)

    def __iter__(self) -> Any:
        return iter(self.value)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __index__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)


_Text = type(strings(""))


class _Ref:
    """A hashable stand-in for a tensor or variable, equal when it is the same one."""

    def __init__(self, referent: Any) -> None:
        self._referent = referent

    def deref(self) -> Any:
        return self._referent

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ref) and other._referent is self._referent

    def __hash__(self) -> int:
        return id(self._referent)


def ref(value: Any) -> _Ref:
    """`tensor.ref()`."""
    return _Ref(value)


export("Variable compat.v1.Variable", Variable)


class VariableSynchronization:
    """Accepted and without effect on one device."""

    AUTO, NONE, ON_WRITE, ON_READ = range(4)


class VariableAggregation:
    """Accepted and without effect on one device."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA = range(4)


export("VariableSynchronization", VariableSynchronization)
export("VariableAggregation", VariableAggregation)


class IndexedSlices:
    """Rows of a gradient; here gradients are always dense, so user code only asks for the type."""

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values, self.indices, self.dense_shape = values, indices, dense_shape

    @property
    def dtype(self) -> DType:
        return dtype_of(self.values)

    def __inspector_tensor__(self, dtype: Any) -> Tensor:
        sizes = tuple(int(size) for size in self.dense_shape)
        return ops.scatter(ops.expand_dims(self.indices, -1), self.values, sizes)


export("IndexedSlices", IndexedSlices)


@public("compat.v1.get_variable")
def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = "float32",
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    **ignored: Any,
) -> Variable:
    if isinstance(initializer, type):
        initializer = initializer()
    if initializer is None:
        initializer = keras.initializers.GlorotUniform()
    value = initializer(tuple(shape), dtype) if callable(initializer) else initializer
    return Variable(value, trainable=trainable, name=name, dtype=dtype)


@public("compat.v1.global_variables_initializer", "compat.v1.local_variables_initializer")
def global_variables_initializer() -> None:
    return None


@public("compat.v1.assign")
def assign(ref: Any, value: Any, **ignored: Any) -> Any:
    ref.assign(tensor(value))
    return ref


@public("compat.v1.assign_add")
def assign_add(ref: Any, value: Any, **ignored: Any) -> Any:
    return assign(ref, ops.add(ref.value, tensor(value)))


@public("compat.v1.assign_sub")
def assign_sub(ref: Any, value: Any, **ignored: Any) -> Any:
    return assign(ref, ops.subtract(ref.value, tensor(value)))
