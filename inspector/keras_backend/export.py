"""Exporting a model to a serving format: refused, as on Keras' own NumPy backend."""

from __future__ import annotations

from typing import Any, NoReturn

from inspector.errors import NotAvailable

_FIX = "Save the model with `model.save(...)` and export it on another Keras backend."


class ExportArchive:
    """Refuses each step of an export by name."""

    def track(self, resource: Any) -> NoReturn:
        raise NotAvailable("`track` is not implemented in the numpy backend.", fix=_FIX)

    def add_endpoint(
        self, name: str, fn: Any, input_signature: Any = None, **kwargs: Any
    ) -> NoReturn:
        raise NotAvailable("`add_endpoint` is not implemented in the numpy backend.", fix=_FIX)

    def track_and_add_endpoint(
        self, name: str, resource: Any, input_signature: Any = None, **kwargs: Any
    ) -> NoReturn:
        raise NotAvailable(
            "`export_saved_model` only currently supports the tensorflow, jax and torch backends.",
            fix=_FIX,
        )
