"""The classes that a saved model asks for, from the modules beside it: only where it is allowed."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from inspector.loading.archives import known

_NOT_MODULES = {"__main__", "builtins", "keras"}


def found_beside(config: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Classes and functions by the names in the config, and what could not be had, with why.

    Imports the modules that the config names, which runs them: the file's folder comes first.
    """
    found: dict[str, Any] = {}
    missing: list[tuple[str, str]] = []
    for module, name, registered in sorted(set(_asked_for(config))):
        try:
            found[registered] = found[name] = getattr(importlib.import_module(module), name)
        except Exception as error:  # the module's own code runs
            missing.append((f"{module}.{name}", f"{type(error).__name__}: {error}"))
    return found, missing


def _asked_for(value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        named = _named(value)
        if named is not None:
            yield named
        for item in value.values():
            yield from _asked_for(item)
    elif isinstance(value, list):
        for item in value:
            yield from _asked_for(item)


def _named(item: dict[str, Any]) -> tuple[str, str, str] | None:
    module, name = item.get("module"), item.get("class_name")
    if name == "function":
        name = item.get("config")
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    if module.partition(".")[0] in _NOT_MODULES or known.is_known_class(name, module):
        return None
    registered = item.get("registered_name")
    return module, name, registered if isinstance(registered, str) else name
