"""The entry in the import system: answers for `tensorflow` and for import paths of old Keras."""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from inspector.compat import addons, numpy_values
from inspector.compat.guard import ImportGuard, asked_by_user, refused
from inspector.compat.keras_face import (
    OTHER_KERASES,
    has_old_keras_module,
    has_other_keras,
    old_keras_module,
    other_keras,
)
from inspector.compat.missing import missing_module
from inspector.compat.namespaces import has_tensorflow_module, tensorflow_module


class StandInFinder(importlib.abc.MetaPathFinder):
    """Answers `tensorflow`, its sub-modules and old Keras paths; real Keras paths are not its."""

    def __init__(self, guard: ImportGuard) -> None:
        self.guard = guard

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root = name.partition(".")[0]
        if root == "tensorflow":
            if not asked_by_user(sys._getframe(1)):
                raise refused(name)
            if not has_tensorflow_module(name):
                # Never on to the next finder: a real TensorFlow may be installed.
                raise missing_module(name)
            numpy_values.give_arrays()
            return tensorflow_module(name).__spec__
        if root == addons.NAME and addons.has_module(name):
            return addons.module(name).__spec__
        if root == "keras" and has_old_keras_module(name):
            return old_keras_module(name).__spec__
        if root in OTHER_KERASES and has_other_keras(name) and asked_by_user(sys._getframe(1)):
            return other_keras(name).__spec__
        return None
