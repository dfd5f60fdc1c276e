"""Looks at a FILE argument before any process is started for it."""

from __future__ import annotations

import json
from pathlib import Path

from inspector.errors import InspectorError, OpenError
from inspector.trace import SCHEMA, Trace, from_plain

_START_BYTES = 4096
# What other files that belong to Keras are called; none of them can be opened yet.
_NOT_YET = {
    ".keras": "a Keras archive",
    ".h5": "an HDF5 model file",
    ".hdf5": "an HDF5 model file",
    ".ipynb": "a notebook",
}


def check_readable(path: Path) -> None:
    """Refuse at once what nobody could open.

    Raises:
        OpenError: missing, a folder, unreadable, empty, or binary.
    """
    if not path.exists():
        raise OpenError(f"{path} does not exist.", fix="Check the path.")
    if path.is_dir():
        raise OpenError(f"{path} is a folder.", fix="Name a Python file in it.")
    if path.suffix.lower() in _NOT_YET:
        raise OpenError(
            f"{path} is {_NOT_YET[path.suffix.lower()]}, which cannot be opened yet.",
            fix="Open a Python file that loads it or builds the same model.",
        )
    try:
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
    except OSError as error:
        raise OpenError(
            f"{path} cannot be read: {error.strerror}.", fix="Give yourself the right to read it."
        ) from error
    if not start.strip():
        raise OpenError(f"{path} is empty.", fix="Open a file that builds a Keras model.")
    if b"\0" in start:
        raise OpenError(
            f"{path} is not a Python file: it holds binary data.", fix="Open a Python file."
        )


def is_trace(path: Path) -> bool:
    """Whether the file is a trace that was saved before, by its name."""
    return path.suffix.lower() == ".json"


def load_trace(path: Path) -> Trace:
    """Read a saved trace.

    Raises:
        OpenError: the file is no trace of this version.
    """
    try:
        plain = json.loads(path.read_text("utf-8"))
        if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
            raise OpenError(
                f'{path} is not a trace: it has no "schema": "{SCHEMA}".',
                fix="Write one with `inspector run FILE --json OUT`.",
            )
        return from_plain(Trace, plain)
    except OpenError:
        raise
    except (ValueError, RecursionError, InspectorError) as error:
        raise OpenError(
            f"{path} is not a trace: {error}", fix="Write one with `inspector run FILE --json OUT`."
        ) from error
