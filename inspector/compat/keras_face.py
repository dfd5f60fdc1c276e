"""Keras under the names of its past: `tf.keras`, `tensorflow.python.keras`, old `keras.*` paths.

A face module answers from real Keras 3 modules first (`keras._tf_keras.keras`, the face that Keras
itself ships for TensorFlow users, then `keras`), then from what this package keeps of Keras 2,
then from the tables of `keras_paths`, noting what to write today.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

from inspector.compat.keras_paths import FILES, MODULES, RENAMED
from inspector.compat.namespaces import StandIn, Unknown, registered
from inspector.compat.notes import note

_MISSING = object()


@cache
def _real(path: str) -> tuple[ModuleType, ...]:
    """The real modules at a path under `keras`, the face for TensorFlow first."""
    found = []
    for base in ("keras._tf_keras.keras", "keras"):
        if _exists(base, path):
            found.append(importlib.import_module(f"{base}.{path}".rstrip(".")))
    return tuple(found)


def _today(path: str) -> tuple[str, ...]:
    """Where the contents of a path are today, the path itself first where it exists."""
    if _is_real(path):
        return (path,)
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        places = MODULES.get(".".join(parts[:count]))
        if places is not None:
            return places
    # A file is written in small letters; a class that is not there is no module.
    is_file = len(parts) > 1 and parts[1].islower()
    return FILES.get(parts[0], ()) if is_file else ()


@cache
def _is_real(path: str) -> bool:
    return bool(_real(path)) and not path.startswith("src")


def is_keras_module(path: str) -> bool:
    """Whether `keras.<path>` is, or once was, a module."""
    return path == "" or path in _extra_modules() or bool(_today(path)) or path == "src"


@cache
def _extra_modules() -> frozenset[str]:
    return frozenset({"layers.experimental.preprocessing", "layers.experimental", "experimental"})


def face_module(name: str, path: str) -> ModuleType:
    """The module `name` that shows Keras' `path`, old names included."""
    if path.startswith("src"):
        return importlib.import_module(f"keras.{path}")
    return registered(
        name, lambda: StandIn(name, lambda leaf: _resolve(name, path, leaf), lambda: _names(path))
    )


def has_old_keras_module(name: str) -> bool:
    """Whether `keras.<...>` is a module of the past that the real package lacks."""
    path = name.partition(".")[2]
    if not path or path.startswith(("src", "_tf_keras")):
        return False
    if _exists("keras", path):
        return False
    return is_keras_module(path)


@cache
def _exists(base: str, path: str) -> bool:
    """Whether a real package has this module; asked of the file system, so never of our finder."""
    places: Any = list(importlib.import_module(base).__path__)
    parts = path.split(".") if path else []
    for position in range(len(parts)):
        name = ".".join([base, *parts[: position + 1]])
        spec = importlib.machinery.PathFinder.find_spec(name, places)
        if spec is None:
            return False
        places = spec.submodule_search_locations
        if places is None:
            return position == len(parts) - 1
    return True


def old_keras_module(name: str) -> ModuleType:
    """The stand-in for a module path that Keras 3 dropped."""
    path = name.partition(".")[2]
    today = ", ".join(f"keras.{place}".rstrip(".") for place in _today(path)[:2])
    if _today(path) == (path,):
        note(
            f"import of {name}", "it is kept for old code; use keras.layers.TextVectorization today"
        )
    else:
        note(f"import of {name}", f"that path is from an older Keras; import from {today} today")
    return face_module(name, path)


# Packages that were Keras for a while: before Keras 3, and for Keras 2 beside it.
OTHER_KERASES = ("keras_core", "tf_keras")


def has_other_keras(name: str) -> bool:
    """Whether a module of one of these packages is Keras' own under another name."""
    path = name.partition(".")[2]
    return not path or _exists("keras", path) or is_keras_module(path)


def other_keras(name: str) -> ModuleType:
    """Keras under the name of such a package."""
    note(f"import of {name}", "it is Keras 3 today; write import keras")
    return face_module(name, name.partition(".")[2])


def _names(path: str) -> Iterable[str]:
    names: set[str] = set(RENAMED.get(path, ()))
    for place in _today(path):
        for module in _real(place):
            names.update(n for n in dir(module) if not n.startswith("_"))
    return names


def _resolve(module: str, path: str, leaf: str) -> Any:
    kept = kept_name(path, leaf)
    if kept is not _MISSING:
        return kept
    for place in _today(path):
        # `keras` before Keras' face for TensorFlow: that is where a session replaces functions.
        for real in reversed(_real(place)):
            found = vars(real).get(leaf, _MISSING)
            if isinstance(found, ModuleType) and found.__name__.startswith("keras."):
                return face_module(f"{module}.{leaf}", f"{path}.{leaf}".lstrip("."))
            if found is not _MISSING:
                return found
    old = old_name(path, leaf)
    if old is not _MISSING:
        return old
    inner = f"{path}.{leaf}".lstrip(".")
    if is_keras_module(inner) and inner.split(".")[0] != "src":
        return face_module(f"{module}.{leaf}", inner)
    raise Unknown(f"{path}.{leaf}")


def kept_name(path: str, leaf: str) -> Any:
    """What this package keeps of Keras 2 and prefers to Keras 3's own; `_MISSING` when nothing."""
    from inspector.compat import keras_kept

    if (path, leaf) == ("backend", "tf"):  # `K.tf` was TensorFlow itself
        from inspector.compat.namespaces import tensorflow_module

        return tensorflow_module("tensorflow")
    for place in (path, *_today(path)):
        table = keras_kept.KEPT.get(place, {})
        if leaf in table:
            return table[leaf]
    return _MISSING


def old_name(path: str, leaf: str) -> Any:
    """A renamed name of Keras 1 or 2, noted; `_MISSING` when it is none."""
    # `optimizers.adam` was a class, `optimizers.optimizer_v2.adam` a file.
    for place in (path, *(today for today in _today(path) if today != "optimizers")):
        target = RENAMED.get(place, {}).get(leaf)
        if target is not None:
            where, _, what = target.partition(":")
            note(f"keras.{place}.{leaf}", f"it is called keras.{where}.{what} today")
            return getattr(_real(where)[0], what) if what else _real(where)[0]
    return _MISSING


def attach_old_names() -> None:
    """Let real Keras modules answer for old names too: a module `__getattr__` for each."""
    for name, module in list(sys.modules.items()):
        inner = name.partition(".")[2]
        if name.split(".")[0] == "keras" and not inner.startswith(("src", "_")):
            module.__getattr__ = _answer(inner)  # type: ignore[method-assign]


def _answer(path: str) -> Any:
    def answer(leaf: str) -> Any:
        if leaf.startswith("__"):
            raise AttributeError(leaf)
        try:
            return _resolve_in_keras(path, leaf)
        except Unknown:
            owner = f"keras.{path}".rstrip(".")
            raise AttributeError(f"module {owner!r} has no attribute {leaf!r}") from None

    return answer


def _resolve_in_keras(path: str, leaf: str) -> Any:
    kept = kept_name(path, leaf)
    found = kept if kept is not _MISSING else old_name(path, leaf)
    if found is not _MISSING:
        if path == "backend":
            note(f"keras.backend.{leaf}", "the old backend functions live in keras.ops today")
        return found
    for real in _real(path)[:1]:
        # What only `tf.keras` still has: aliases such as `initializers.glorot_uniform`.
        found = getattr(real, leaf, _MISSING)
        if found is not _MISSING and real.__name__.startswith("keras._tf_keras"):
            return found
    inner = f"{path}.{leaf}".lstrip(".")
    if has_old_keras_module(f"keras.{inner}"):
        return old_keras_module(f"keras.{inner}")
    raise Unknown(inner)
