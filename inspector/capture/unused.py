"""Layers that were made but never called.

Only what a called model or layer of the user's holds is looked at: what Keras' own layers hold
(the cell of an LSTM with a fused kernel) runs without being called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.location import Location
from inspector.trace import UnusedLayer


def unused_layers(
    model: Any,
    was_called: Callable[[Any], bool],
    is_users: Callable[[Any], bool],
    made_at: Callable[[Any], Location | None],
) -> tuple[UnusedLayer, ...]:
    """The layers inside `model` that its calls passed by, in the order they were made."""
    return tuple(_found(model, was_called, is_users, made_at))


def _found(
    owner: Any,
    was_called: Callable[[Any], bool],
    is_users: Callable[[Any], bool],
    made_at: Callable[[Any], Location | None],
) -> Iterator[UnusedLayer]:
    if not was_called(owner):
        return
    for layer in private.held_layers(owner):
        if was_called(layer):
            yield from _found(layer, was_called, is_users, made_at)
        elif is_users(owner):
            file, line = made_at(layer) or (None, None)
            yield UnusedLayer(owner.name, layer.name, type(layer).__name__, file, line)
