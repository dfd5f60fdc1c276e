"""Looks at a FILE argument before any process is started for it."""

from __future__ import annotations

import json
import linecache
import sys
from pathlib import Path

from inspector.errors import InspectorError, OpenError
from inspector.files.kinds import TRACE, kind_of
from inspector.files.targets import Target, target_of
from inspector.trace import SCHEMA, Trace, from_plain

_MOST_LISTED = 5


def check_readable(path: Path) -> Target:
    """What a FILE argument means; refuses at once what nobody could open.

    Raises:
        OpenError: missing, unreadable, empty, or of a kind that is not opened.
    """
    target = target_of(path)
    if target.folder is not None:
        others = ", ".join(target.others[:_MOST_LISTED])
        also = f" (there are also {others})" if others else ""
        print(f"inspector: {path} is a folder; opening {target.path}{also}.", file=sys.stderr)
    return target


def remember_sources(trace: Trace) -> None:
    """Let lines of notebooks' cells and of configs be looked up like those of files."""
    for source in trace.sources:
        lines = source.text.splitlines(keepends=True)
        linecache.cache[source.file] = (len(source.text), None, lines, source.file)


def is_trace(path: Path) -> bool:
    """Whether the file is a trace that was saved before."""
    return path.is_file() and kind_of(path) is TRACE


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
