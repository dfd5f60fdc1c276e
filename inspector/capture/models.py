"""The models of one opening: their names in the trace, and what is known of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.location import Location
from inspector.capture.unused import unused_layers
from inspector.trace import Model
from inspector.trace.document import ModelKind


class Models:
    """Every model built, and every layer called on its own, in the order they were seen.

    Layers get small numbers, so that all calls of one layer can be told; two models of one name
    get "name (2)" for the second.

    is_users: whether a layer's `call` is user code; made_at: the line that made a layer.
    """

    def __init__(
        self, is_users: Callable[[Any], bool], made_at: Callable[[Any], Location | None]
    ) -> None:
        self._is_users = is_users
        self._made_at = made_at
        self._run: set[int] = set()
        self._models: list[Any] = []
        self._names: dict[int, str] = {}
        self._taken: set[str] = set()
        self._layer_ids: dict[int, int] = {}
        self._alive: list[Any] = []
        self._told: dict[str, Model] = {}
        self._hidden: set[int] = set()
        self._state: object = None

    def add(self, model: Any) -> None:
        """A model is being made; its name is known only after its `__init__`."""
        if all(model is not known for known in self._models):
            self._models.append(model)

    def hide(self, model: Any) -> None:
        """A Functional model that Keras makes inside a Sequential one is not the user's."""
        self._alive.append(model)
        self._hidden.add(id(model))

    def note_run(self, layer: Any) -> None:
        """A layer runs on real values."""
        self._run.add(id(layer))

    def note_called(self, layer: Any, *, symbolic: bool) -> None:
        """A layer that is no model is called at top level."""
        if not symbolic:
            self.add(layer)

    def id_of(self, layer: Any) -> int:
        """The small number of a layer."""
        found = self._layer_ids.get(id(layer))
        if found is None:
            self._alive.append(layer)
            found = self._layer_ids[id(layer)] = len(self._layer_ids) + 1
        return found

    def name_of(self, layer: Any) -> str:
        """The layer's name in the trace, unique among models."""
        found = self._names.get(id(layer))
        if found is None:
            found, count = layer.name, 1
            while found in self._taken:
                count += 1
                found = f"{layer.name} ({count})"
            self._taken.add(found)
            self._alive.append(layer)
            self._names[id(layer)] = found
        return str(found)

    def any_model(self) -> bool:
        """Whether a model, not only layers, was built."""
        return any(isinstance(shown, private.Model) for shown in self._shown())

    def is_shown(self, model: Any) -> bool:
        """Whether it is one of the user's, not one that Keras makes inside another."""
        return id(model) not in self._hidden

    def living(self) -> dict[str, Any]:
        """The models by name."""
        return {self.name_of(model): model for model in self._shown()}

    def described(self, not_kept: Mapping[str, int]) -> tuple[Model, ...]:
        """What is known of each model now."""
        return tuple(self._describe(model, not_kept) for model in self._shown())

    def may_have_changed(self, not_kept: Mapping[str, int]) -> bool:
        """Whether a model was made, a layer ran for the first time or runs were left out."""
        state = (len(self._models), len(self._hidden), len(self._run), tuple(not_kept.items()))
        before, self._state = self._state, state
        return state != before

    def changed(self, not_kept: Mapping[str, int]) -> Iterator[tuple[int, Model]]:
        """The models of which something new is known since the last time, with their index."""
        for index, model in enumerate(self.described(not_kept)):
            if self._told.get(model.name) != model:
                self._told[model.name] = model
                yield index, model

    def owner_of(self, frames: list[Frame]) -> str | None:
        """The model a run belongs to: the one that holds all layers called at top level."""
        roots = [frame.layer for frame in frames if frame.parent is None]
        if not roots:
            return None
        if any(root is not roots[0] for root in roots):
            for model in self._shown():
                inside = {id(model), *map(id, private.sublayers(model))}
                if all(id(root) in inside for root in roots):
                    return self.name_of(model)
        return self.name_of(roots[0])

    def _shown(self) -> list[Any]:
        return [m for m in self._models if _is_ready(m) and self.is_shown(m)]

    def _describe(self, model: Any, not_kept: Mapping[str, int]) -> Model:
        name = self.name_of(model)
        trainable = {id(variable) for variable in model.trainable_weights}
        sizes = [(id(v), math.prod(v.shape)) for v in model.weights if None not in v.shape]
        return Model(
            name=name,
            class_=type(model).__name__,
            kind=_kind(model),
            parameters=sum(size for _, size in sizes),
            trainable_parameters=sum(size for key, size in sizes if key in trainable),
            runs_not_kept=not_kept.get(name, 0),
            unused=unused_layers(
                model, lambda layer: id(layer) in self._run, self._is_users, self._made_at
            ),
        )


def _is_ready(model: Any) -> bool:
    """Whether its `__init__` got far enough for it to have a name and layers."""
    return hasattr(model, "_layers") and hasattr(model, "name") and hasattr(model, "built")


def _kind(model: Any) -> ModelKind:
    if not isinstance(model, private.Model):
        return "layer"
    if private.is_functional(model):
        return "functional"
    return "sequential" if private.is_sequential(model) else "subclassed"
