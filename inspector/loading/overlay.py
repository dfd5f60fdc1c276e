"""A layer over the file system: reads see the real files, writes land in a scratch folder.

    for_reading("data.csv")     the scratch copy if the script wrote one, else the real file
    for_writing("out/m.npz")    a place in the scratch folder; nothing real is touched
    remove("data.csv")          from here on it is not there any more, for the script only

What the script wrote or removed it finds again under the path that it used.
"""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

# The functions as they are before `policies.files` replaces them in `os` and `io`.
_stat, _lstat, _mkdir, _remove = os.stat, os.lstat, os.mkdir, os.remove
_rmdir, _rename, _listdir, _scandir = os.rmdir, os.rename, os.listdir, os.scandir
_open = io.open

_MAX_COPY_BYTES = 1 << 30
_BLOCK = 1 << 20
AnyPath = Any


class Overlay:
    """Maps paths of the script to real ones or to ones in `scratch`."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = os.path.realpath(scratch)
        self._root = os.path.join(self.scratch, "written")
        self._removed: set[str] = set()
        os.makedirs(self._root, exist_ok=True)

    def is_free(self, path: AnyPath) -> bool:
        """Whether the script may write there as it is: its scratch folder, or a device."""
        full = self._full(path)
        return full.startswith((self.scratch + os.sep, "/dev/")) or full == self.scratch

    def for_reading(self, path: AnyPath) -> AnyPath:
        """Where to read: the scratch copy, or the path as given."""
        if _is_descriptor(path) or self.is_free(path):
            return path
        full = self._full(path)
        copy = self._copy_of(full)
        if _there(copy):
            # A folder that is in both places reads as the real one; `listdir` merges the two.
            return copy if not (_is_folder(copy) and _is_folder(full)) else path
        return copy if self._is_removed(full) else path

    def for_writing(self, path: AnyPath, *, keep_content: bool = False) -> AnyPath:
        """Where to write; `keep_content` brings a real file's content along (append, r+)."""
        if _is_descriptor(path) or self.is_free(path):
            return path
        full = self._full(path)
        copy = self._copy_of(full)
        self._need_folder(os.path.dirname(full))
        if keep_content and not _there(copy) and _there(full) and not self._is_removed(full):
            _copy_file(full, copy)
        self._removed.discard(full)
        return copy

    def exists(self, path: AnyPath) -> bool:
        """Whether the script sees something there."""
        return _there(self.for_reading(path))

    def mkdir(self, path: AnyPath, mode: int = 0o777) -> None:
        """Make a folder in the scratch place."""
        if self.is_free(path):
            _mkdir(path, mode)
            return
        if self.exists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(path))
        _mkdir(self.for_writing(path), mode)

    def remove(self, path: AnyPath) -> None:
        """Take a file away, or make the real one look taken away."""
        self._drop(path, _remove)

    def rmdir(self, path: AnyPath) -> None:
        """The same for a folder."""
        if not self.is_free(path) and self.exists(path) and self.listdir(path):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), os.fspath(path))
        self._drop(path, _rmdir)

    def rename(self, source: AnyPath, target: AnyPath) -> None:
        """Move a file or folder; a real one is copied first and stays where it is."""
        if not self.exists(source):
            raise _not_found(source)
        goal = self.for_writing(target)
        if self.is_free(source) or _there(self._copy_of(self._full(source))):
            _rename(self.for_reading(source), goal)
        else:
            _copy_tree(self._full(source), goal)
        if not self.is_free(source):
            self._removed.add(self._full(source))

    def listdir(self, path: AnyPath = ".") -> list[Any]:
        """The names that the script sees in a folder."""
        if _is_descriptor(path) or self.is_free(path):
            return _listdir(path)
        as_bytes = isinstance(path, bytes)
        names = {entry.name for entry in self.scan(os.fsdecode(path))}
        return [os.fsencode(name) for name in names] if as_bytes else list(names)

    def scan(self, path: AnyPath) -> list[os.DirEntry[str]]:
        """The entries that the script sees in a folder, those that it wrote first."""
        full = self._full(path)
        copy = self._copy_of(full)
        entries: dict[str, os.DirEntry[str]] = {}
        found = False
        for place in (copy, path):
            if place is path and self._is_removed(full):
                continue
            if place is copy and not _is_folder(copy):
                continue
            with _scandir(place) as scan:
                found = True
                for entry in scan:
                    if place is copy or os.path.join(full, entry.name) not in self._removed:
                        entries.setdefault(entry.name, entry)
            if place is copy and not _is_folder(full):
                break
        if not found:
            raise _not_found(path)
        return list(entries.values())

    def copy_of(self, path: AnyPath) -> str:
        """Where in the scratch folder the script's writes to this path land."""
        return self._copy_of(self._full(path))

    def _drop(self, path: AnyPath, drop: Any) -> None:
        if self.is_free(path):
            drop(path)
            return
        if not self.exists(path):
            raise _not_found(path)
        full = self._full(path)
        if _there(self._copy_of(full)):
            drop(self._copy_of(full))
        if _there(full):
            self._removed.add(full)

    def _need_folder(self, folder: str) -> None:
        copy = self._copy_of(folder)
        if _is_folder(copy):
            return
        if self._is_removed(folder) or not _is_folder(folder):
            raise _not_found(folder)
        _make_folders(copy)

    def _is_removed(self, full: str) -> bool:
        while full not in self._removed:
            full, before = os.path.dirname(full), full
            if full == before:
                return False
        return True

    def _full(self, path: AnyPath) -> str:
        # Links are not resolved: scripts cannot make any (`policies.files` copies instead), and
        # `realpath` would come back here through the functions that are replaced in `os`.
        return os.path.abspath(os.fsdecode(path))

    def _copy_of(self, full: str) -> str:
        drive, rest = os.path.splitdrive(full)
        return os.path.join(self._root, drive.rstrip(":"), rest.lstrip("/\\"))


def _is_descriptor(path: AnyPath) -> bool:
    return isinstance(path, int)


def _there(path: str) -> bool:
    try:
        _lstat(path)
    except (OSError, ValueError):
        return False
    return True


def _is_folder(path: AnyPath) -> bool:
    try:
        return bool(_stat(path).st_mode & 0o170000 == 0o040000)
    except (OSError, ValueError):
        return False


def _not_found(path: AnyPath) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(path))


def _make_folders(path: str) -> None:
    if not _there(path):
        _make_folders(os.path.dirname(path))
        _mkdir(path)


def _copy_file(source: str, target: str) -> None:
    if _stat(source).st_size > _MAX_COPY_BYTES:
        raise PermissionError(errno.EFBIG, "too large to be copied to the scratch folder", source)
    with _open(source, "rb") as reader, _open(target, "wb") as writer:
        while block := reader.read(_BLOCK):
            writer.write(block)


def _copy_tree(source: str, target: str) -> None:
    if not _is_folder(source):
        _copy_file(source, target)
        return
    _mkdir(target)
    for name in _listdir(source):
        _copy_tree(os.path.join(source, name), os.path.join(target, name))
