"""The functions of the language, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `run` gets NumPy arrays; `least` and `most` count its arguments."""

    run: Callable[..., Any]
    example: str
    least: int = 1
    most: int = 1
    has_axis: bool = False


def _precise(x: Array) -> Array:
    """Small floats summed in float64: a float16 sum overflows at 65504."""
    is_small = x.dtype.kind == "f" and x.dtype.itemsize < 8
    return x.astype(np.float64) if is_small or x.dtype.kind == "b" else x


def _norm(x: Array, axis: int | None = None) -> Any:
    return np.sqrt(np.sum(np.square(np.abs(_precise(x))), axis=axis))


def _dead(x: Array) -> Any:
    """The share of units (the last axis) that are zero everywhere else."""
    if x.ndim == 0 or x.shape[-1] == 0:
        return 0.0
    return np.mean(~np.any(x.reshape(-1, x.shape[-1]) != 0, axis=0))


def _share_of_zeros(x: Array) -> Any:
    return np.mean(x == 0) if x.size else 0.0


def _reduced(run: Callable[..., Any], example: str, *, is_precise: bool = False) -> Function:
    def reduce(x: Array, axis: int | None = None) -> Any:
        return run(_precise(x) if is_precise else x, axis=axis)

    return Function(reduce, example, most=2, has_axis=True)


def _clip(x: Array, low: Array, high: Array) -> Any:
    return np.minimum(np.maximum(x, low), high)


FUNCTIONS: dict[str, Function] = {
    "abs": Function(np.abs, "abs(y)"),
    "all": _reduced(np.all, "all(y > 0)"),
    "any": _reduced(np.any, "any(isnan(y))"),
    "clip": Function(_clip, "clip(y, 0, 1)", 3, 3),
    "count": _reduced(np.count_nonzero, "count(y == 0)"),
    "dead": Function(_dead, "dead(y) > 0.5"),
    "dtype": Function(lambda x: str(x.dtype), 'dtype(y) == "float16"'),
    "exp": Function(np.exp, "exp(y)"),
    "isfinite": Function(np.isfinite, "all(isfinite(y))"),
    "isinf": Function(np.isinf, "any(isinf(y))"),
    "isnan": Function(np.isnan, "any(isnan(y))"),
    "log": Function(np.log, "log(y)"),
    "max": _reduced(np.max, "max(abs(y))"),
    "mean": _reduced(np.mean, "mean(y, axis=0)", is_precise=True),
    "median": _reduced(np.median, "median(y)", is_precise=True),
    "min": _reduced(np.min, "min(y)"),
    "ndim": Function(lambda x: x.ndim, "ndim(y) == 2"),
    "norm": Function(_norm, "norm(y)", most=2, has_axis=True),
    "round": Function(np.round, "round(y)"),
    "shape": Function(lambda x: x.shape, "shape(x) == (32, 10)"),
    "size": Function(lambda x: x.size, "size(y)"),
    "sqrt": Function(np.sqrt, "sqrt(y)"),
    "std": _reduced(np.std, "std(y)", is_precise=True),
    "sum": _reduced(np.sum, "sum(y, axis=-1)", is_precise=True),
    "var": _reduced(np.var, "var(y)", is_precise=True),
    "zeros": Function(_share_of_zeros, "zeros(y) > 0.9"),
}
