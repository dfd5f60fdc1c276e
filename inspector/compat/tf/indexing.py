"""Picking and placing entries: gather, scatter, masks, slices, sorting, partitions."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import public
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.shapes import is_symbolic, static_axis, static_int, static_shape
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor

ops = keras.ops


@public("gather")
def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Any:
    """Slices of params along an axis; the first `batch_dims` axes are shared."""
    x, index = tensor(params), tensor(indices)
    if isinstance(x, StringTensor):
        return strings(np.take(x.texts(), host(index), axis=axis or 0))
    if batch_dims == 0:
        return ops.take(x, index, axis=static_int(axis) or 0)
    axis = batch_dims if axis is None else axis % len(x.shape)
    if axis != batch_dims or len(index.shape) != batch_dims + 1:
        return _gather_rows(x, index, batch_dims, axis)
    for _ in range(len(x.shape) - len(index.shape)):
        index = ops.expand_dims(index, -1)
    index = ops.broadcast_to(index, (*index.shape[: batch_dims + 1], *x.shape[batch_dims + 1 :]))
    return ops.take_along_axis(x, index, axis=batch_dims)


def _gather_rows(x: Any, index: Any, batch_dims: int, axis: int) -> Any:
    rows = [
        gather(a, i, axis=axis - 1, batch_dims=batch_dims - 1)
        for a, i in zip(x, index, strict=True)
    ]
    return ops.stack(rows)


@public("gather_nd")
def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    x, index = tensor(params), tensor(indices)
    if batch_dims:
        return ops.stack([gather_nd(a, i, batch_dims - 1) for a, i in zip(x, index, strict=True)])
    depth = index.shape[-1]
    return x[tuple(index[..., axis] for axis in range(depth))]


@public("scatter_nd")
def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    updates = tensor(updates)
    return ops.scatter(tensor(indices), updates, static_shape(shape))


@public("tensor_scatter_nd_update")
def tensor_scatter_nd_update(
    tensor: Any, indices: Any, updates: Any, name: str | None = None
) -> Any:
    x = _tensor(tensor)
    return ops.scatter_update(x, _tensor(indices), _tensor(updates, x.dtype))


_tensor = tensor


@public("tensor_scatter_nd_add")
def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    x = _tensor(tensor)
    return ops.add(x, ops.scatter(_tensor(indices), _tensor(updates, x.dtype), x.shape))


@public("tensor_scatter_nd_sub")
def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    return tensor_scatter_nd_add(tensor, indices, ops.negative(_tensor(updates)))


@public("tensor_scatter_nd_max")
def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    x = _tensor(tensor)
    there = gather_nd(x, indices)
    return ops.scatter_update(x, _tensor(indices), ops.maximum(there, _tensor(updates)))


@public("tensor_scatter_nd_min")
def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    x = _tensor(tensor)
    there = gather_nd(x, indices)
    return ops.scatter_update(x, _tensor(indices), ops.minimum(there, _tensor(updates)))


@public("boolean_mask")
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> Any:
    """The entries where the mask is true; its size is known only from values."""
    x = _tensor(tensor)
    axis = axis or 0
    kept = np.nonzero(host(_tensor(mask)))
    if isinstance(x, StringTensor):
        return strings(x.texts()[kept])
    key = tuple([slice(None)] * axis) + tuple(_tensor(index.astype("int32")) for index in kept)
    return x[key]


@public("slice")
def slice_(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    x = tensor(input_)
    starts, sizes = static_shape(begin), static_shape(size)
    key = tuple(
        slice(start, None if length == -1 else start + length)
        for start, length in zip(starts, sizes, strict=True)
    )
    return strings(x.texts()[key]) if isinstance(x, StringTensor) else x[key]


@public("strided_slice")
def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Any:
    """The slice of NumPy's kind that begin, end and the masks (bit i for axis i) describe."""
    starts, ends = static_shape(begin), static_shape(end)
    steps = static_shape(strides) if strides is not None else (1,) * len(starts)
    key: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(starts, ends, steps, strict=True)):
        if ellipsis_mask >> i & 1:
            key.append(Ellipsis)
        elif new_axis_mask >> i & 1:
            key.append(None)
        elif shrink_axis_mask >> i & 1:
            key.append(start)
        else:
            low = None if begin_mask >> i & 1 else start
            key.append(slice(low, None if end_mask >> i & 1 else stop, step))
    return tensor(input_)[tuple(key)]


@public("sort")
def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    done = ops.sort(tensor(values), axis=axis)
    return ops.flip(done, axis) if direction.upper() == "DESCENDING" else done


@public("argsort")
def argsort(
    values: Any,
    axis: int = -1,
    direction: str = "ASCENDING",
    stable: bool = False,
    name: str | None = None,
) -> Any:
    x = tensor(values)
    x = ops.negative(x) if direction.upper() == "DESCENDING" else x
    return ops.argsort(x, axis=axis)


@public("searchsorted")
def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: Any = "left",
    out_type: Any = "int32",
    name: str | None = None,
) -> Any:
    ordered, values = host(tensor(sorted_sequence)), host(tensor(values))
    if ordered.ndim == 1:
        return tensor(np.searchsorted(ordered, values, side), out_type)
    flat = zip(
        ordered.reshape(-1, ordered.shape[-1]), values.reshape(-1, values.shape[-1]), strict=True
    )
    found = np.stack([np.searchsorted(row, wanted, side) for row, wanted in flat])
    return tensor(found.reshape(values.shape), out_type)


class Unique(tuple[Any, ...]):
    """What `tf.unique` returns: `y`, `idx`, and `count` where asked for."""

    __slots__ = ()
    y = property(lambda self: self[0])
    idx = property(lambda self: self[1])
    count = property(lambda self: self[2])


def _unique(x: Any, out_idx: Any) -> tuple[Any, Any, Any]:
    """Values in the order of their first appearance."""
    x = tensor(x)
    values = x.texts() if isinstance(x, StringTensor) else host(x)
    seen: dict[Any, int] = {}
    index = [seen.setdefault(value, len(seen)) for value in values.tolist()]
    kept = np.array(list(seen), dtype=values.dtype)
    return tensor(kept), tensor(index, out_idx), tensor(np.bincount(index), out_idx)


@public("unique")
def unique(x: Any, out_idx: Any = "int32", name: str | None = None) -> Any:
    return Unique(_unique(x, out_idx)[:2])


@public("unique_with_counts")
def unique_with_counts(x: Any, out_idx: Any = "int32", name: str | None = None) -> Any:
    return Unique(_unique(x, out_idx))


@public("dynamic_partition")
def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Any]:
    return [boolean_mask(data, ops.equal(partitions, i)) for i in range(num_partitions)]


@public("dynamic_stitch")
def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Any:
    order = np.concatenate([host(tensor(index)).reshape(-1) for index in indices])
    rows = [tensor(part) for part in data]
    depth = len(tensor(indices[0]).shape)
    flat = ops.concatenate([ops.reshape(row, (-1, *row.shape[depth:])) for row in rows])
    last = {int(position): at for at, position in enumerate(order)}
    return ops.take(flat, tensor([last[i] for i in range(len(last))]), axis=0)


@public("space_to_depth", "nn.space_to_depth")
def space_to_depth(
    input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None
) -> Any:
    return ops.space_to_depth(tensor(input), block_size, data_format=_format(data_format))


@public("nn.depth_to_space")
def depth_to_space(
    input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None
) -> Any:
    return ops.depth_to_space(tensor(input), block_size, data_format=_format(data_format))


def _format(data_format: str) -> str:
    return "channels_first" if data_format.startswith("NC") else "channels_last"


@public("space_to_batch", "space_to_batch_nd")
def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    """Blocks of the spatial axes moved to the batch axis, after zero padding."""
    x = tensor(input)
    blocks = static_shape(block_shape)
    pairs = [tuple(static_shape(pair)) for pair in paddings]
    rest = len(x.shape) - 1 - len(blocks)
    x = ops.pad(x, [(0, 0), *pairs, *[(0, 0)] * rest])
    sizes = [x.shape[0]]
    for size, block in zip(x.shape[1:], blocks, strict=False):
        sizes += [size // block, block]
    x = ops.reshape(x, (*sizes, *x.shape[1 + len(blocks) :]))
    count = len(blocks)
    order = [2 * i + 2 for i in range(count)] + [0] + [2 * i + 1 for i in range(count)]
    order += range(2 * count + 1, len(x.shape))
    x = ops.transpose(x, order)
    return ops.reshape(x, (int(np.prod(x.shape[: count + 1])), *x.shape[count + 1 :]))


@public("batch_to_space")
def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    x = tensor(input)
    blocks = static_shape(block_shape)
    count = len(blocks)
    batch = x.shape[0] // int(np.prod(blocks))
    x = ops.reshape(x, (*blocks, batch, *x.shape[1:]))
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    order += range(2 * count + 1, len(x.shape))
    x = ops.transpose(x, order)
    merged = [x.shape[2 * i + 1] * x.shape[2 * i + 2] for i in range(count)]
    x = ops.reshape(x, (batch, *merged, *x.shape[2 * count + 1 :]))
    cuts = [tuple(static_shape(pair)) for pair in crops]
    key = [slice(low, size - high) for (low, high), size in zip(cuts, merged, strict=True)]
    return x[(slice(None), *key)]


@public("tensordot", "linalg.tensordot")
def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    given = axes if isinstance(axes, int) else [static_axis(axis) for axis in axes]
    return ops.tensordot(tensor(a), tensor(b), axes=given)


@public("parallel_stack")
def parallel_stack(values: Any, name: str = "parallel_stack") -> Any:
    return ops.stack([tensor(value) for value in values])


@public("edit_distance")
def edit_distance(
    hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance"
) -> Any:
    """Levenshtein distances between the rows of two sparse tensors."""
    rows = []
    for found, true in zip(_sparse_rows(hypothesis), _sparse_rows(truth), strict=True):
        distance = _levenshtein(found, true)
        rows.append(distance / len(true) if normalize and true else float(distance))
    return tensor(np.array(rows, "float32"))


def _sparse_rows(sparse: Any) -> list[list[Any]]:
    rows: list[list[Any]] = [[] for _ in range(static_shape(sparse.dense_shape)[0])]
    for index, value in zip(host(sparse.indices), host(sparse.values), strict=True):
        rows[int(index[0])].append(value.item())
    return rows


def _levenshtein(first: list[Any], second: list[Any]) -> int:
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, before + (one != other))
            before, row[j] = row[j], cost
    return row[-1]


@public("is_symbolic_tensor")
def is_symbolic_tensor(tensor: Any) -> bool:
    return is_symbolic(tensor) or dtype_name(getattr(tensor, "dtype", None)) is None
