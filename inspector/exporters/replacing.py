"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from inspector.errors import ExportError


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the target and rename: a full disk or a crash leaves what was there before.

    Raises:
        ExportError: the file cannot be written.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}.",
            fix="Choose a folder that exists and that you may write to.",
        ) from error


def replace_by(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make the file somewhere else, then put it in its place, whole.

    Raises:
        ExportError: the file cannot be written, or `write` says so.
    """
    with tempfile.TemporaryDirectory(prefix="inspector-") as folder:
        made = Path(folder) / path.name
        write(made)
        replace_file(path, made.read_bytes())


def _mode(path: Path) -> int:
    """The mode of the file that is replaced, else what the umask leaves (mkstemp gives 0600)."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
