"""A saved config in which everything that is not Keras' own is a placeholder.

Each layer entry is looked at as a whole: when its class, or any object in its config, is not one
of `known`, the layer becomes a placeholder, so that nothing of the file runs and the graph is
still whole. Models inside models are gone into.

    screened = screen(config, allowed)
    screened.config     what Keras is given
    screened.classes    the placeholders' classes, by the names that the config has for them
    screened.findings   what was blocked or left out, each with the entry of the config it is in
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from inspector.loading.archives import known
from inspector.loading.archives.old_config import modern, with_input, with_tensors
from inspector.loading.archives.placeholder import NAMESPACE, Facts, placeholder_class

Config = dict[str, Any]
_MOST_CONFIG_CHARACTERS = 20_000
_ALLOW = "allow its code (--allow-code) if you trust the file"
_BLOCKED = f"Its code is in the file and was not run; {_ALLOW}."
_MISSING = "The file holds its name and config, not its code."
_OUTSIDE = f"That is another file, which was not read; {_ALLOW}."
_WHY = {"code": _BLOCKED, "custom": _MISSING, "file": _OUTSIDE}
# Parts of a layer that only matter for making or training weights: left out when unknown.
_DROPPED = ("_initializer", "_regularizer", "_constraint")
# What Keras 2 called classes that have moved since.
_MODEL_MODULES = {"Functional": "keras.src.models.functional", "Sequential": "keras",
                  "Model": "keras.src.models.functional"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the file says. `entry` is the part of the original config."""

    what: str
    why: str
    entry: Config
    kind: Literal["code", "custom", "dropped"]


@dataclass(slots=True)
class Screened:
    """What came out."""

    config: Config
    classes: dict[str, type] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def screen(config: Config, allowed: dict[str, Any], *, allow_code: bool = False) -> Screened:
    """Replace what is not Keras' own.

    allowed: classes and functions by the names under which the config may ask for them.
    allow_code: whether Lambda layers and the like are let through.
    """
    return _Screen(allowed, allow_code).all(config)


def problem_in_compile(config: Any, allowed: dict[str, Any]) -> str | None:
    """What in a compile config is not Keras' own, None where all is."""
    for item in _objects(config):
        problem = _Screen(allowed, False).problem_of(item)
        if problem is not None:
            return problem[1]
    return None


class _Screen:
    def __init__(self, allowed: dict[str, Any], allow_code: bool) -> None:
        self._allowed = allowed
        self._allow_code = allow_code
        self._out = Screened({})

    def all(self, config: Config) -> Screened:
        self._out.config = self._entry(config, {}, is_root=True)
        return self._out

    def _entry(self, entry: Config, outputs: _Outputs, *, is_root: bool = False) -> Config:
        """One layer or model with its class and config."""
        inner: Any = entry.get("config")
        if _is_graph(inner):
            return self._model(entry, inner)
        made, gone = modern(copy.deepcopy(entry))
        if "module" not in entry:
            made["inbound_nodes"] = with_tensors(made.get("inbound_nodes", []))
        if gone:
            what = f"{', '.join(gone)} of {_name_of(entry)}"
            self._note(what, "Keras 3 has no such argument; left out.", entry, "dropped")
        self._drop_parts(entry, made)
        problem = self._problem_within(made)
        if problem is None:
            return made
        kind, what = problem
        return self._placeholder(entry, kind, what, outputs, is_root=is_root)

    def _model(self, entry: Config, inner: Config) -> Config:
        """A model whose config lists its layers."""
        made = {key: value for key, value in entry.items() if key != "config"}
        name = str(entry.get("class_name"))
        if not self._is_allowed(entry):
            self._as_keras_model(entry, made, name, inner)
        outputs = _recorded_outputs(inner["layers"])
        layers = [
            self._entry(layer, outputs.get(_name_of(layer), {})) if _is_entry(layer) else layer
            for layer in with_input(inner["layers"])
        ]
        rest = {key: value for key, value in inner.items() if key != "layers"}
        for key, value in list(rest.items()):
            problem = self._first_problem(value)
            if problem is not None:
                del rest[key]
                self._note(
                    f"{key} of {_name_of(entry)}", f"{problem[1]}: {_MISSING}", entry, "dropped"
                )
        made["config"] = {**copy.deepcopy(rest), "layers": layers}
        return made

    def _as_keras_model(self, entry: Config, made: Config, name: str, inner: Config) -> None:
        module = entry.get("module")
        if not known.is_known_class(name, module):
            plain = "Functional" if "input_layers" in inner else "Sequential"
            if name not in known.MODELS:
                why = f"{_MISSING} Its layers are shown as the {plain} model that they form."
                self._note(f"class {name}", why, entry, "custom")
            made["class_name"] = plain
            made["registered_name"] = None
            if module is not None:
                made["module"] = _MODEL_MODULES[plain]

    def _drop_parts(self, entry: Config, made: Config) -> None:
        inner: Any = made.get("config")
        for key in list(inner) if isinstance(inner, dict) else []:
            if not key.endswith(_DROPPED) or inner[key] is None:
                continue
            problem = self._first_problem(inner[key])
            if problem is not None:
                inner[key] = "zeros" if key.endswith("_initializer") else None
                self._note(
                    f"{key} of {_name_of(entry)}",
                    f"{problem[1]} is not in the file; left out, which changes no output.",
                    entry,
                    "dropped",
                )

    def _problem_within(self, entry: Config) -> tuple[str, str] | None:
        """The first thing in a layer that is not Keras' own, its class first."""
        found = self.problem_of(entry)
        if found is None:
            found = self._first_problem(entry.get("config"))
        for key in ("build_config", "inbound_nodes"):
            found = found or self._first_problem(entry.get(key))
        return found

    def _first_problem(self, value: Any) -> tuple[str, str] | None:
        for item in _objects(value):
            found = self.problem_of(item)
            if found is not None:
                return found
        return self._unknown_name(value)

    def _unknown_name(self, value: Any) -> tuple[str, str] | None:
        for key, text in _texts(value):
            is_activation = key.endswith("activation") and not known.is_known_activation(text)
            if is_activation and text not in self._allowed:
                return "custom", text
            if key == "vocabulary" and not self._allow_code:
                return "file", text
        return None

    def problem_of(self, item: Config) -> tuple[str, str] | None:
        """What is wrong with one object, itself only: its kind and its name."""
        name, module = item.get("class_name"), item.get("module")
        if not isinstance(name, str) or not isinstance(module, str | None):
            return "custom", str(name)
        if self._is_allowed(item):
            return None
        if name in known.PLAIN:
            return None
        if name == "__lambda__" or name in known.RUNS_CODE:
            is_harmless = name == "Lambda" and self._calls_known(item)
            return None if self._allow_code or is_harmless else ("code", name)
        if name == "function":
            return self._problem_of_function(item)
        if known.is_known_class(name, module):
            return None
        return "custom", name

    def _is_allowed(self, item: Config) -> bool:
        names = (item.get("class_name"), item.get("registered_name"))
        return any(isinstance(name, str) and name in self._allowed for name in names)

    def _problem_of_function(self, item: Config) -> tuple[str, str] | None:
        function = item.get("config")
        if not isinstance(function, str):
            return "custom", "a function"
        if function in self._allowed or known.is_known_function(function):
            return None
        return "custom", function

    def _calls_known(self, item: Config) -> bool:
        inner = item.get("config")
        function = inner.get("function") if isinstance(inner, dict) else None
        return (
            isinstance(function, dict)
            and function.get("class_name") == "function"
            and self._problem_of_function(function) is None
        )

    def _placeholder(
        self, entry: Config, kind: str, what: str, outputs: _Outputs, *, is_root: bool
    ) -> Config:
        name = str(entry.get("class_name"))
        why = _WHY[kind]
        reason = why if what in (name, "__lambda__") else f"{what} in it: {why}"
        facts = Facts(
            name,
            reason,
            outputs=tuple(outputs[key] for key in sorted(outputs) if key[0] == 0),
            inputs=_built_with(entry),
            config=_plain_config(entry),
        )
        key = f"{NAMESPACE}>{len(self._out.classes) + 1}"
        self._out.classes[key] = placeholder_class(facts, is_model=is_root)
        title = f"model {name}" if is_root else f"layer {_name_of(entry)} ({name})"
        self._note(title, reason, entry, "custom" if kind == "custom" else "code")
        made = copy.deepcopy({k: v for k, v in entry.items() if k not in ("config", "module")})
        if "module" not in entry:
            made["inbound_nodes"] = with_tensors(made.get("inbound_nodes", []))
        made |= {"class_name": key, "config": {"name": _name_of(entry)}}
        if "module" in entry:
            made |= {"module": "inspector", "registered_name": key}
        return {k: v for k, v in made.items() if k != "compile_config"}

    def _note(
        self, what: str, why: str, entry: Config, kind: Literal["code", "custom", "dropped"]
    ) -> None:
        self._out.findings.append(Finding(what, why, entry, kind))


_Outputs = dict[tuple[int, int], tuple[tuple[int | None, ...], str]]


def _is_graph(inner: Any) -> bool:
    return isinstance(inner, dict) and isinstance(inner.get("layers"), list)


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and "class_name" in value


def _name_of(entry: Config) -> str:
    inner = entry.get("config")
    own = inner.get("name") if isinstance(inner, dict) else None
    return str(entry.get("name") or own or entry.get("class_name"))


def _objects(value: Any) -> Iterator[Config]:
    """Every object of Keras within a value, outer ones first."""
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str):
                yield str(key), item
            else:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _recorded_outputs(layers: list[Any]) -> dict[str, _Outputs]:
    """Shapes and dtypes of layers' outputs, as the layers that take them in record them."""
    found: dict[str, _Outputs] = {}
    for layer in layers:
        nodes = layer.get("inbound_nodes") if isinstance(layer, dict) else None
        for item in _objects(nodes):
            tensor = item.get("config")
            if item.get("class_name") == "__keras_tensor__" and isinstance(tensor, dict):
                _record(tensor, found)
    for layer, after in pairwise(layers):
        # In a Sequential model the next layer records what it was built with.
        shape: Any = _built_with(after) if isinstance(after, dict) else None
        if isinstance(layer, dict) and "inbound_nodes" not in layer and _is_shape(shape):
            found.setdefault(_name_of(layer), {(0, 0): (tuple(shape), "float32")})
    return found


def _record(tensor: Config, found: dict[str, _Outputs]) -> None:
    history, shape = tensor.get("keras_history"), tensor.get("shape")
    if not (isinstance(history, list) and len(history) == 3 and _is_shape(shape)):
        return
    name, node, index = history
    if isinstance(node, int) and isinstance(index, int) and isinstance(shape, list):
        dtype = tensor.get("dtype")
        outputs = found.setdefault(str(name), {})
        outputs[node, index] = (tuple(shape), dtype if isinstance(dtype, str) else "float32")


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and all(isinstance(size, int | None) for size in shape)


def _built_with(entry: Config) -> Any:
    build = entry.get("build_config")
    return build.get("input_shape") if isinstance(build, dict) else None


def _plain_config(entry: Config) -> Config:
    inner = entry.get("config")
    if not isinstance(inner, dict) or len(json.dumps(inner)) > _MOST_CONFIG_CHARACTERS:
        return {}
    return copy.deepcopy(inner)
