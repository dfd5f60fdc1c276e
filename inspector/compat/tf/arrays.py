"""Making arrays and changing their shape: constants, reshape, concat, pad, split."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.shapes import (
    SymbolicShape,
    TensorShape,
    is_symbolic,
    static_axis,
    static_int,
    static_shape,
    symbolic_shape,
    with_symbolic_shape,
)
from inspector.compat.tf.tensors import StringTensor, host, operands, strings, tensor
from inspector.engine.tensor import Tensor

ops = keras.ops
export("newaxis", None)


@public("shape")
def shape(input: Any, out_type: Any = "int32", name: str | None = None) -> Any:
    """The shape as a tensor; of a KerasTensor, its entries one by one."""
    if isinstance(input, keras.KerasTensor):
        return symbolic_shape(input)
    if hasattr(input, "bounding_shape"):
        return input.bounding_shape()
    return tensor(np.asarray(tensor(input).shape, dtype_name(out_type)))


@public("shape_n")
def shape_n(input: Any, out_type: Any = "int32", name: str | None = None) -> Any:
    return [shape(x, out_type) for x in input]


@public("rank")
def rank(input: Any, name: str | None = None) -> Any:
    return tensor(len(tensor(input).shape), "int32")


@public("size")
def size(input: Any, out_type: Any = "int32", name: str | None = None) -> Any:
    return tensor(int(np.prod(tensor(input).shape)), out_type)


@public("get_static_value")
def get_static_value(tensor: Any, partial: bool = False) -> Any:
    return host(tensor) if not is_symbolic(tensor) else None


@public("reshape")
def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    x = _tensor(tensor)
    if isinstance(x, StringTensor):
        return strings(x.texts().reshape(static_shape(shape)))
    return with_symbolic_shape(
        lambda sizes, given: ops.reshape(given, sizes),
        shape,
        x,
        dtype=dtype_name(x.dtype),
        name="reshape",
    )


_tensor = tensor


@public("expand_dims")
def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Any:
    x = tensor(input)
    axis = static_int(axis if axis is not None else dim)
    if isinstance(x, StringTensor):
        return strings(np.expand_dims(x.texts(), axis))
    return ops.expand_dims(x, axis)


@public("squeeze")
def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Any:
    axes = static_axis(axis if axis is not None else squeeze_dims)
    axes = None if axes == () else axes
    x = tensor(input)
    if isinstance(x, StringTensor):
        return strings(np.squeeze(x.texts(), axes))
    return ops.squeeze(x, axes)


@public("concat")
def concat(values: Any, axis: Any = 0, name: str | None = None) -> Any:
    items = list(values) if isinstance(values, list | tuple) else [values]
    if any(isinstance(item, SymbolicShape | TensorShape) for item in items):
        return SymbolicShape([dim for item in items for dim in _dims(item)])
    found = [tensor(item) for item in items]
    if any(isinstance(item, StringTensor) for item in found):
        return strings(np.concatenate([strings(item).texts() for item in found], int(axis)))
    return ops.concatenate(found, axis=static_int(axis))


def _dims(shape: Any) -> list[Any]:
    return list(shape) if isinstance(shape, list | tuple) else list(static_shape(shape))


@public("stack")
def stack(values: Any, axis: Any = 0, name: str = "stack") -> Any:
    found = [tensor(item) for item in values]
    if found and isinstance(found[0], StringTensor):
        return strings(np.stack([item.texts() for item in found], int(axis)))
    return ops.stack(found, axis=static_int(axis))


@public("unstack")
def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Any]:
    return list(ops.unstack(tensor(value), num, axis))


@public("split")
def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: str = "split"
) -> list[Any]:
    """Pieces along an axis, by their number or by their sizes (one may be -1)."""
    x, axis = tensor(value), static_int(axis)
    parts = static_axis(num_or_size_splits)
    if isinstance(parts, int):
        return list(ops.split(x, parts, axis))
    if parts and -1 in parts:
        free = x.shape[axis] - sum(size for size in parts if size != -1)
        parts = tuple(free if size == -1 else size for size in parts)
    bounds = [int(bound) for bound in np.cumsum(parts)[:-1]]
    return list(ops.split(x, bounds, axis))


@public("tile")
def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    x = tensor(input)
    if is_symbolic(multiples):
        return _Tile()(x, list(multiples))
    if isinstance(x, StringTensor):
        return strings(np.tile(x.texts(), static_shape(multiples)))
    return ops.tile(x, static_shape(multiples))


class _Tile(keras.Operation):
    """`tf.tile` whose repeats are known only when the graph runs."""

    def call(self, x: Any, repeats: Any) -> Any:
        return ops.tile(x, static_shape(repeats))

    def compute_output_spec(self, x: Any, repeats: Any) -> Any:
        sizes = [
            None if size is None or isinstance(count, keras.KerasTensor) else size * int(count)
            for size, count in zip(x.shape, repeats, strict=True)
        ]
        return keras.KerasTensor(sizes, x.dtype)


@public("repeat")
def repeat(input: Any, repeats: Any, axis: Any = None, name: str | None = None) -> Any:
    x = tensor(input)
    counts = static_axis(repeats)
    if is_symbolic(repeats) or isinstance(counts, tuple):
        counts = list(counts)
    return ops.repeat(x, counts, axis=axis)


@public("transpose", "linalg.transpose")
def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str = "transpose") -> Any:
    x = tensor(a)
    moved = ops.transpose(x, None if perm is None else static_shape(perm))
    return ops.conj(moved) if conjugate else moved


@public("linalg.matrix_transpose", "linalg.adjoint")
def matrix_transpose(a: Any, name: str | None = None, conjugate: bool = False) -> Any:
    return ops.swapaxes(tensor(a), -1, -2)


@public("reverse")
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    return ops.flip(_tensor(tensor), static_axis(axis))


@public("reverse_sequence")
def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int = 1,
    batch_axis: int = 0,
    name: str | None = None,
) -> Any:
    x = tensor(input)
    lengths = ops.expand_dims(tensor(seq_lengths, "int32"), 1)
    steps = ops.expand_dims(ops.arange(x.shape[seq_axis], dtype="int32"), 0)
    index = ops.where(ops.less(steps, lengths), ops.subtract(lengths, steps + 1), steps)
    for _ in x.shape[2:]:
        index = ops.expand_dims(index, -1)
    return ops.take_along_axis(x, ops.broadcast_to(index, x.shape), axis=1)


@public("roll")
def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Any:
    shifts, axes = static_axis(shift), static_axis(axis)
    x = tensor(input)
    if isinstance(axes, int):
        return ops.roll(x, shifts, axes)
    for amount, one in zip(shifts, axes, strict=True):
        x = ops.roll(x, amount, one)
    return x


@public("pad")
def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    constant_values: Any = 0,
    name: str | None = None,
) -> Any:
    widths = [tuple(static_shape(pair)) for pair in _pairs(paddings)]
    if mode.upper() == "CONSTANT":
        return ops.pad(_tensor(tensor), widths, "constant", constant_values=constant_values)
    return ops.pad(_tensor(tensor), widths, mode.lower())


def _pairs(paddings: Any) -> Any:
    return host(paddings) if isinstance(paddings, Tensor) else paddings


@public("identity")
def identity(input: Any, name: str | None = None) -> Any:
    found = tensor(input)
    return found if isinstance(found, StringTensor) else ops.copy(found)


@public("identity_n")
def identity_n(input: Any, name: str | None = None) -> list[Any]:
    return [identity(x) for x in input]


@public("broadcast_to")
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:
    x = tensor(input)
    return with_symbolic_shape(
        lambda sizes, given: ops.broadcast_to(given, sizes),
        shape,
        x,
        dtype=dtype_name(x.dtype),
        name="broadcast_to",
    )


@public("broadcast_static_shape", "broadcast_dynamic_shape")
def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    return TensorShape(np.broadcast_shapes(static_shape(shape_x), static_shape(shape_y)))


@public("meshgrid")
def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> list[Any]:
    return list(ops.meshgrid(*(tensor(x) for x in args), indexing=indexing))


@public("ensure_shape")
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    found = tensor(x)
    if not TensorShape(found.shape).is_compatible_with(shape):
        raise ValueError(f"The tensor's shape {found.shape} is not compatible with {shape}.")
    return found


@public("bitcast")
def bitcast(input: Any, type: Any, name: str | None = None) -> Any:
    return ops.view(tensor(input), dtype=dtype_name(type))


@public("sequence_mask")
def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: str | None = None
) -> Any:
    lengths = tensor(lengths)
    longest = int(host(ops.max(lengths))) if maxlen is None else int(maxlen)
    steps = ops.arange(longest, dtype=dtype_name(lengths.dtype))
    return ops.cast(ops.less(steps, ops.expand_dims(lengths, -1)), dtype_name(dtype))


@public("where", "where_v2")
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """Elementwise choice; with one argument the positions that are true, (count, rank) int64."""
    condition = tensor(condition)
    if x is None and y is None:
        return tensor(np.argwhere(host(condition)).astype("int64"))
    x, y = operands(x, y)
    if isinstance(x, StringTensor):
        return strings(np.where(host(condition), x.texts(), strings(y).texts()))
    return ops.where(ops.cast(condition, "bool"), x, y)
