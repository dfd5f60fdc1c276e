"""Making arrays and changing their shape: constants, reshape, concat, pad, split."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import dtype_name, dtype_of
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


@public("cast", "dtypes.cast")
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    if hasattr(x, "with_values"):
        return x.with_values(cast(x.values, dtype))
    found = tensor(x)
    wanted = dtype_name(dtype)
    source = dtype_of(found)
    if source.is_floating and wanted is not None and "int" in wanted:
        found = ops.trunc(found)
    return ops.cast(found, wanted)


@public("dtypes.saturate_cast", "saturate_cast")
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    from inspector.compat.tf.dtypes import as_dtype

    wanted = as_dtype(dtype)
    clipped = ops.clip(tensor(value), float(wanted.min), float(wanted.max))
    return cast(clipped, wanted)


@public("dtypes.complex", "complex")
def complex_(real: Any, imag: Any, name: str | None = None) -> Any:
    real, imag = tensor(real), tensor(imag)
    wide = "complex128" if str(dtype_of(real)) == "float64" else "complex64"
    return ops.add(ops.cast(real, wide), ops.multiply(ops.cast(imag, wide), 1j))


@public("zeros")
def zeros(shape: Any, dtype: Any = "float32", name: str | None = None, layout: Any = None) -> Any:
    wanted = dtype_name(dtype)
    if wanted == "string":
        return strings(np.full(static_shape(shape), "", object))
    return with_symbolic_shape(
        lambda sizes: ops.zeros(sizes, wanted), shape, dtype=wanted, name="zeros"
    )


@public("ones")
def ones(shape: Any, dtype: Any = "float32", name: str | None = None, layout: Any = None) -> Any:
    wanted = dtype_name(dtype)
    return with_symbolic_shape(
        lambda sizes: ops.ones(sizes, wanted), shape, dtype=wanted, name="ones"
    )


@public("fill")
def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Any:
    value = tensor(value)
    if value.dtype == "string":
        return strings(np.full(static_shape(dims), value.texts().item(), object))
    return with_symbolic_shape(
        lambda sizes, filled=value: ops.broadcast_to(filled, sizes),
        dims,
        dtype=dtype_name(value.dtype),
        name="fill",
    )


@public("zeros_like")
def zeros_like(
    input: Any, dtype: Any = None, name: str | None = None, layout: Any = None, **old: Any
) -> Any:
    return ops.zeros_like(tensor(input), dtype=dtype_name(dtype))


@public("ones_like")
def ones_like(
    input: Any, dtype: Any = None, name: str | None = None, layout: Any = None, **old: Any
) -> Any:
    return ops.ones_like(tensor(input), dtype=dtype_name(dtype))


@public("range")
def range_(
    start: Any,
    limit: Any = None,
    delta: Any = 1,
    dtype: Any = None,
    name: str = "range",
) -> Any:
    """Numbers from start up to limit; the dtype is that of the arguments, int32 for ints."""
    if limit is None:
        start, limit = 0, start
    given = [value for value in (start, limit, delta)]
    if is_symbolic(given):
        return _Range(dtype_name(dtype) or "int32")(*given)
    arrays = [np.asarray(host(v) if isinstance(v, Tensor) else v) for v in given]
    kinds = {str(a.dtype.name) for v, a in zip(given, arrays, strict=True) if a.dtype.kind != "i"}
    wide = [str(dtype_of(v)) for v in given if isinstance(v, Tensor | np.generic)]
    natural = "float32" if kinds else "int64" if "int64" in wide else "int32"
    return tensor(np.arange(*(a.item() for a in arrays)), dtype or natural)


class _Range(keras.Operation):
    """`tf.range` whose bounds are known only when the graph runs."""

    def __init__(self, dtype: str) -> None:
        super().__init__()
        self.dtype_name = dtype

    def call(self, start: Any, limit: Any, delta: Any) -> Any:
        return tensor(np.arange(int(start), int(limit), int(delta)), self.dtype_name)

    def compute_output_spec(self, start: Any, limit: Any, delta: Any) -> Any:
        return keras.KerasTensor((None,), self.dtype_name)


@public("linspace")
def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Any:
    dtype = "float64" if isinstance(start, np.float64) else "float32"
    return ops.linspace(tensor(start), tensor(stop), int(num), dtype=dtype, axis=axis)


@public("eye", "linalg.eye")
def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = "float32",
    name: str | None = None,
) -> Any:
    columns = None if num_columns is None else int(num_columns)
    made = ops.eye(int(num_rows), columns, dtype=dtype_name(dtype))
    if batch_shape is None:
        return made
    return ops.broadcast_to(made, (*static_shape(batch_shape), *made.shape))


@public("one_hot")
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Any:
    wanted = dtype_name(dtype) or "float32"
    axis = -1 if axis is None else axis
    hot = ops.one_hot(tensor(indices), int(depth), axis=axis, dtype=wanted)
    if on_value is None and off_value is None:
        return hot
    on, off = (1 if on_value is None else on_value), (0 if off_value is None else off_value)
    return ops.where(ops.cast(hot, "bool"), on, off)


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
