"""Weights that somebody gave, for a model of the open file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from inspector.capture import Recorder
from inspector.errors import CaptureError, OpenError
from inspector.loading.archives.weights import apply_weights


def give_weights(recorder: Recorder, path: Path, scratch: Path, model: str | None) -> str:
    """Put a file's weights into one of the models; answers its name.

    model: its name; None takes the first that they fit. A model that they do not fit keeps its own.

    Raises:
        NotReadable: the file is damaged.
        OpenError: they fit no model.
        CaptureError: there is no model of that name.
    """
    living = {
        name: found
        for name, found in recorder.keras_models().items()
        if isinstance(found, keras.Model)
    }
    if not living or (model is not None and model not in living):
        raise CaptureError(
            f"There is no model called {model!r}; there is {', '.join(living) or 'none'}."
            if living
            else "There is no model that could take the weights.",
            fix="Name one that the file builds.",
        )
    names = [model] if model is not None else _outermost(living)
    errors = {}
    for name in names:
        try:
            _apply_whole(living[name], path, scratch)
        except OpenError as error:
            errors[name] = error
        else:
            return name
    raise _fits_none(path, errors)


def _apply_whole(model: Any, path: Path, scratch: Path) -> None:
    """All of the weights or none of them."""
    before = [(variable, variable.value) for variable in model.variables]
    try:
        apply_weights(model, path, scratch)
    except OpenError:
        for variable, value in before:
            variable.assign(value)
        raise


def _outermost(living: dict[str, Any]) -> list[str]:
    """Models that are not inside another one."""
    inside = {
        id(layer)
        for model in living.values()
        for layer in model._flatten_layers(include_self=False)
    }
    return [name for name, model in living.items() if id(model) not in inside] or list(living)


def _fits_none(path: Path, errors: dict[str, OpenError]) -> OpenError:
    if len(errors) == 1:
        return next(iter(errors.values()))
    first = next(iter(errors.values()))
    return OpenError(
        f"{path.name} fits none of the models {', '.join(errors)}. {first.message}", fix=first.fix
    )
