"""What a file defines that may make models, by kind.

for find in KINDS: for name, value in find(namespace): ...

A function makes models where its text, or that of the user's code that it calls, names `Model`,
`Sequential` or a layer class of the user's. A part takes tensors and hands tensors on.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import keras

from inspector.loading.argument_guesses import required, takes_tensors
from inspector.loading.uses import names_within

Found = Iterator[tuple[str, Any]]

MAKES_MODELS = re.compile(
    r"model|net|build|make|create|get|define|encoder|decoder|generator|discriminator|main", re.I
)
_DOES = re.compile(r"^(train|run|main|fit|test|eval|predict|plot|load|save|show)", re.I)


def own_things(namespace: dict[str, Any]) -> Found:
    """The functions and classes of the file itself, but private ones."""
    for name, value in namespace.items():
        if getattr(value, "__module__", None) == "__main__" and not name.startswith("_"):
            yield name, value


def needing_nothing(namespace: dict[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Functions that may make models and can be called as they are."""
    for name, value in own_things(namespace):
        if inspect.isfunction(value) and _may_make(name, value) and not required(value):
            yield name, value


def functions(namespace: dict[str, Any]) -> Found:
    """Functions that make models and need arguments."""
    for name, value in _functions_with_models(namespace):
        if not _DOES.match(name):
            yield name, value


def doers(namespace: dict[str, Any]) -> Found:
    """Functions that make models on the way: they train, test or show."""
    for name, value in _functions_with_models(namespace):
        if _DOES.match(name):
            yield name, value


def parts(namespace: dict[str, Any]) -> Found:
    """Functions from tensors to tensors, the last first: it uses those before it."""
    found = [
        (name, value)
        for name, value in namespace.items()
        if inspect.isfunction(value) and _reaches_layers(value) and takes_tensors(value)
    ]
    yield from reversed(found)


def models(namespace: dict[str, Any]) -> Found:
    """Classes of models."""
    for name, value in _with_call(namespace):
        if issubclass(value, keras.Model):
            yield name, value


def layers(namespace: dict[str, Any]) -> Found:
    """Classes of layers that are no models."""
    for name, value in _with_call(namespace):
        if not issubclass(value, keras.Model):
            yield name, value


def builders(namespace: dict[str, Any]) -> Found:
    """Classes of no layers, of which a method makes models."""
    for name, value in namespace.items():
        is_other = inspect.isclass(value) and not issubclass(value, keras.layers.Layer)
        if is_other and {"Model", "Sequential"} & direct_names(value):
            yield name, value


def methods(kind: type) -> list[str]:
    """Names of the methods that a class has of its own."""
    return [
        name
        for name, value in vars(kind).items()
        if inspect.isfunction(value) or isinstance(value, staticmethod | classmethod)
    ]


def making_methods(kind: type) -> list[str]:
    """Those that may make models, by their names or by what they use."""
    return [
        name
        for name in methods(kind)
        if not (name.startswith("__") and name.endswith("__"))
        and _may_make(name, getattr(kind, name))
    ]


def first_parameter(function: Any) -> str:
    """The name of a function's first parameter."""
    return next(iter(inspect.signature(function).parameters), "self")


def direct_names(value: Any) -> set[str]:
    """Names that a function, or the methods of a class, use themselves."""
    if not inspect.isclass(value):
        return _code_names(value)
    return set().union(*(_code_names(getattr(value, method)) for method in methods(value)), set())


def _with_call(namespace: dict[str, Any]) -> Found:
    plain = (_call_of(keras.layers.Layer), _call_of(keras.Model))
    for name, value in namespace.items():
        if not (inspect.isclass(value) and issubclass(value, keras.layers.Layer)):
            continue
        # A model that only trains others (a GAN) has no call, but says which it wants.
        trains_others = "train_step" in vars(value) and bool(required(value))
        if _call_of(value) not in plain or trains_others:
            yield name, value


def _call_of(kind: Any) -> Any:
    return kind.call


def _functions_with_models(namespace: dict[str, Any]) -> Found:
    for name, value in namespace.items():
        is_maker = inspect.isfunction(value) and required(value) and _reaches_models(value)
        if is_maker and not takes_tensors(value):
            yield name, value


def _reaches_layers(value: Any) -> bool:
    return any(inspect.isclass(getattr(keras.layers, n, None)) for n in names_within(value))


def _reaches_models(value: Any) -> bool:
    names = names_within(value)
    space = getattr(inspect.unwrap(value), "__globals__", {})
    return bool({"Model", "Sequential"} & names) or any(
        inspect.isclass(space.get(name)) and issubclass(space[name], keras.layers.Layer)
        for name in names
    )


def _may_make(name: str, function: Any) -> bool:
    return bool(MAKES_MODELS.search(name) or {"Model", "Sequential"} & _code_names(function))


def _code_names(function: Any) -> set[str]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return set() if code is None else {*code.co_names, *code.co_freevars}


# The likeliest first.
KINDS = (functions, models, builders, doers, layers, parts)
