"""Special functions, and two reductions of logarithms."""

from __future__ import annotations

from typing import Any

from inspector.engine.primitives import linalg, special
from inspector.engine.rules import normalize_axes
from inspector.keras_backend.ops.linalg import inexact


def erf(x: Any) -> Any:
    return special.erf(inexact(x))


def erfc(x: Any) -> Any:
    return special.erfc(inexact(x))


def erfinv(x: Any) -> Any:
    return special.erfinv(inexact(x))


def rsqrt(x: Any) -> Any:
    return special.rsqrt(inexact(x))


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    tensor = inexact(x)
    axes = normalize_axes(axis, tensor.ndim)
    return special.logsumexp(tensor, axis=axes, keepdims=keepdims)


def logdet(x: Any) -> Any:
    """The logarithm of the absolute determinant."""
    return linalg.slogdet(inexact(x))[1]
