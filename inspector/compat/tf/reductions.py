"""Reductions, cumulative functions, arg-functions, segments and counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, named, public
from inspector.compat.tf.dtypes import dtype_name, dtype_of
from inspector.compat.tf.shapes import static_axis, static_int
from inspector.compat.tf.tensors import host, tensor

ops = keras.ops


def _reduction(target: str, prepare: Callable[[Any], Any] = tensor) -> Callable[..., Any]:
    def function(
        input_tensor: Any,
        axis: Any = None,
        keepdims: bool = False,
        name: str | None = None,
        *,
        keep_dims: bool | None = None,
        reduction_indices: Any = None,
    ) -> Any:
        axes = static_axis(axis if axis is not None else reduction_indices)
        x = prepare(input_tensor)
        return getattr(ops, target)(x, axis=axes, keepdims=bool(keepdims or keep_dims))

    return function


def _as_bool(x: Any) -> Any:
    return ops.cast(tensor(x), "bool")


for _name, _target in (
    ("sum", "sum"),
    ("max", "max"),
    ("min", "min"),
    ("prod", "prod"),
    ("logsumexp", "logsumexp"),
):
    _function = named(f"tf.reduce_{_name}", _reduction(_target))
    export(f"reduce_{_name} math.reduce_{_name}", _function)
for _name in ("all", "any"):
    _function = named(f"tf.reduce_{_name}", _reduction(_name, _as_bool))
    export(f"reduce_{_name} math.reduce_{_name}", _function)

_mean = _reduction("mean")


@public("reduce_mean", "math.reduce_mean")
def reduce_mean(
    input_tensor: Any,
    axis: Any = None,
    keepdims: bool = False,
    name: str | None = None,
    **old: Any,
) -> Any:
    """The mean; of integers it is cut to an integer, as TensorFlow documents."""
    x = tensor(input_tensor)
    found = _mean(x, axis, keepdims, **old)
    dtype = dtype_of(x)
    return ops.cast(ops.trunc(found), dtype) if dtype.is_integer else found


@public("math.reduce_variance")
def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    return ops.var(tensor(input_tensor), axis=static_axis(axis), keepdims=keepdims)


@public("math.reduce_std")
def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    return ops.std(tensor(input_tensor), axis=static_axis(axis), keepdims=keepdims)


@public("math.reduce_euclidean_norm")
def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    squares = ops.square(tensor(input_tensor))
    return ops.sqrt(ops.sum(squares, axis=static_axis(axis), keepdims=keepdims))


@public("math.count_nonzero")
def count_nonzero(
    input: Any,
    axis: Any = None,
    keepdims: bool = False,
    dtype: Any = "int64",
    name: str | None = None,
) -> Any:
    hits = ops.cast(ops.not_equal(tensor(input), 0), dtype_name(dtype))
    return ops.sum(hits, axis=static_axis(axis), keepdims=keepdims)


@public("math.zero_fraction", "nn.zero_fraction")
def zero_fraction(value: Any, name: str | None = None) -> Any:
    return ops.mean(ops.cast(ops.equal(tensor(value), 0), "float32"))


@public("argmax", "math.argmax")
def argmax(
    input: Any,
    axis: Any = None,
    output_type: Any = "int64",
    name: str | None = None,
    dimension: Any = None,
) -> Any:
    """The index of the largest value; axis 0 by default, unlike keras.ops.argmax."""
    axis = axis if axis is not None else (dimension or 0)
    return ops.cast(ops.argmax(tensor(input), axis=static_int(axis)), dtype_name(output_type))


@public("argmin", "math.argmin")
def argmin(
    input: Any,
    axis: Any = None,
    output_type: Any = "int64",
    name: str | None = None,
    dimension: Any = None,
) -> Any:
    axis = axis if axis is not None else (dimension or 0)
    return ops.cast(ops.argmin(tensor(input), axis=static_int(axis)), dtype_name(output_type))


def _cumulative(run: Callable[..., Any], neutral: float) -> Callable[..., Any]:
    def function(
        x: Any,
        axis: Any = 0,
        exclusive: bool = False,
        reverse: bool = False,
        name: str | None = None,
    ) -> Any:
        x, axis = tensor(x), static_int(axis)
        x = ops.flip(x, axis) if reverse else x
        if exclusive:
            axis = axis % len(x.shape)
            kept = [slice(None)] * len(x.shape)
            kept[axis], first = slice(0, -1), list(kept)
            first[axis] = slice(0, 1)
            start = ops.full_like(x[tuple(first)], neutral)
            x = ops.concatenate([start, x[tuple(kept)]], axis=axis)
        done = run(x, axis=axis)
        return ops.flip(done, axis) if reverse else done

    return function


cumsum = export("cumsum math.cumsum", named("tf.cumsum", _cumulative(ops.cumsum, 0)))
cumprod = export("math.cumprod", named("tf.cumprod", _cumulative(ops.cumprod, 1)))


@public("math.cumulative_logsumexp")
def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    x = tensor(x)
    top = ops.max(x)
    return ops.add(ops.log(cumsum(ops.exp(ops.subtract(x, top)), axis, exclusive, reverse)), top)


@public("math.top_k", "nn.top_k")
def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> Any:
    return TopK(*ops.top_k(tensor(input), int(k), sorted=sorted))


class TopK(tuple[Any, Any]):
    """What `tf.math.top_k` returns: `values` and `indices`."""

    __slots__ = ()

    def __new__(cls, values: Any, indices: Any) -> TopK:
        return super().__new__(cls, (values, indices))

    @property
    def values(self) -> Any:
        return self[0]

    @property
    def indices(self) -> Any:
        return self[1]


@public("math.in_top_k", "nn.in_top_k")
def in_top_k(targets: Any, predictions: Any, k: int, name: str | None = None) -> Any:
    return ops.in_top_k(tensor(targets), tensor(predictions), k)


def _segment(kind: str) -> Callable[..., Any]:
    def function(
        data: Any, segment_ids: Any, num_segments: Any = None, name: str | None = None
    ) -> Any:
        data, ids = tensor(data), tensor(segment_ids, "int32")
        count = int(host(ids).max()) + 1 if num_segments is None else int(num_segments)
        if kind != "mean":
            return getattr(ops, f"segment_{kind}")(data, ids, num_segments=count)
        sums = ops.segment_sum(data, ids, num_segments=count)
        ones = ops.segment_sum(ops.ones_like(data), ids, num_segments=count)
        return ops.divide(sums, ops.maximum(ones, 1))

    return function


for _name in ("sum", "max", "min", "mean", "prod"):
    _function = named(f"tf.segment_{_name}", _segment(_name))
    export(f"math.segment_{_name} math.unsorted_segment_{_name}", _function)


@public("math.bincount")
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
    axis: Any = None,
    binary_output: bool = False,
) -> Any:
    counted = np.bincount(
        host(tensor(arr)).reshape(-1),
        None if weights is None else host(tensor(weights)).reshape(-1),
        0 if minlength is None else int(minlength),
    )
    counted = counted if maxlength is None else counted[: int(maxlength)]
    return tensor(counted > 0 if binary_output else counted, dtype if weights is None else None)


@public("math.confusion_matrix")
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    weights: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
) -> Any:
    true, found = host(tensor(labels)).reshape(-1), host(tensor(predictions)).reshape(-1)
    size = int(max(true.max(), found.max())) + 1 if num_classes is None else int(num_classes)
    counts = np.zeros((size, size))
    added = 1 if weights is None else host(tensor(weights))
    np.add.at(counts, (true.astype(int), found.astype(int)), added)
    return tensor(counts, dtype)


@public("histogram_fixed_width")
def histogram_fixed_width(
    values: Any, value_range: Any, nbins: int = 100, dtype: Any = "int32", name: str | None = None
) -> Any:
    low, high = (float(bound) for bound in value_range)
    counted, _ = np.histogram(np.clip(host(tensor(values)), low, high), nbins, (low, high))
    return tensor(counted, dtype)
