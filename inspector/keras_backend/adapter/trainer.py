"""Keras 3.15's `backend.trainer`."""

from inspector.keras_backend.trainer import Trainer as NumpyTrainer

__all__ = ["NumpyTrainer"]
