"""Which files are the user's, and at which of their lines the program is now."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Any

Location = tuple[str, int]

_OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_LIBRARY_PARTS = ("site-packages", "dist-packages")


def _library_folders() -> tuple[str, ...]:
    folders = {
        os.path.join(form(sysconfig.get_path(name)), "")
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
        for form in (os.path.abspath, os.path.realpath)
    }
    return tuple(folders)


class UserFiles:
    """Tells the user's files from libraries and from ours.

    opened: the file that is opened; it counts wherever it lies, even inside an installed package.
    """

    def __init__(self, opened: Path) -> None:
        self.opened = str(opened)
        self._libraries = _library_folders()
        self._known: dict[str, bool] = {self.opened: True}

    def contains(self, filename: str) -> bool:
        """Whether code in this file is the user's."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._look(filename)
        return known

    @staticmethod
    def is_ours(filename: str) -> bool:
        """Whether code in this file is Inspector's."""
        return filename.startswith(_OURS)

    def here(self) -> Location | None:
        """The innermost user line of the running thread's stack."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            if self.contains(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return None

    def innermost(self, traceback: TracebackType | None) -> Location | None:
        """The innermost user line of a traceback."""
        found = None
        while traceback is not None:
            filename = traceback.tb_frame.f_code.co_filename
            if self.contains(filename):
                found = (filename, traceback.tb_lineno)
            traceback = traceback.tb_next
        return found

    def from_first_line(self, traceback: TracebackType | None) -> TracebackType | None:
        """The traceback without what is ours above the user's first line."""
        while traceback is not None:
            if self.contains(traceback.tb_frame.f_code.co_filename):
                return traceback
            traceback = traceback.tb_next
        return None

    def _look(self, filename: str) -> bool:
        # "<string>", "<frozen ...>", "<__array_function__ internals>": made by libraries.
        if filename.startswith("<"):
            return False
        if filename.endswith((".pyx", ".pxd", ".pxi")):  # Cython's, of a library
            return False
        full = os.path.abspath(filename)
        if full.startswith(_OURS) or full.startswith(self._libraries):
            return False
        return not any(part in _LIBRARY_PARTS for part in full.split(os.sep))
