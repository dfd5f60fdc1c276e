"""Shapes as TensorFlow spells them: `tf.TensorShape`, `tf.shape`, and dims that are tensors.

A shape argument may be ints, a shape tensor, or a mixture such as `(tf.shape(x)[0], 8)`.
`static_shape` makes plain ints of all that has a value. In a Functional graph the batch size has
none: `tf.shape` of a KerasTensor is a `SymbolicShape`, whose unknown entries are scalar
KerasTensors made by the operation `ShapeOf`; functions that take a shape go through
`with_symbolic_shape`, so that the graph computes it when it runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export
from inspector.engine.tensor import Tensor

KerasTensor = keras.KerasTensor


class TensorShape(tuple[Any, ...]):
    """A shape with TensorFlow's methods; a plain tuple to Keras. Unknown rank: `rank` is None."""

    known: bool

    def __new__(cls, dims: Any = None) -> TensorShape:
        if isinstance(dims, int | np.integer):
            dims = (dims,)
        made = super().__new__(cls, () if dims is None else map(_plain_dim, dims))
        made.known = dims is not None and getattr(dims, "known", True)
        return made

    @property
    def rank(self) -> int | None:
        return len(self) if self.known else None

    ndims = rank

    @property
    def dims(self) -> list[Any] | None:
        return list(self) if self.known else None

    def as_list(self) -> list[Any]:
        if not self.known:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self)

    def is_fully_defined(self) -> bool:
        return self.known and None not in self

    def num_elements(self) -> int | None:
        return math.prod(self) if self.is_fully_defined() else None

    def concatenate(self, other: Any) -> TensorShape:
        return TensorShape((*self, *TensorShape(other)))

    def with_rank(self, rank: int) -> TensorShape:
        if self.known and len(self) != rank:
            raise ValueError(f"Shape {self} must have rank {rank}")
        return self if self.known else TensorShape([None] * rank)

    def assert_has_rank(self, rank: int) -> None:
        self.with_rank(rank)

    def is_compatible_with(self, other: Any) -> bool:
        other = TensorShape(other)
        if not (self.known and other.known):
            return True
        pairs = zip(self, other, strict=False)
        return len(self) == len(other) and all(a is None or b is None or a == b for a, b in pairs)

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def merge_with(self, other: Any) -> TensorShape:
        other = TensorShape(other)
        self.assert_is_compatible_with(other)
        if not self.known:
            return other
        if not other.known:
            return self
        return TensorShape([b if a is None else a for a, b in zip(self, other, strict=True)])

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return TensorShape(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, list | tuple):
            return tuple(self) == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"TensorShape({list(self) if self.known else None})"


export("TensorShape", TensorShape)
export("compat.v1.Dimension", int)


def _plain_dim(dim: Any) -> Any:
    return None if dim is None or isinstance(dim, KerasTensor) else int(dim)


class ShapeOf(keras.Operation):
    """One entry of a tensor's shape, known when the graph runs."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def call(self, x: Any) -> Any:
        return keras.ops.convert_to_tensor(keras.ops.shape(x)[self.axis], "int32")

    def compute_output_spec(self, x: Any) -> Any:
        return KerasTensor((), "int32")


class SymbolicShape(tuple[Any, ...]):
    """The shape of a KerasTensor: ints, and scalar KerasTensors where unknown."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return SymbolicShape(found) if isinstance(key, slice) else found


def symbolic_shape(x: Any) -> SymbolicShape:
    """The shape of a KerasTensor, its unknown entries as graph nodes."""
    return SymbolicShape(
        size if size is not None else ShapeOf(axis)(x) for axis, size in enumerate(x.shape)
    )


def is_symbolic(value: Any) -> bool:
    """Whether a KerasTensor is in a (nested) value."""
    if isinstance(value, tuple):
        # A SymbolicShape is a leaf to Keras' tree functions.
        return any(map(is_symbolic, value))
    return any(isinstance(leaf, KerasTensor) for leaf in keras.tree.flatten(value))


def static_shape(shape: Any) -> tuple[int, ...]:
    """The shape as ints, read from tensors where need be."""
    if isinstance(shape, Tensor | np.ndarray | keras.Variable):
        shape = np.asarray(shape).reshape(-1)
    elif isinstance(shape, int | np.integer):
        shape = (shape,)
    return tuple(-1 if dim is None else int(dim) for dim in shape)


def static_int(value: Any) -> Any:
    """An int from a scalar tensor; anything else unchanged."""
    return int(value) if isinstance(value, Tensor | np.generic | np.ndarray) else value


def static_axis(axis: Any) -> Any:
    """An axis argument (None, a number, a list or a tensor of them) as plain ints."""
    if axis is None or isinstance(axis, int):
        return axis
    found = np.asarray(axis)
    return int(found) if found.ndim == 0 else tuple(int(a) for a in found)


class ShapedCall(keras.Operation):
    """A function whose shape argument holds symbolic sizes, as a node of a Functional graph."""

    def __init__(self, function: Callable[..., Any], dtype: Any, name: str) -> None:
        super().__init__(name=f"tf_{name}_{keras.backend.get_uid(name)}")
        self.function = function
        self.dtype_name = dtype

    def call(self, shape: Any, *inputs: Any) -> Any:
        return self.function(static_shape(shape), *inputs)

    def compute_output_spec(self, shape: Any, *inputs: Any) -> Any:
        sizes = tuple(None if isinstance(d, KerasTensor) or d == -1 else int(d) for d in shape)
        dtype = self.dtype_name or (inputs[0].dtype if inputs else keras.config.floatx())
        return KerasTensor(_fill_in(sizes, inputs), dtype)


def _fill_in(sizes: tuple[Any, ...], inputs: Iterable[Any]) -> tuple[Any, ...]:
    """The one unknown size of a reshape follows from its input where that is fully known."""
    for x in inputs:
        if sizes.count(None) == 1 and None not in x.shape:
            known = math.prod(size for size in sizes if size is not None)
            return tuple(math.prod(x.shape) // known if s is None else s for s in sizes)
    return sizes


def with_symbolic_shape(
    function: Callable[..., Any], shape: Any, *inputs: Any, dtype: Any = None, name: str
) -> Any:
    """`function(shape, *inputs)`, as a graph node when the shape is known only when it runs."""
    if is_symbolic(shape):
        sizes = [-1 if dim is None else dim for dim in shape]
        return ShapedCall(function, dtype, name)(sizes, *inputs)
    return function(static_shape(shape), *inputs)
