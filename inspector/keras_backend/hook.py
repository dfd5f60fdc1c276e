"""The import hook: makes Keras' backend named `numpy` be ours.

Keras 3.15 knows a closed list of backends and has no place to register another. Posing as the
one named `numpy` needs no change to Keras: a finder in front of `sys.meta_path` answers for
`keras.src.backend.numpy` alone, with the package `adapter` beside this file; its submodules then
load from that folder by themselves.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import numpy as np

from inspector.engine import array_module
from inspector.engine.array_module import Choice, EngineName
from inspector.errors import UsageError

BACKEND_PACKAGE = "keras.src.backend.numpy"
_ADAPTER = Path(__file__).with_name("adapter")


class BackendFinder(importlib.abc.MetaPathFinder):
    """Answers for Keras' NumPy backend and for nothing else."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != BACKEND_PACKAGE:
            return None
        return importlib.util.spec_from_file_location(
            name, _ADAPTER / "__init__.py", submodule_search_locations=[str(_ADAPTER)]
        )


def is_installed() -> bool:
    """Whether Keras' imports come to us."""
    return any(isinstance(finder, BackendFinder) for finder in sys.meta_path)


def install(engine: EngineName = "auto", keras_home: Path | None = None) -> Choice:
    """Make Keras run on our engine, import it, and say which array module was chosen and why.

    A second call changes nothing and gives the first one's choice.

    Args:
        engine: which arrays to compute with; `auto` takes a GPU that works.
        keras_home: a scratch folder that Keras may write its settings and caches to, seeded with
            the user's own settings; None leaves the user's folder in use.

    Raises:
        UsageError: keras was imported before, on another backend.
    """
    if is_installed():
        return array_module.choice
    if "keras" in sys.modules:
        raise UsageError(
            "Keras was imported before Inspector's backend was installed.",
            fix="Call inspector.keras_backend.install() before the first `import keras`.",
        )
    os.environ["KERAS_BACKEND"] = "numpy"
    if keras_home is not None:
        _move_keras_home(keras_home)
    # inf and NaN are answers here: the other backends give them without a word, and a warning
    # from inside an op would name our line instead of the user's.
    np.seterr(all="ignore")
    choice = array_module.use(engine)
    sys.meta_path.insert(0, BackendFinder())
    importlib.import_module("keras")
    # After Keras, because it replaces attributes of modules that must be there.
    importlib.import_module("inspector.keras_backend.keras_private").attach()
    return choice


def require() -> None:
    """Refuse to go on when Keras' imports do not come to us.

    Raises:
        UsageError: the hook is not installed.
    """
    if not is_installed():
        raise UsageError(
            "Inspector's Keras backend is not installed in this process.",
            fix="Call inspector.keras_backend.install() first.",
        )


def _move_keras_home(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    users = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "keras.json"
    if users.is_file():
        shutil.copyfile(users, folder / "keras.json")
    os.environ["KERAS_HOME"] = str(folder)
