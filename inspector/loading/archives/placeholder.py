"""Layers and models that stand in for those whose code is not there, or is not allowed to run.

A placeholder has the class name, the config and the saved weights of what it stands for. What it
would compute is not known: it hands its first input on where the shape is the same, and else puts
out zeros of the shape that the file records. `placeholder_reason` says why, in the trace too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import keras

from inspector.keras_backend.keras_private import new_state_allowed
from inspector.loading.archives.hdf5 import arrays_below

Shape = tuple[int | None, ...]
NAMESPACE = "Inspector"


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of the layer that a placeholder stands for.

    reason:  why it is one, for people.
    outputs: shape and dtype of each output; empty where the file does not record them.
    inputs:  the shape that it was built with, None where the file does not record it.
    """

    class_name: str
    reason: str
    outputs: tuple[tuple[Shape, str], ...] = ()
    inputs: Any = None
    config: dict[str, Any] = field(default_factory=dict)


class StandsIn:
    """What layers and models that stand in have in common."""

    facts: Facts
    name: str

    @property
    def placeholder_reason(self) -> str:
        return self.facts.reason

    def call(self, *args: Any, **kwargs: Any) -> Any:
        tensors = [leaf for leaf in keras.tree.flatten([args, kwargs]) if hasattr(leaf, "shape")]
        outputs = [_output(tensors, *spec) for spec in self.facts.outputs] or tensors[:1]
        return outputs[0] if len(outputs) == 1 else outputs

    def build_from_config(self, config: dict[str, Any]) -> None:
        self.built = True

    def get_config(self) -> dict[str, Any]:
        return dict(self.facts.config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(name=config.get("name"))  # type: ignore[call-arg]  # Keras' own

    def load_own_variables(self, store: Any) -> None:
        """Take every array that the file holds for this layer and those inside it."""
        file, group = getattr(store, "h5_file", None), getattr(store, "_h5_entry_path", None)
        if file is None or group is None:
            return
        for name, values in arrays_below(file, group):
            if name.startswith("optimizer/"):  # of a whole model
                continue
            self._add_saved(name.replace("/vars/", "/").removeprefix("vars/"), values)

    def add_old_weights(self, group: Any) -> None:
        """The same for a file of Keras 1 or 2, which lists a layer's arrays by name."""
        for name in (os.fsdecode(name) for name in group.attrs.get("weight_names", ())):
            self._add_saved(name.rpartition("/")[2].partition(":")[0], group[name])

    def _add_saved(self, name: str, values: Any) -> None:
        with new_state_allowed(self):
            weight = self.add_weight(  # type: ignore[attr-defined]  # Keras' own, below in the mro
                name=name.replace("/", "_"),
                shape=values.shape,
                dtype=str(values.dtype),
                initializer="zeros",
                trainable=True,
            )
        weight.assign(values[()])


class _Layer(StandsIn, keras.layers.Layer):
    def build(self, *args: Any, **kwargs: Any) -> None:
        self.built = True

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        symbols = [
            leaf
            for leaf in keras.tree.flatten([args, kwargs])
            if isinstance(leaf, keras.KerasTensor)
        ]
        made = [keras.KerasTensor(shape, dtype) for shape, dtype in self.facts.outputs]
        made = made or [keras.KerasTensor(one.shape, one.dtype) for one in symbols[:1]]
        return made[0] if len(made) == 1 else made


class _Model(StandsIn, keras.Model):
    def build(self, *args: Any, **kwargs: Any) -> None:
        self.built = True

    def get_build_config(self) -> Any:
        return {"input_shape": self.facts.inputs} if self.facts.inputs else None


def placeholder_class(facts: Facts, *, is_model: bool = False) -> type:
    """A class of that name whose instances stand in for it."""
    base = _Model if is_model else _Layer
    # Its name is what the graph shows, and what Keras finds the saved weights by.
    return type(_identifier(facts.class_name), (base,), {"facts": facts, "__module__": __name__})


def _identifier(name: str) -> str:
    plain = name.rpartition(">")[2]
    return plain if plain.isidentifier() else "Unnamed"


def _output(tensors: list[Any], shape: Shape, dtype: str) -> Any:
    """A tensor of that shape: the first input where it fits, else zeros."""
    first: Any = tensors[0] if tensors else None
    sizes = tuple(
        size if size is not None else (first.shape[axis] if _has_axis(first, axis) else 1)
        for axis, size in enumerate(shape)
    )
    if first is not None and tuple(first.shape) == sizes:
        return keras.ops.cast(first, dtype)
    return keras.ops.zeros(sizes, dtype)


def _has_axis(tensor: Any, axis: int) -> bool:
    return tensor is not None and axis < len(tensor.shape) and tensor.shape[axis] is not None
