"""Which files a confined worker may read and write.

Everything may be read except the hidden entries of home folders (keys, tokens, browser profiles,
histories), other people's homes and the sockets of running services. Landlock only knows what is
allowed, so what is left open is listed: around each closed place its neighbours, up to the root.

    /  ─ usr, etc, ...                allowed
       ─ home ─ eve                   closed
              ─ ada ─ work            allowed
                    ─ .ssh            closed
                    ─ .keras          allowed, see `_HIDDEN_BUT_OPEN`
"""

from __future__ import annotations

import contextlib
import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from inspector.files.projects import project_folders

# Neither keys nor habits are kept in these.
_HIDDEN_BUT_OPEN = (
    ".keras", ".pyenv", ".conda", ".virtualenvs", ".fonts", ".nv", ".cupy", ".matplotlib",
    ".local/lib", ".local/share/fonts", ".local/share/virtualenvs", ".local/share/uv",
    ".cache/cupy", ".cache/fontconfig", ".cache/matplotlib", ".config/matplotlib",
)  # fmt: skip
# Not hidden, but profiles and messages all the same.
_CLOSED_IN_HOME = ("snap", "Mail", "mail", "Maildir")
_CLOSED = ("/run", "/var/spool", "/var/mail", "/var/backups", "/lost+found")
_HOMES = ("/home", "/Users", "/var/home")
# Devices that hold nothing; the last ones are a GPU's.
_DEVICES = ("null", "zero", "full", "random", "urandom")
_GPU_DEVICES = ("nvidia", "kfd", "dxg")


def readable(file: str | None, scratch: str) -> list[str]:
    """Folders and files that may be read, each with all that is beneath it.

    What is opened by name is open even inside a closed place, but for closed places inside it: a
    script that lies in a home folder does not open that folder's keys.
    """
    closed = {path for path in _closed() if os.path.lexists(path)}
    named = [] if file is None else [os.path.realpath(file)]
    opened = ["/", scratch, *named, *listable(file), *_python(), *_open_in(_home())]
    return [piece for path in dict.fromkeys(opened) for piece in _around(path, closed)]


def listable(file: str | None) -> list[str]:
    """Folders whose names may be read, each with those beneath it: Python's import lists them."""
    if file is None:
        return []
    path = Path(os.path.realpath(file))
    return [str(folder) for folder in (path.parent, *project_folders(path))]


def writable(scratch: str) -> list[str]:
    """Folders and devices that may be written to."""
    return [scratch, *(f"/dev/{name}" for name in _DEVICES), *_gpu()]


def _closed() -> Iterator[str]:
    home = _home()
    yield from _CLOSED
    for homes in {*_HOMES, os.path.dirname(home)} - {"/"}:
        for name in _names(homes):
            path = os.path.join(homes, name)
            if path != home and os.path.isdir(path):
                yield path
    if home != "/root":
        yield "/root"
    for name in _names(home):
        if name.startswith(".") or name in _CLOSED_IN_HOME:
            yield os.path.join(home, name)


def _around(folder: str, closed: set[str]) -> Iterator[str]:
    """The largest pieces of a folder that hold nothing that is closed."""
    inside = folder.rstrip("/") + "/"
    if not any(path.startswith(inside) for path in closed):
        yield folder
        return
    for name in _names(folder):
        path = inside + name
        # A link leads to a place that has its own rule; a rule by way of the link would open it.
        if path not in closed and not os.path.islink(path):
            yield from _around(path, closed) if os.path.isdir(path) else (path,)


def _open_in(home: str) -> Iterator[str]:
    for name in _HIDDEN_BUT_OPEN:
        yield os.path.join(home, name)
    for variable in ("KERAS_HOME", "CUPY_CACHE_DIR"):
        if path := os.environ.get(variable):
            yield path


def _python() -> Iterator[str]:
    """Where this Python and its packages are, wherever that is."""
    yield from {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable)}
    yield from {os.path.realpath(path) for path in sysconfig.get_paths().values()}
    yield site.getusersitepackages()
    yield from (path for path in sys.path if path)


def _gpu() -> Iterator[str]:
    devices = [name for name in _names("/dev") if name.startswith(_GPU_DEVICES)]
    yield from (f"/dev/{name}" for name in devices)
    if devices:
        # Kernels that CuPy and the driver have compiled, so that the next start is quick.
        kernels = os.environ.get("CUPY_CACHE_DIR") or os.path.join(_home(), ".cupy/kernel_cache")
        for path in (kernels, os.path.join(_home(), ".nv/ComputeCache")):
            with contextlib.suppress(OSError):
                os.makedirs(path, exist_ok=True)  # later it could not be made any more
            yield path


def _home() -> str:
    return os.path.realpath(os.path.expanduser("~"))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
