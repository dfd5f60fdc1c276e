"""The modules that user code sees: `tensorflow` and below, `tensorflow.keras`, old Keras paths.

Every stand-in module answers attribute by attribute from a `resolve(name)` function; what it does
not know is refused with a sentence on what to write instead. A module made here is registered in
`sys.modules`, so that `import a.b.c`, `from a.b import c` and `a.b.c` are one object.
"""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from inspector.compat.missing import missing_attribute
from inspector.compat.notes import note

Resolve = Callable[[str], Any]


class Unknown(Exception):
    """Raised by a resolver that has no such name."""


class StandInLoader(importlib.abc.Loader):
    """Hands out a stand-in module that is complete already."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run: attributes are resolved when they are asked for."""


class StandIn(ModuleType):
    """A module that answers from a resolver."""

    def __init__(self, name: str, resolve: Resolve, names: Callable[[], Iterable[str]]) -> None:
        super().__init__(name, f"Inspector's stand-in for {name}.")
        self.__path__: list[str] = []
        # The import system reads the spec of a module that is registered while it looks for it.
        self.__spec__ = ModuleSpec(name, StandInLoader(self), is_package=True)
        self.__spec__.submodule_search_locations = []
        self.__file__ = None
        self._resolve = resolve
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name != "__version__":
            if name == "__all__":
                return [n for n in self._names() if not n.startswith("_")]
            raise AttributeError(name)
        try:
            found = self._resolve(name)
        except Unknown:
            raise missing_attribute(self.__name__, name, list(self._names())) from None
        vars(self)[name] = found
        return found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`keras.layers.merge` was a module and a function."""
        owner, _, name = self.__name__.rpartition(".")
        try:
            found = self._resolve(name)
        except Unknown:
            found = None
        if found is None or isinstance(found, StandIn):
            raise missing_attribute(owner, name, list(self._names()))
        return found(*args, **kwargs)

    def __dir__(self) -> list[str]:
        return sorted({*self._names(), *vars(self)})


def registered(name: str, make: Callable[[], ModuleType]) -> ModuleType:
    """The module of this name, made on first use."""
    if name not in sys.modules:
        sys.modules[name] = make()
    return sys.modules[name]


@cache
def _children() -> dict[str, dict[str, Any]]:
    """Each dotted prefix of the registry with its entries; `None` marks a sub-module."""
    import inspector.compat.tf  # noqa: F401  # fills the registry
    from inspector.compat.registry import NAMES

    tree: dict[str, dict[str, Any]] = {"": {}}
    for dotted, value in NAMES.items():
        *parents, leaf = dotted.split(".")
        prefix = ""
        for part in parents:
            tree.setdefault(prefix, {}).setdefault(part, _SUBMODULE)
            prefix = f"{prefix}.{part}".lstrip(".")
        tree.setdefault(prefix, {})[leaf] = value
    return tree


_SUBMODULE = object()
# Sub-modules that are made of something else than the registry.
_SPECIAL = ("keras", "python", "compat", "_api")


def has_tensorflow_module(name: str) -> bool:
    """Whether `tensorflow.<...>` of this name is a module of the stand-in."""
    inner = name.partition(".")[2]
    first = inner.split(".")[0]
    if first in ("python", "_api", "core", "contrib"):
        return True
    if inner == "keras" or inner.startswith("keras."):
        from inspector.compat.keras_face import is_keras_module

        return is_keras_module(inner.partition(".")[2])
    if inner.startswith(("compat.v1.", "compat.v2.")):
        inner = inner[len("compat.v1.") :]
        return has_tensorflow_module(f"tensorflow.{inner}") or f"compat.v1.{inner}" in _children()
    return inner in _children() or inner == "compat.v2"


def tensorflow_module(name: str) -> ModuleType:
    """The stand-in module of this name (`tensorflow`, `tensorflow.nn`, ...)."""
    inner = name.partition(".")[2]
    if inner.split(".")[0] == "python":
        return _private_module(name, inner.partition(".")[2])
    if inner == "keras" or inner.startswith("keras."):
        from inspector.compat.keras_face import face_module

        return face_module(name, inner.partition(".")[2])
    if inner.startswith(("compat.v1", "compat.v2", "_api")):
        return _versioned_module(name, inner)
    return registered(
        name,
        lambda: StandIn(name, lambda leaf: _leaf(name, inner, leaf), lambda: _listed(inner)),
    )


def _listed(prefix: str) -> list[str]:
    listed = [n for n in _children().get(prefix, {}) if not n.startswith("_")]
    return [*listed, "keras"] if not prefix else listed


def _leaf(module: str, prefix: str, name: str) -> Any:
    dotted = f"{prefix}.{name}".lstrip(".")
    if dotted in ("keras", "python") or dotted == "compat.v2":
        return tensorflow_module(f"{module}.{name}")
    if dotted in ("initializers", "losses", "metrics", "optimizers"):
        return tensorflow_module(f"tensorflow.keras.{name}")
    found = _children().get(prefix, {}).get(name, Unknown)
    if found is _SUBMODULE:
        return tensorflow_module(f"{module}.{name}")
    if found is Unknown:
        raise Unknown(dotted)
    return found


def _versioned_module(name: str, inner: str) -> ModuleType:
    """`tensorflow.compat.v1`: what is particular to it, then today's names."""
    path = inner.split(".", 2)[2] if inner.count(".") > 1 else ""
    own = f"compat.v1.{path}".rstrip(".")

    def resolve(leaf: str) -> Any:
        if leaf == "keras" and not path:
            return tensorflow_module("tensorflow.keras")
        looks: tuple[Callable[[], Any], ...] = (
            lambda: _leaf(f"tensorflow.{own}", own, leaf),
            lambda: _leaf(f"tensorflow.{path}".rstrip("."), path, leaf),
            lambda: _anywhere(leaf),
        )
        for look in looks:
            try:
                return look()
            except Unknown:
                continue
        raise Unknown(leaf)

    return registered(name, lambda: StandIn(name, resolve, lambda: _listed(path)))


def _private_module(name: str, inner: str) -> ModuleType:
    """`tensorflow.python...`: names are looked for in the public API."""
    if inner == "keras" or inner.startswith("keras."):
        from inspector.compat.keras_face import face_module

        return face_module(name, inner.partition(".")[2])
    if inner.startswith("ops.init_ops"):
        from inspector.compat.keras_face import face_module

        return face_module(name, "initializers")

    def resolve(leaf: str) -> Any:
        if inner == "":
            return tensorflow_module(f"{name}.{leaf}")
        note(f"{name}.{leaf}", "a private path of TensorFlow; import the public name instead")
        if leaf.endswith(("_ops", "_util", "_impl", "ops", "dtypes", "context", "nest")):
            return _private_module(f"{name}.{leaf}", f"{inner}.{leaf}")
        return _anywhere(leaf)

    return registered(name, lambda: StandIn(name, resolve, lambda: []))


def _anywhere(leaf: str) -> Any:
    """A name of any of the public modules, top-level ones first."""
    tables = _children()
    for prefix in ("", "math", "nn", "random", "linalg", "image", "strings", "sparse", "io"):
        found = tables.get(prefix, {}).get(leaf, Unknown)
        if found not in (Unknown, _SUBMODULE):
            return found
    plain = leaf.removeprefix("random_")
    if plain != leaf:
        return _anywhere(plain)
    raise Unknown(leaf)
