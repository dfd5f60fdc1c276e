"""Layer entries as Keras 1 and 2 wrote them, made into what Keras 3's constructors take.

Keras 3 reads the old layout itself; what it does not read is told apart here. An old entry is one
without the module of its class.
"""

from __future__ import annotations

import inspect
from typing import Any

import keras

from inspector.loading.archives import known

Config = dict[str, Any]
_OF_EVERY_LAYER = {"name", "dtype", "trainable", "activity_regularizer", "autocast"}
# Kept for Keras, which reads them although no constructor names them.
_READ_BY_KERAS = {"batch_shape", "batch_input_shape", "layers", "shared_object_id"}


def is_old(entry: Config) -> bool:
    """Whether an entry is in the old layout."""
    return "module" not in entry and isinstance(entry.get("config"), dict)


def modern(entry: Config) -> tuple[Config, list[str]]:
    """The entry for Keras 3, and the arguments that it no longer has."""
    if not is_old(entry):
        return entry, []
    entry = _as_operation(entry)
    inner: Config = dict(entry["config"])
    name = str(entry.get("class_name"))
    if isinstance(inner.get("dtype"), dict):  # a policy, which has a name
        policy = inner["dtype"].get("config")
        inner["dtype"] = policy.get("name", "float32") if isinstance(policy, dict) else "float32"
    if name != "InputLayer":
        inner.pop("batch_input_shape", None)  # the model's InputLayer says it
    dropped = [key for key in inner if not _is_taken(name, key)] if "module" not in entry else []
    kept = {key: value for key, value in inner.items() if key not in dropped}
    return {**entry, "config": kept}, [key for key in dropped if inner[key] not in (None, False, 1)]


def with_input(layers: list[Any]) -> list[Any]:
    """Layers of a Sequential model: until Keras 2.2 the first one itself told the input's shape."""
    first = layers[0] if layers else None
    if not isinstance(first, dict) or not is_old(first) or first.get("class_name") == "InputLayer":
        return layers
    shape = first["config"].get("batch_input_shape")
    if not isinstance(shape, list):
        return layers
    is_words = first.get("class_name") == "Embedding"
    dtype = "int32" if is_words else first["config"].get("dtype", "float32")
    name = f"{first['config'].get('name', 'model')}_input"
    config = {"batch_shape": shape, "dtype": dtype, "name": name}
    return [{"class_name": "InputLayer", "config": config}, *layers]


def _as_operation(entry: Config) -> Config:
    """An operation of Keras 3's `.h5`, which leaves out that `Add` is not the layer `Add`."""
    if {"trainable", "dtype"} & set(entry["config"]):
        return entry
    module = known.module_of_operation(str(entry.get("class_name")))
    return entry if module is None else {**entry, "module": module, "registered_name": None}


def _is_taken(class_name: str, key: str) -> bool:
    """Whether the constructor of one of Keras' layers takes an argument."""
    cls = vars(keras.layers).get(class_name)
    if cls is None or key in _OF_EVERY_LAYER or key in _READ_BY_KERAS or class_name == "Lambda":
        return True
    return key in inspect.signature(cls.__init__).parameters
