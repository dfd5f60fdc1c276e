"""Why opening stopped, in the user's terms: their line, what happened, what to do."""

from __future__ import annotations

import os
import re
import traceback
from types import TracebackType

from inspector.errors import InspectorError, OpenError
from inspector.loading.interruption import Stopped
from inspector.loading.policies.endings import EndedItself
from inspector.loading.user_files import UserFiles
from inspector.trace import OpenFailure

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # Keras prints parts of its messages bold
# Numbers in brackets that say nothing any more for being so many.
_ARRAYS = re.compile(r"\[[\d\s.,e+\-\[\]nainf]{200,}\]")
_SHOWN = 60
_FIXES: tuple[tuple[type[BaseException], str], ...] = (
    (ModuleNotFoundError, "Install {name} into the worker's Python, or take that import out."),
    (ImportError, "Check the name against the installed version, or take that import out."),
    (FileNotFoundError, "Put {filename} where the script looks for it, or leave that line out."),
    (PermissionError, "Give yourself the right to read that file, or use another one."),
    (OSError, "Check the file or address that this line uses."),
    (RecursionError, "Give the function at that line a way to end."),
    (MemoryError, "Make the array at that line smaller; the worker's memory is limited."),
    (SyntaxError, "Correct that line; Python itself cannot read it."),
    (KeyError, "Look up which keys there are, at that line."),
    (NameError, "Define the name before that line uses it."),
    (AttributeError, "Look up what the name is called in Keras 3, and write that."),
    (TypeError, "Check the arguments at that line against Keras 3."),
    (ValueError, "Check the shapes and values that go into that line."),
)


def failure_of(error: BaseException, files: UserFiles) -> OpenFailure:
    """The failure that stands for an exception which came out of user code."""
    if isinstance(error, OpenError) and hasattr(error, "kind"):  # the file could not be read
        return OpenFailure("open", error.kind, error.message, error.fix, files.opened)
    place = files.innermost(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename and files.contains(error.filename):
        place = (error.filename, error.lineno or 1)
    file, line = place if place is not None else (None, None)
    return OpenFailure("open", _type_of(error), _message_of(error), _fix_of(error), file, line)


def user_traceback(error: BaseException, files: UserFiles) -> str:
    """The traceback as Python prints it, from the user's first line on, without frames of ours."""
    start = files.from_first_line(error.__traceback__)
    if isinstance(error, Stopped | SystemExit):
        return ""
    return "".join(traceback.format_exception(type(error), error, _without_ours(start, files)))


def _without_ours(start: TracebackType | None, files: UserFiles) -> TracebackType | None:
    # Below the user's last line there may be our engine: for them that is one line of Keras.
    kept = []
    part = start
    while part is not None:
        if not files.is_ours(part.tb_frame.f_code.co_filename):
            kept.append(part)
        part = part.tb_next
    following: TracebackType | None = None
    for part in reversed(kept):
        following = TracebackType(following, part.tb_frame, part.tb_lasti, part.tb_lineno)
    return following


def _type_of(error: BaseException) -> str:
    return "SystemExit" if isinstance(error, EndedItself) else type(error).__name__


def _message_of(error: BaseException) -> str:
    if isinstance(error, InspectorError):
        return _COLOURS.sub("", error.message)
    if isinstance(error, EndedItself):
        return f"The script ended its own process: {error.how}."
    if isinstance(error, SystemExit):
        return f"The script ended itself: sys.exit({error.code!r})."
    if isinstance(error, SyntaxError):
        return error.msg or "invalid syntax"
    if isinstance(error, RecursionError):
        return "A function calls itself without end (maximum recursion depth exceeded)."
    text = _ARRAYS.sub(lambda found: f"{found[0][:_SHOWN]} …]", _text_of(error))
    if isinstance(error, KeyError) and text and " " not in text:  # the key alone
        return f"There is no key {text}."
    return text or type(error).__name__


def _text_of(error: BaseException) -> str:
    try:
        return _COLOURS.sub("", str(error)).strip()
    except Exception:  # an exception of the user's whose own __str__ raises
        return ""


def _fix_of(error: BaseException) -> str:
    if isinstance(error, InspectorError) and error.fix:
        return error.fix
    if isinstance(error, Stopped):
        return error.fix or "Look at the line at which it was, or open the file again."
    if isinstance(error, SystemExit):
        return "Take that line out to see what comes after it."
    for kind, fix in _FIXES:
        if isinstance(error, kind):
            filename = getattr(error, "filename", None)
            shown = os.fsdecode(filename) if isinstance(filename, str | bytes) else "the file"
            return fix.format(name=getattr(error, "name", None) or "it", filename=shown)
    return "Look at that line: what it does fails."
