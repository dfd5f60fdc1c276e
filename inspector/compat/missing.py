"""What is said when user code asks a stand-in for a name that it does not have.

The error names what was asked for, the user's line, and the nearest thing that does exist. It is
an AttributeError (or an ImportError for `from tensorflow import x`) as well as `NotAvailable`, so
that `hasattr` and `try: ... except ImportError:` in user code go on working.
"""

from __future__ import annotations

import difflib
import os
import sys
import sysconfig
from functools import cache
from typing import Any

from inspector.errors import NotAvailable

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARIES = tuple(
    {
        os.path.join(os.path.realpath(sysconfig.get_path(name)), "")
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    | {os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "purelib")}
)


class MissingAttribute(NotAvailable, AttributeError):
    """Raised when a stand-in module is asked for a name that it does not have."""


class MissingImport(NotAvailable, ImportError):
    """Raised when user code imports a name that a stand-in does not have."""


class MissingModule(NotAvailable, ModuleNotFoundError):
    """Raised when user code imports a sub-module that a stand-in does not have."""


@cache
def is_user_file(path: str) -> bool:
    """Whether code in this file is the user's: not a library, not Inspector, not frozen Python."""
    if path.startswith("<frozen"):
        return False
    if path.startswith("<"):
        return True
    full = os.path.abspath(path)
    if full.startswith(_OURS) or f"{os.sep}site-packages{os.sep}" in full:
        return False
    return f"{os.sep}dist-packages{os.sep}" not in full and not full.startswith(_LIBRARIES)


def user_place() -> tuple[str, int] | None:
    """File and line of the innermost user frame on the stack; None when there is none."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if is_user_file(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def place_text() -> str:
    """The user's place as " (model.py, line 12)"; empty with no user code on the stack."""
    place = user_place()
    return "" if place is None else f" ({os.path.basename(place[0])}, line {place[1]})"


def advice(name: str, offered: list[str]) -> str:
    """One sentence on what to write instead of `name`."""
    import keras

    leaf = name.rpartition(".")[2]
    plain = leaf.removeprefix("reduce_").removeprefix("matrix_")
    near = difflib.get_close_matches(name, offered, n=1, cutoff=0.75)
    for candidate in (leaf, plain):
        if candidate in vars(keras.ops):
            return f"Write keras.ops.{candidate} instead."
    close = difflib.get_close_matches(plain, list(vars(keras.ops)), n=1, cutoff=0.8)
    if close:
        return f"The nearest function of Keras is keras.ops.{close[0]}."
    if near:
        return f"The nearest name that there is: {near[0]}."
    return "Use a function of keras.ops, or keep this code out of the file that is opened."


def missing_attribute(module: str, name: str, offered: list[str]) -> MissingAttribute:
    """The error for `module.name`."""
    return MissingAttribute(
        f"{module}.{name} is not in Inspector's stand-in for "
        f"{module.partition('.')[0]}{place_text()}.",
        fix=advice(name, offered),
    )


def missing_module(name: str) -> MissingModule:
    """The error for `import name`."""
    return MissingModule(
        f"{name} is not in Inspector's stand-in for TensorFlow{place_text()}.",
        fix="Use keras.ops or keras.layers, or keep this code out of the file that is opened.",
    )


def not_available(what: str, *, fix: str) -> NotAvailable:
    """The error for a name that exists but cannot work here, with the user's line."""
    return NotAvailable(f"{what} does not work in Inspector{place_text()}.", fix=fix)
