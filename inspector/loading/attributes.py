"""`FILE:attribute`: one thing of a file, made into a model if it is a function or a class."""

from __future__ import annotations

import inspect
from typing import Any

import keras

from inspector.capture import Recorder
from inspector.errors import OpenError
from inspector.loading.notes import Notes

_MOST_LISTED = 8


def model_meant(
    namespace: dict[str, object], dotted: str, recorder: Recorder, notes: Notes
) -> str | None:
    """The name of the model that an attribute is, or gives when it is called.

    None: it was called and some other models were built by it.

    Raises:
        OpenError: there is no such attribute, it wants arguments, or it gives no model.
    """
    value = _found(namespace, dotted)
    if not isinstance(value, keras.layers.Layer) and callable(value):
        _check_arguments(value, dotted)
        before = set(recorder.keras_models())
        value = value()
        notes.add_at(f"{dotted}()", "Called, since it was asked for by name.", None, None)
        if set(recorder.keras_models()) - before and not _models_in(value):
            return None
    models = _models_in(value)
    if not models:
        raise OpenError(
            f"{dotted} is no model and gives none: it is {_words(value)}.",
            fix="Name a model, a class of one, or a function that returns one.",
        )
    names = {id(model): name for name, model in recorder.keras_models().items()}
    return names.get(id(models[0])) if len(models) == 1 else None


def _found(namespace: dict[str, object], dotted: str) -> Any:
    first, *rest = dotted.split(".")
    if first not in namespace:
        names = [name for name, value in namespace.items() if _may_be_meant(name, value)]
        listed = ", ".join(names[:_MOST_LISTED]) or "nothing that could be a model"
        raise OpenError(f"There is no {first!r} in the file.", fix=f"It has {listed}.")
    value: Any = namespace[first]
    for name in rest:
        if not hasattr(value, name):
            raise OpenError(f"{first} has no {name!r}.", fix="Check the name after the colon.")
        value = getattr(value, name)
    return value


def _may_be_meant(name: str, value: object) -> bool:
    return not name.startswith("_") and (
        isinstance(value, keras.layers.Layer)
        or (callable(value) and getattr(value, "__module__", None) == "__main__")
    )


def _check_arguments(value: Any, dotted: str) -> None:
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    wanted = [p.name for p in parameters if p.default is p.empty and p.kind not in variadic]
    if wanted:
        raise OpenError(
            f"{dotted} needs arguments: {', '.join(wanted)}.",
            fix="Give them defaults, or name a function that calls it with what it needs.",
        )


def _models_in(value: Any) -> list[Any]:
    return [leaf for leaf in keras.tree.flatten(value) if isinstance(leaf, keras.layers.Layer)]


def _words(value: Any) -> str:
    return f"of type {type(value).__name__}" if value is not None else "None"
