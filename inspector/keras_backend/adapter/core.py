"""Keras 3.15's `backend.core`: ours, under the names it looks for."""

from inspector.keras_backend import control_flow, core, gradient_control, indexing, symbolic
from inspector.keras_backend.core import (
    IS_THREAD_SAFE,
    SUPPORTS_COMPLEX_DTYPES,
    SUPPORTS_RAGGED_TENSORS,
    SUPPORTS_SPARSE_TENSORS,
)
from inspector.keras_backend.door import expose
from inspector.keras_backend.gradient_control import custom_gradient
from inspector.keras_backend.variable import Variable

expose(__name__, core, symbolic, control_flow, indexing, gradient_control)

__all__ = [
    "IS_THREAD_SAFE",
    "SUPPORTS_COMPLEX_DTYPES",
    "SUPPORTS_RAGGED_TENSORS",
    "SUPPORTS_SPARSE_TENSORS",
    "Variable",
    "custom_gradient",
]
