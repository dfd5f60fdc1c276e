"""Where in the user's own files the program is now."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

Location = tuple[str, int]


class Locator:
    """Finds the innermost line of user code on the stack.

    is_user_file: whether a file name is the user's; asked once per code object.
    """

    def __init__(self, is_user_file: Callable[[str], bool]) -> None:
        self._is_user_file = is_user_file
        self._known: dict[CodeType, bool] = {}

    @property
    def is_user_file(self) -> Callable[[str], bool]:
        """Whether a file name is the user's."""
        return self._is_user_file

    def find(self, stop_at: CodeType | None = None, skip: int = 0) -> tuple[Location | None, bool]:
        """The innermost user line, and whether the walk met `stop_at` before finding one.

        stop_at: code that marks a place whose own line is known already, so that the walk need
            not go on below it (an op inside Dense is on the line that called Dense).
        skip: how many frames of `stop_at` to walk past first.
        """
        frame: FrameType | None = sys._getframe(1)
        known = self._known
        while frame is not None:
            code = frame.f_code
            if code is stop_at:
                if not skip:
                    return None, True
                skip -= 1
            user = known.get(code)
            if user is None:
                user = known[code] = self._is_user_file(code.co_filename)
            if user:
                return (code.co_filename, frame.f_lineno), False
            frame = frame.f_back
        return None, False

    def is_user_code(self, function: Callable[..., object]) -> bool:
        """Whether a function, or the class of a callable object, was written by the user."""
        code = getattr(function, "__code__", None)
        if code is None:
            code = getattr(type(function).__call__, "__code__", None)
        return code is not None and self._is_user_file(code.co_filename)

    def of_traceback(self, traceback: Any) -> Location | None:
        """The innermost user line of a traceback."""
        found = None
        while traceback is not None:
            filename = traceback.tb_frame.f_code.co_filename
            if self._is_user_file(filename):
                found = (filename, traceback.tb_lineno)
            traceback = traceback.tb_next
        return found
