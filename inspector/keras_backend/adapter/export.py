"""Keras 3.15's `backend.export`."""

from inspector.keras_backend.export import ExportArchive as NumpyExportArchive

__all__ = ["NumpyExportArchive"]
