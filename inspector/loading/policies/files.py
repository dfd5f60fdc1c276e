"""Writing files: everything lands in the scratch folder, and reads back from there."""

from __future__ import annotations

import builtins
import functools
import glob
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from inspector.loading.missing_data import MissingData
from inspector.loading.overlay import Overlay
from inspector.loading.situation import Situation

_WHY = "Nothing of yours is changed: it is written to a scratch folder, and read back from there."
_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Libraries that look into folders to see whether they are there: no data of the script's.
_LOOKERS = (
    os.sep.join(("", "keras", "src", "")),
    os.sep.join(("", "importlib", "")),
    os.sep.join(("", "pkgutil.py")),
)


def install(situation: Situation) -> Overlay:
    """Put an overlay under `open`, `os`, `shutil`, `tempfile` and `h5py`."""
    overlay = Overlay(situation.scratch)
    # A script may write a module and import it; Python's import reads files in its own way.
    written = overlay.copy_of(situation.folder)
    os.makedirs(written, exist_ok=True)  # Python remembers folders that were not there
    sys.path.insert(1, written)
    _Files(situation, overlay).install()
    return overlay


class _Files:
    def __init__(self, situation: Situation, overlay: Overlay) -> None:
        self.situation = situation
        self.overlay = overlay
        self.missing = MissingData(situation, overlay)

    def install(self) -> None:
        patches = self.situation.patches
        opener = self.open(io.open)
        patches.set(builtins, "open", opener)
        patches.set(io, "open", opener)
        patches.set(os, "open", self.os_open(os.open))
        for name in ("stat", "lstat", "access", "chdir", "readlink"):
            patches.wrap(os, name, self.reading)
        patches.set(os, "listdir", self.listdir)
        patches.set(os, "scandir", self.scandir(os.scandir))
        for name in ("glob", "iglob"):
            patches.wrap(glob, name, self.globbed)
        for name in ("glob", "rglob"):
            patches.wrap(Path, name, self.path_globbed)
        patches.wrap(shutil, "rmtree", self.removing_tree)
        patches.set(os, "mkdir", self.writing("make the folder", self.overlay.mkdir))
        for name in ("remove", "unlink"):
            patches.set(os, name, self.writing("remove", self.overlay.remove))
        patches.set(os, "rmdir", self.writing("remove the folder", self.overlay.rmdir))
        for name in ("rename", "replace"):
            patches.set(os, name, self.writing("rename", self.overlay.rename))
        for name in ("link", "symlink"):
            patches.set(os, name, self.writing("link", self.copy))
        for name in ("chmod", "chown", "lchown", "utime", "truncate", "mkfifo", "mknod"):
            patches.wrap(os, name, functools.partial(self.changing, name))
        # The other way of `rmtree` works on descriptors of folders, which have no paths to map.
        patches.set(shutil, "_use_fd_functions", False)
        self.situation.scratch.joinpath("tmp").mkdir(exist_ok=True)
        patches.set(tempfile, "tempdir", str(self.situation.scratch / "tmp"))
        patches.set(h5py.File, "__init__", self.h5_file(h5py.File.__init__))

    def open(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def open_mapped(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if isinstance(mode, str) and set(mode) & set("wax+"):
                return original(self.place(file, mode), mode, *args, **kwargs)
            if self.is_users_own(file):
                self.missing.opened(file, as_text="b" not in str(mode))
            return original(self.overlay.for_reading(file), mode, *args, **kwargs)

        return open_mapped

    def is_users_own(self, path: Any) -> bool:
        """Whether the script, or NumPy for it, reads; Keras finds its own files by trying."""
        frame: Any = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            if self.situation.files.contains(name):
                return True
            if any(part in name for part in _LOOKERS) or name.startswith("<frozen"):
                return False
            frame = frame.f_back
        return False

    def globbed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`glob.glob` (and `iglob`), over files made up for a pattern that finds none."""

        @functools.wraps(original)
        def find(pattern: Any, *args: Any, **kwargs: Any) -> Any:
            found = list(original(pattern, *args, **kwargs))
            if not found and self.is_users_own(pattern):
                self.missing.matched(os.path.join(kwargs.get("root_dir") or "", pattern))
                found = list(original(pattern, *args, **kwargs))
            return found if original.__name__ == "glob" else iter(found)

        return find

    def path_globbed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The same for `pathlib`."""

        @functools.wraps(original)
        def find(path: Path, pattern: str) -> Any:
            found = list(original(path, pattern))
            if not found and self.is_users_own(path):
                self.missing.matched(str(path / pattern))
                found = list(original(path, pattern))
            return iter(found)

        return find

    def removing_tree(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`rmtree` of what was never there removes nothing."""

        @functools.wraps(original)
        def remove(path: Any, *args: Any, **kwargs: Any) -> Any:
            if not self.overlay.exists(path) and self.situation.files.here() is not None:
                self.situation.notes.add(f"remove {path}", "It is not there.")
                return None
            return original(path, *args, **kwargs)

        return remove

    def place(self, file: Any, mode: str) -> Any:
        """Where a file opened with this mode is written."""
        if "x" in mode and self.overlay.exists(file):
            raise FileExistsError(17, os.strerror(17), os.fspath(file))
        if "+" in mode and "r" in mode and not self.overlay.exists(file):
            raise FileNotFoundError(2, os.strerror(2), os.fspath(file))
        target = self.overlay.for_writing(file, keep_content="a" in mode or "r" in mode)
        if target is not file:
            self.note("write", file)
        return target

    def os_open(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def open_mapped(path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:
            if not flags & _WRITING_FLAGS:
                return original(self.overlay.for_reading(path), flags, *args, **kwargs)
            if flags & os.O_EXCL and self.overlay.exists(path):
                raise FileExistsError(17, os.strerror(17), os.fspath(path))
            keep = not flags & os.O_TRUNC
            target = self.overlay.for_writing(path, keep_content=keep)
            if target is not path:
                self.note("write", path)
            return original(target, flags, *args, **kwargs)

        return open_mapped

    def reading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def read_mapped(path: Any, *args: Any, **kwargs: Any) -> Any:
            return original(self.overlay.for_reading(path), *args, **kwargs)

        return read_mapped

    def writing(self, verb: str, change: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(change)
        def change_mapped(path: Any, *args: Any, **kwargs: Any) -> Any:
            kwargs = {key: value for key, value in kwargs.items() if key == "mode"}
            before_free = self.overlay.is_free(path)
            change(path, *args, **kwargs)
            if not before_free:
                self.note(verb, path)

        return change_mapped

    def changing(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def change_mapped(path: Any, *args: Any, **kwargs: Any) -> Any:
            mapped = self.overlay.for_reading(path)
            if isinstance(mapped, int) or self.overlay.is_free(mapped):
                return original(mapped, *args, **kwargs)
            if name == "truncate":
                return original(self.overlay.for_writing(path, keep_content=True), *args)
            self.note(name, path)  # a property of a real file: left as it is
            return None

        return change_mapped

    def listdir(self, path: Any = ".") -> list[Any]:
        try:
            found = self.overlay.listdir(path)
        except FileNotFoundError:
            if not self.is_users_own(path):
                raise
            found = []
        if not found and self.is_users_own(path):
            # A data folder of another machine: scripts count, filter and read what is in it. An
            # empty one was made by the script, for what a program that did not run would put there.
            self.missing.listed(path)
            found = self.overlay.listdir(path)
        return found

    def scandir(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def scan_mapped(path: Any = ".") -> Any:
            if isinstance(path, int | bytes) or self.overlay.is_free(path):
                return original(path)
            return _Scan(self.overlay.scan(path))

        return scan_mapped

    def copy(self, source: Any, target: Any) -> None:
        """In place of a link, which could lead a later write out of the scratch folder."""
        shutil.copyfile(os.path.join(os.path.dirname(target), source), target)

    def h5_file(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def init_mapped(file: Any, name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> None:
            if isinstance(name, str | bytes | os.PathLike):
                if mode == "r":
                    name = self.overlay.for_reading(name)
                else:
                    name = self.place(name, {"w-": "x", "r+": "r+", "a": "a"}.get(mode, mode))
            original(file, name, mode, *args, **kwargs)

        return init_mapped

    def note(self, verb: str, path: Any) -> None:
        text = os.fsdecode(path)
        shown = os.path.relpath(text) if os.path.isabs(text) and _is_inside(text) else text
        self.situation.notes.add(f"{verb} {shown}", _WHY)


class _Scan:
    """What `os.scandir` gives, over entries that are known already."""

    def __init__(self, entries: list[os.DirEntry[str]]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> _Scan:
        return self

    def __next__(self) -> os.DirEntry[str]:
        return next(self._entries)

    def __enter__(self) -> _Scan:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        self._entries = iter(())


def _is_inside(path: str) -> bool:
    return os.path.abspath(path).startswith(os.getcwd() + os.sep)
