"""A Python file: read, compiled, and run as `__main__` with everything met by a policy.

code = read_code(path)                     wrong files are refused here, nothing has run
with prepared(situation):                  argv, working directory, imports, policies
    failure = run_code(code, ...)          one guard around all of the user's code
"""

from __future__ import annotations

import importlib.machinery
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from inspector.compat import compile_user_code
from inspector.errors import OpenError
from inspector.files.targets import package_of
from inspector.loading.failures import failure_of, user_traceback
from inspector.loading.interruption import Interrupter, Limit, Stopped
from inspector.loading.situation import Situation
from inspector.trace import OpenFailure

_MAX_FILE_BYTES = 20 << 20
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+(\.+)", re.MULTILINE)


class NotReadable(OpenError):
    """Raised when a file cannot be read as Python; nothing was run."""

    def __init__(self, message: str, *, fix: str, kind: str, line: int | None = None) -> None:
        super().__init__(message, fix=fix)
        self.kind = kind
        self.line = line

    def failure(self, path: Path) -> OpenFailure:
        """The same as a value of the trace."""
        return OpenFailure("open", self.kind, self.message, self.fix, str(path), self.line)


def read_code(path: Path) -> CodeType:
    """The file's code, decoded the way Python does (PEP 263).

    Raises:
        NotReadable: missing, a folder, unreadable, empty, binary, or wrong syntax.
    """
    source = _read(path)
    if not source.strip():
        raise NotReadable(
            f"{path.name} is empty.", fix="Open a file that builds a Keras model.", kind="EmptyFile"
        )
    if b"\0" in source:
        raise NotReadable(
            f"{path.name} is not a Python file: it holds binary data.",
            fix="Open a .py file.",
            kind="NotPython",
        )
    try:
        return compile_user_code(source, str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise NotReadable(
            f"{path.name} is no valid Python: {getattr(error, 'msg', None) or error}"
            f"{f' (line {line})' if line else ''}.",
            fix="Correct that line; Python itself cannot read it.",
            kind=type(error).__name__,
            line=line,
        ) from error
    except (RecursionError, MemoryError) as error:
        raise NotReadable(
            f"{path.name} is nested too deeply for Python to read it.",
            fix="Split the expression that is nested so deeply.",
            kind=type(error).__name__,
        ) from error


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise NotReadable(
                f"{path.name} has more than {_MAX_FILE_BYTES >> 20} MB, too much for a script.",
                fix="Open a .py file.",
                kind="NotPython",
            )
        return path.read_bytes()
    except OSError as error:
        fixes = {
            "FileNotFoundError": "Check the path.",
            "IsADirectoryError": "Name a .py file in that folder.",
        }
        kind = type(error).__name__
        raise NotReadable(
            f"{path} cannot be read: {error.strerror}.",
            fix=fixes.get(kind, "Give yourself the right to read it."),
            kind=kind,
        ) from error


@contextmanager
def prepared(situation: Situation) -> Iterator[ModuleType]:
    """The script's surroundings: `__main__`, `sys.argv`, `sys.path[0]`, the working directory."""
    module = ModuleType("__main__")
    module.__file__ = str(situation.path)
    module.__loader__ = importlib.machinery.SourceFileLoader("__main__", str(situation.path))
    patches = situation.patches
    patches.set(sys, "argv", [str(situation.path)])
    folders = [str(situation.folder)]
    above, module.__package__ = package_of(situation.path)
    if not module.__package__:
        above, module.__package__ = _package_by_imports(situation.path)
    if module.__package__:  # run as `python -m package.module`, so that `from . import x` works
        folders.append(str(above))
    patches.set(sys, "path", [*folders, *sys.path[1:]])
    patches.set(sys, "dont_write_bytecode", True)
    before, folder = sys.modules["__main__"], os.getcwd()
    sys.modules["__main__"] = module
    os.chdir(situation.folder)
    try:
        yield module
    finally:
        os.chdir(folder)
        sys.modules["__main__"] = before
        patches.undo()


def _package_by_imports(path: Path) -> tuple[Path, str]:
    """The same for a file whose folders have no `__init__.py`, by its `from ..x import y`."""
    found = _RELATIVE.findall(path.read_bytes()) if path.suffix == ".py" else []
    levels = max(map(len, found), default=0)
    folders = list(path.parents)[:levels]
    if not levels or not all(folder.name.isidentifier() for folder in folders):
        return path.parent, ""
    return folders[-1].parent, ".".join(folder.name for folder in reversed(folders))


def run_code(
    run: Callable[[], Any],
    situation: Situation,
    interrupter: Interrupter,
    *limits: Limit,
) -> OpenFailure | None:
    """Run the user's code; answers why it stopped, None when it came to its end.

    The one place at which everything that user code can raise is caught. Its traceback goes to
    the script's own stderr.
    """
    try:
        with interrupter.running(*limits):
            run()
    except SystemExit as error:
        return _ended(error, situation)
    except Stopped as error:
        return failure_of(error, situation.files)
    except BaseException as error:  # a guard: user code may raise anything
        _print_traceback(error, situation)
        return failure_of(error, situation.files)
    return None


def _ended(error: SystemExit, situation: Situation) -> OpenFailure | None:
    failure = failure_of(error, situation.files)
    if type(error) is SystemExit and error.code in (None, 0, False):
        situation.notes.add_at("sys.exit", failure.message, failure.file, failure.line)
        return None
    return failure


def _print_traceback(error: BaseException, situation: Situation) -> None:
    if situation.files.innermost(error.__traceback__) is None:
        return
    try:
        print(user_traceback(error, situation.files), file=sys.stderr)
    except Exception:  # an exception of the user whose own __str__ raises
        print(f"{type(error).__name__} (it cannot be printed)", file=sys.stderr)
        traceback.clear_frames(error.__traceback__)
