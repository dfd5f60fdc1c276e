"""The array methods that user code calls on a Tensor: x.sum(), x.reshape(...), x.T.

They follow NumPy's signatures and the front end's dtypes: sums of small integers are int32, means
of integers are floating, positions are int32.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine import products, promotion
from inspector.engine.operands import operands
from inspector.engine.primitives import (
    arithmetic,
    elementwise,
    reduction,
    shaping,
    sorting,
)
from inspector.engine.rules import normalize_axes, normalize_axis
from inspector.engine.tensor import Tensor

_SUMMED = {
    np.dtype(narrow): np.dtype(wide)
    for narrow, wide in (
        ("bool", "int32"),
        ("int8", "int32"),
        ("int16", "int32"),
        ("uint8", "uint32"),
        ("uint16", "uint32"),
    )
}


def summed_dtype(dtype: Any) -> Any:
    """The dtype that elements of this one are added up or multiplied in."""
    return _SUMMED.get(dtype, dtype)


def floating(x: Tensor) -> Tensor:
    """The tensor in a floating (or complex) dtype: integers in the front end's float."""
    if promotion.is_inexact(x.dtype):
        return x
    return astype(x, promotion.result_type(x.dtype, float))


def axes_of(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """Axes as a reduction takes them: a sorted tuple, or None for all."""
    if axis is None:
        return None
    if type(axis) is int:
        return (normalize_axis(axis, ndim),)
    if not isinstance(axis, list | tuple):
        axis = operator.index(axis)
    return normalize_axes(axis, ndim)


def astype(x: Tensor, dtype: Any, copy: bool = True) -> Tensor:
    wanted = promotion.dtype_of(dtype)
    return x if x.dtype == wanted else shaping.cast(x, dtype=wanted)


def reshape(x: Tensor, *shape: Any) -> Tensor:
    sizes = shape[0] if len(shape) == 1 and not _is_whole(shape[0]) else shape
    found: Tensor = shaping.reshape(x, shape=tuple(operator.index(size) for size in sizes))
    return found


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, Tensor) and value.ndim == 0)


def transpose(x: Tensor, *axes: Any) -> Tensor:
    order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
    if order is None or not order:
        order = range(x.ndim)[::-1]
    found: Tensor = shaping.transpose(x, axes=tuple(normalize_axis(a, x.ndim) for a in order))
    return found


def swapaxes(x: Tensor, axis1: int, axis2: int) -> Tensor:
    order = list(range(x.ndim))
    first, second = normalize_axis(axis1, x.ndim), normalize_axis(axis2, x.ndim)
    order[first], order[second] = second, first
    found: Tensor = shaping.transpose(x, axes=tuple(order))
    return found


def squeeze(x: Tensor, axis: Any = None) -> Tensor:
    ones = tuple(i for i, size in enumerate(x.shape) if size == 1)
    axes = ones if axis is None else normalize_axes(axis, x.ndim)
    found: Tensor = shaping.reshape(x, shape=shaping.squeezed(x.shape, axes))
    return found


def ravel(x: Tensor) -> Tensor:
    return x if x.ndim == 1 else shaping.reshape(x, shape=(x.size,))


def repeat(x: Tensor, repeats: int, axis: int | None = None) -> Tensor:
    flat = ravel(x) if axis is None else x
    along = normalize_axis(axis or 0, flat.ndim)
    found: Tensor = shaping.repeat(flat, repeats=operator.index(repeats), axis=along)
    return found


def _reduction(run: Callable[..., Any], prepared: Callable[[Tensor], Tensor]) -> Callable[..., Any]:
    def method(x: Tensor, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        ready = prepared(x) if dtype is None else astype(x, dtype)
        return run(ready, axis=axes_of(axis, x.ndim), keepdims=keepdims)

    return method


def _order(run: Callable[..., Any]) -> Callable[..., Any]:
    def method(x: Tensor, axis: Any = None, keepdims: bool = False) -> Any:
        return run(x, axis=axes_of(axis, x.ndim), keepdims=keepdims)

    return method


def _position(run: Callable[..., Any]) -> Callable[..., Any]:
    def method(x: Tensor, axis: Any = None, keepdims: bool = False) -> Any:
        along = None if axis is None else normalize_axis(axis, x.ndim)
        return run(x, axis=along, keepdims=keepdims)

    return method


def _running(run: Callable[..., Any]) -> Callable[..., Any]:
    def method(x: Tensor, axis: Any = None) -> Any:
        line = ravel(x) if axis is None else x
        return run(_countable(line), axis=normalize_axis(axis or 0, line.ndim))

    return method


def _countable(x: Tensor) -> Tensor:
    return astype(x, "int32") if x.dtype.kind == "b" else x


def _for_sum(x: Tensor) -> Tensor:
    return astype(x, summed_dtype(x.dtype))


def var(x: Tensor, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
    axes = axes_of(axis, x.ndim)
    found: Tensor = reduction.variance(floating(x), axis=axes, keepdims=keepdims)
    count = reduction.counted(x.shape, axes)
    return found if ddof == 0 else found * (count / max(count - ddof, 0))


def std(x: Tensor, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
    found: Tensor = elementwise.sqrt(var(x, axis, ddof, keepdims))
    return found


def clip(x: Tensor, min: Any = None, max: Any = None) -> Tensor:
    for bound, run in ((min, arithmetic.maximum), (max, arithmetic.minimum)):
        if bound is not None:
            x = run(*_paired(x, bound))
    return x


def dot(x: Tensor, other: Any) -> Tensor:
    return products.dot(*_paired(x, other))


def _paired(x: Tensor, other: Any) -> tuple[Tensor, Tensor]:
    pair = operands(x, other)
    if pair is None:
        raise TypeError(f"a tensor and {type(other).__name__} do not go together")
    return pair


def sort(x: Tensor, axis: int = -1) -> Tensor:
    found: Tensor = sorting.sort(x, axis=normalize_axis(axis, x.ndim))
    return found


def argsort(x: Tensor, axis: int = -1) -> Tensor:
    found: Tensor = sorting.argsort(x, axis=normalize_axis(axis, x.ndim))
    return found


def take(x: Tensor, indices: Any, axis: int | None = None) -> Tensor:
    flat = ravel(x) if axis is None else x
    key = (slice(None),) * normalize_axis(axis or 0, flat.ndim)
    found: Tensor = flat[(*key, indices)]
    return found


TABLE: dict[str, Any] = {
    "T": property(transpose),
    "mT": property(lambda x: swapaxes(x, -1, -2)),
    "real": property(lambda x: elementwise.real(x)),
    "imag": property(lambda x: elementwise.imag(x)),
    "astype": astype,
    "reshape": reshape,
    "transpose": transpose,
    "swapaxes": swapaxes,
    "squeeze": squeeze,
    "ravel": ravel,
    "flatten": ravel,
    "repeat": repeat,
    "copy": lambda x: x,  # nothing ever changes a Tensor's values
    "sum": _reduction(reduction.sum_, _for_sum),
    "prod": _reduction(reduction.prod, _for_sum),
    "mean": _reduction(reduction.mean, floating),
    "max": _order(reduction.max_),
    "min": _order(reduction.min_),
    "any": _order(reduction.any_),
    "all": _order(reduction.all_),
    "argmax": _position(reduction.argmax),
    "argmin": _position(reduction.argmin),
    "cumsum": _running(reduction.cumsum),
    "cumprod": _running(reduction.cumprod),
    "var": var,
    "std": std,
    "clip": clip,
    "dot": dot,
    "round": lambda x, decimals=0: elementwise.round_(x, decimals=decimals),
    "conj": lambda x: elementwise.conjugate(x),
    "sort": sort,
    "argsort": argsort,
    "take": take,
}
