"""A Python function of single elements, over whole tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None
) -> Callable[..., Any]:
    """The function over all elements of its broadcast arguments, or over the signature's cores."""
    from keras.src.backend.common.backend_utils import vectorize_impl

    from inspector.keras_backend.control_flow import vectorized_map

    return vectorize_impl(pyfunc, vectorized_map, excluded=excluded, signature=signature)
