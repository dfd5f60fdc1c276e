"""The bytes of values, read as another dtype."""

from __future__ import annotations

from typing import Any

from inspector.engine.primitive import primitive
from inspector.engine.rules import Shape
from inspector.engine.tensor import Tensor


def view(x: Tensor, dtype: Any) -> Tensor:
    """The same bytes as `dtype`; the last axis grows or shrinks with the size of an element."""
    found: Tensor = bitcast(x, dtype=dtype, width=x.dtype.itemsize)
    return found


def _viewed(shape: Shape, *, dtype: Any, width: int) -> Shape:
    if width == dtype.itemsize:
        return shape
    if not shape or (shape[-1] * width) % dtype.itemsize:
        raise ValueError(f"{shape} elements of {width} bytes are no whole number of {dtype}")
    return (*shape[:-1], shape[-1] * width // dtype.itemsize)


@primitive(shape=_viewed, dtype=lambda old, dtype, width: dtype)
def bitcast(xp: Any, x: Any, dtype: Any, width: int) -> Any:
    """The bytes of elements of `width` bytes, read as another dtype."""
    return xp.ascontiguousarray(x).reshape(x.shape).view(dtype)
