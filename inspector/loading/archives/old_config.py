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


def with_tensors(nodes: Any) -> Any:
    """Inbound nodes in which tensors that came by keyword are inputs too: Keras 3 forgets those.

    [["a", 0, 0, {"y": ["b", 0, 0]}]]  →  {"args": [a], "kwargs": {"y": b}}
    """
    if not isinstance(nodes, list):
        return nodes
    return [_with_tensors(node) if isinstance(node, list) else node for node in nodes]


def _with_tensors(node: list[Any]) -> Any:
    if not node or not all(_is_tensor(part) for part in node):
        return node
    given = [part[3] for part in node if len(part) > 3 and isinstance(part[3], dict)]
    keywords = {key: value for part in given for key, value in part.items() if value is not None}
    if not any(map(_is_tensor, keywords.values())):
        return node
    tensors = [_revived(part) for part in node]
    kwargs = {k: _revived(v) if _is_tensor(v) else v for k, v in keywords.items()}
    return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": kwargs}


def _is_tensor(value: Any) -> bool:
    """Whether it is [layer, node, index], with or without keyword arguments behind it."""
    kinds = (str, int, int)
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and all(isinstance(part, kind) for part, kind in zip(value, kinds, strict=False))
    )


def _revived(part: list[Any]) -> Config:
    # Keras looks the tensor up by its history; the shape is not read.
    config = {"shape": [], "dtype": "float32", "keras_history": part[:3]}
    return {"class_name": "__keras_tensor__", "config": config, "module": "keras.src.backend"}


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
