"""Stand-ins that user files may import: `tensorflow`, and the import paths of older Kerases.

    install            puts them in place; answers what can be undone and what was replaced
    compile_user_code  compiles a user's file so that TensorFlow's shape and dtype methods work
    parse_user_code    the same as a tree, for running a file statement by statement

    finder      the one entry on sys.meta_path       tf          TensorFlow's names, on keras.ops
    guard       only user files see `tensorflow`     registry    the flat table of those names
    namespaces  modules made of the table            keras_*     Keras 2 under Keras 3
    missing     what is said of a name not there     notes       what was replaced
    numpy_*     NumPy under code for TensorFlow or NumPy 1

The real TensorFlow is never imported. Keras does not see the stand-in: its `available` flag for
TensorFlow is False and its import is refused (`guard`). The exception is listed in
`keras_patches`: Keras modules that are about TensorFlow by nature (the old backend functions, data
set makers) get the stand-in by name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass

from inspector.compat.namespaces import StandIn
from inspector.compat.notes import OnReplaced, listen, noted
from inspector.compat.rewrite import compile_user_code, parse_user_code

__all__ = ["Installed", "compile_user_code", "install", "parse_user_code"]


@dataclass(frozen=True, slots=True, eq=False)
class Installed:
    """What `install` put in place."""

    finder: object
    guard: object
    numpy_as_it_is: Callable[[], None] = lambda: None

    @property
    def replaced(self) -> list[tuple[str, str]]:
        """What user code used that was replaced so far, and what to write today."""
        return noted()

    def remove(self) -> None:
        """Take finder and guard away; patches of Keras stay."""
        if self.finder in sys.meta_path:
            sys.meta_path.remove(self.finder)
        importlib.import_module("inspector.compat.numpy_values").give_tensors()
        self.numpy_as_it_is()
        self.guard.remove()  # type: ignore[attr-defined]
        # A list first: asking a lazy module for its class imports others.
        for name in [n for n, module in list(sys.modules.items()) if isinstance(module, StandIn)]:
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)


def install(on_replaced: OnReplaced | None = None) -> Installed:
    """Let user files import `tensorflow` and old Keras paths.

    on_replaced: told (what, why) of each old thing that user code uses, once per line.

    Needs Inspector's Keras backend installed; imports Keras. A second call only changes who is
    told.
    """
    from inspector.compat import keras_patches, numpy_names
    from inspector.compat.finder import StandInFinder
    from inspector.compat.guard import ImportGuard

    listen(on_replaced)
    for finder in sys.meta_path:
        if isinstance(finder, StandInFinder):
            return Installed(finder, finder.guard)
    keras_patches.attach()
    guard = ImportGuard()
    guard.install()
    made = StandInFinder(guard)
    sys.meta_path.insert(0, made)
    return Installed(made, guard, numpy_names.attach())
