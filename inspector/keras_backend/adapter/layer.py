"""Keras 3.15's `backend.layer`."""

from inspector.keras_backend.layer import BackendLayer as NumpyLayer

__all__ = ["NumpyLayer"]
