"""Class indices as vectors of zeros and ones."""

from __future__ import annotations

from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import encoding, reduction, shaping
from inspector.engine.rules import INT32
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor, to_dtype


def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Tensor:
    """1 at the index along a new axis, 0 elsewhere; negative indices give zeros only.

    Raises:
        ValueError: a sparse result was asked for.
    """
    if sparse:
        raise ValueError("Unsupported value `sparse=True` with numpy backend")
    x = convert_to_tensor(x)
    if x.dtype.kind not in "iu":
        x = cast_to(x, INT32)
    classes = int(num_classes) if num_classes else int(x.numpy().max()) + 1
    made = encoding.one_hot(x, classes=classes, dtype=to_dtype(dtype or "float32"))
    return shaping.moved(made, made.ndim - 1, axis % made.ndim)


def multi_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Tensor:
    """1 wherever one of a row's indices points.

    Raises:
        ValueError: a sparse result was asked for.
    """
    if sparse:
        raise ValueError("Unsupported value `sparse=True` with numpy backend")
    x = cast_to(convert_to_tensor(x), INT32)
    along = 1 if x.ndim > 1 else 0
    return reduction.max_(one_hot(x, num_classes, axis, dtype), axis=(along,))
