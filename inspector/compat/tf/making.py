"""Arrays from nothing or from one value, and casts."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import public
from inspector.compat.tf.dtypes import as_dtype, dtype_name, dtype_of
from inspector.compat.tf.shapes import is_symbolic, static_shape, with_symbolic_shape
from inspector.compat.tf.tensors import host, strings, tensor
from inspector.engine.tensor import Tensor

ops = keras.ops


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
