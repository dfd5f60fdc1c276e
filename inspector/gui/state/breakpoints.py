"""The breakpoints of the open file: kept between sessions, told to the worker, moved with lines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from inspector.errors import ExpressionError
from inspector.gui.state.recent import Store
from inspector.trace.breakpoints import Breakpoint, parse_breakpoint, renewed

_MOST = 200


class BreakpointList(QObject):
    """What the user set; every change is kept at once."""

    changed = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._file = ""
        self.rows: tuple[Breakpoint, ...] = ()

    @property
    def enabled(self) -> tuple[Breakpoint, ...]:
        """Those that stop, with the open file's name where a line needs one."""
        return tuple(self.in_file(row) for row in self.rows if row.is_enabled)

    @property
    def file(self) -> str:
        """The open file, empty when there is none."""
        return self._file

    def in_file(self, row: Breakpoint) -> Breakpoint:
        """A line's breakpoint with its file written out."""
        return replace(row, file=self._file) if row.kind == "line" and not row.file else row

    def open(self, path: Path) -> list[str]:
        """Take the breakpoints that a file had; answers what is to be said about moved lines."""
        self._file = str(path)
        lines = _lines(path)
        found, said = [], []
        for row in self._kept():
            now, words = renewed(row, lines) if not row.file else (row, "")
            found.append(now)
            if words:
                said.append(words)
        self._set(tuple(found))
        return said

    def close(self) -> None:
        """Another file, or none: its breakpoints stay in the store."""
        self._file, self.rows = "", ()
        self.changed.emit()

    def add(self, text: str, *, source: str = "") -> Breakpoint:
        """Set a breakpoint by its text; the same once more changes nothing but its line.

        Several may stop at one place, each on a condition of its own.

        Raises:
            ExpressionError: it makes no sense, or there are too many; the list stays as it is.
        """
        made = replace(parse_breakpoint(text), source=source.strip())
        self._look_at_line(made)
        if len(self.rows) >= _MOST:
            raise ExpressionError(
                f"There are {_MOST} breakpoints already.", fix="Delete some of them first."
            )
        others = tuple(row for row in self.rows if str(row) != str(made))
        self._set((*others, made))
        return made

    def _look_at_line(self, row: Breakpoint) -> None:
        count = len(_lines(Path(self._file))) if self._file.endswith(".py") else 0
        if row.kind == "line" and not row.file and 0 < count < row.line:
            raise ExpressionError(
                f"There is no line {row.line}: {Path(self._file).name} has {count}.",
                fix="Name a line of the file.",
            )

    def at(self, place: str) -> Breakpoint | None:
        """The breakpoint at a place such as `line:12`."""
        return next((row for row in self.rows if row.place == place), None)

    def toggle(self, place: str, *, source: str = "") -> None:
        """Set a breakpoint at a place, or take away all that stop there."""
        others = tuple(row for row in self.rows if row.place != place)
        if len(others) == len(self.rows):
            self.add(place, source=source)
        else:
            self._set(others)

    def toggle_line(self, file: str, line: int, source: str) -> None:
        """Set a breakpoint on a line of a file, or take it away.

        Raises:
            ExpressionError: nothing on that line can run.
        """
        place = f"line:{line}" if file == self._file else f"line:{file}:{line}"
        text = source.strip()
        if self.at(place) is None and (not text or text.startswith("#")):
            what = "a comment" if text else "empty"
            raise ExpressionError(
                f"Line {line} is {what}: nothing stops there.", fix="Choose a line that runs."
            )
        self.toggle(place, source=source)

    def lines(self, file: str) -> dict[int, Breakpoint]:
        """The breakpoints on lines of a file."""
        rows = ((row, self.in_file(row)) for row in self.rows if row.kind == "line")
        return {row.line: row for row, here in rows if here.file in (file, Path(file).name)}

    def delete(self, row: Breakpoint) -> None:
        """Take a breakpoint away."""
        self._set(tuple(other for other in self.rows if other != row))

    def clear(self) -> None:
        """Take all away."""
        self._set(())

    def enable(self, row: Breakpoint, *, is_enabled: bool) -> None:
        """Let a breakpoint stop, or not for now."""
        self._exchange(row, replace(row, is_enabled=is_enabled))

    def change(self, row: Breakpoint, text: str) -> None:
        """Put a breakpoint by its text in the place of one of the list.

        Raises:
            ExpressionError: it makes no sense; the list stays as it is.
        """
        made = parse_breakpoint(text)
        source = row.source if made.place == row.place else ""
        self._exchange(row, replace(made, source=source, is_enabled=row.is_enabled))

    def _exchange(self, row: Breakpoint, other: Breakpoint) -> None:
        rows = (other if known == row else known for known in self.rows)
        self._set(tuple(dict.fromkeys(rows)))

    def _set(self, rows: tuple[Breakpoint, ...]) -> None:
        if rows != self.rows:
            self.rows = rows
            if self._file:
                kept = [[str(row), row.source, row.is_enabled] for row in rows]
                self._store.setValue(self._key(), json.dumps(kept))
            self.changed.emit()

    def _kept(self) -> list[Breakpoint]:
        found = []
        for entry in _read(self._store.value(self._key())):
            try:
                text, source, is_enabled = entry
                row = parse_breakpoint(str(text))
            except (ExpressionError, ValueError, TypeError):
                continue  # written by another version, or by hand
            found.append(replace(row, source=str(source), is_enabled=bool(is_enabled)))
        return found[:_MOST]

    def _key(self) -> str:
        return f"breakpoints/{self._file}"


def _read(kept: Any) -> list[Any]:
    try:
        found = json.loads(kept) if isinstance(kept, str) else []
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
