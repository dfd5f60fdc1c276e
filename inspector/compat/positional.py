"""Arguments of `call` by position: Keras 2 took `layer(x, training, mask)`, Keras 3 wants names."""

from __future__ import annotations

import inspect
from typing import Any

import keras

from inspector.compat.keras_arguments import in_place_of
from inspector.compat.notes import note


def attach() -> None:
    """Give those that are no tensors the names that the layer's own `call` has for them."""
    original = keras.layers.Layer.__call__

    @in_place_of(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > 1 and any(isinstance(value, bool | str | int) for value in args[1:]):
            names = list(inspect.signature(self.call).parameters)
            if len(names) >= len(args) and not set(names[1 : len(args)]) & set(kwargs):
                note(
                    f"{type(self).__name__} called with {names[1]} by position",
                    f"Keras 3 wants it by name: {names[1]}=...",
                )
                kwargs |= dict(zip(names[1:], args[1:], strict=False))
                args = args[:1]
        return original(self, *args, **kwargs)

    keras.layers.Layer.__call__ = call
