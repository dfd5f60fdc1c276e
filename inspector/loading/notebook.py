"""A notebook: its code cells in their order, as one program; magics are taken out and noted.

Each cell is compiled under a name of its own, "notebook.ipynb cell 3", so that every line told
anywhere is the line of a cell. A cell that fails does not keep the next ones from being tried.
"""

from __future__ import annotations

import ast
import json
import linecache
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from inspector.compat import compile_user_code
from inspector.loading.notes import Notes
from inspector.loading.python_file import NotReadable
from inspector.loading.stand_ins.recording import StandIn
from inspector.trace import Source

_MAX_FILE_BYTES = 200 << 20
# Cell magics that run the cell's own Python.
_RUNS_CELL = {"time", "timeit", "capture", "prun", "memit", "heat", "debug"}
_RUNS_LINE = {"time", "timeit", "prun", "memit"}
_CELL_MAGIC = re.compile(r"%%(\w+)(.*)")
_LINE_MAGIC = re.compile(r"(\s*)%(\w+)(?:\s+(.*))?$")
_SHELL = re.compile(r"(\s*)!(.*)$")
_ASSIGNED = re.compile(r"(\s*)([\w.,\s\[\]'\"]+?)\s*=\s*([!%])\s*(\S.*)$")
_HELP = re.compile(r"(\s*)(\?{1,2}[\w.]+|[\w.%]+\?{1,2})\s*$")
_OPTIONS = re.compile(r"^(?:-\w+(?:\s*\d+)?\s+)*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell: its text as written, and the Python that runs in its place.

    magics: what was taken out: words and line.
    """

    file: str
    text: str
    python: str
    magics: tuple[tuple[str, int], ...] = ()

    @property
    def source(self) -> Source:
        """The cell as a text that lines refer to."""
        return Source(self.file, self.text)


def read_notebook(path: Path) -> tuple[Cell, ...]:
    """The code cells of a notebook.

    Raises:
        NotReadable: it is damaged, in another language, or holds no code.
    """
    plain = _plain(path)
    language = _language(plain)
    if language not in ("python", "python3", "ipython", ""):
        raise NotReadable(
            f"{path.name} is a notebook in {language}, not in Python.",
            fix="Open a notebook with a Python kernel.",
            kind="NotPython",
        )
    texts = [_text(cell) for cell in _cells(plain) if cell.get("cell_type") == "code"]
    if not any(text.strip() for text in texts):
        raise NotReadable(
            f"{path.name} holds no code.", fix="Open a notebook with code cells.", kind="EmptyFile"
        )
    return tuple(_cell(f"{path} cell {n}", text) for n, text in enumerate(texts, 1))


def run_cells(
    cells: tuple[Cell, ...],
    namespace: dict[str, object],
    notes: Notes,
    may_go_on: Callable[[Exception], bool],
) -> None:
    """Run the cells one after the other.

    may_go_on: told the first error; whether the cells after it are tried.

    Raises:
        BaseException: the first cell's error, after the others were tried.
    """
    namespace.setdefault("get_ipython", lambda: StandIn("get_ipython"))
    namespace.setdefault("display", _display)
    first: Exception | None = None
    for cell in cells:
        # Tracebacks and captions look lines up there.
        linecache.cache[cell.file] = (
            len(cell.text), None, cell.text.splitlines(keepends=True), cell.file,
        )  # fmt: skip
        for what, line in cell.magics:
            notes.add_at(what, "Of the notebook, not of Python; left out.", cell.file, line)
        try:
            exec(compile_user_code(cell.python, cell.file), namespace)
        except Exception as error:
            if first is None and not may_go_on(error):
                raise
            first = first or error
            _note_failure(cell, error, notes)
    if first is not None:
        raise first


def _note_failure(cell: Cell, error: Exception, notes: Notes) -> None:
    name = cell.file.rpartition(".ipynb ")[2]
    text = str(error).strip().partition("\n")[0][:160]
    line = error.lineno if isinstance(error, SyntaxError) else None
    why = f"{type(error).__name__}: {text}; the cells after it ran without it."
    notes.add_at(name, why, cell.file, line or 1)


def _display(*values: object, **_options: object) -> None:
    for value in values:
        print(value)


def _plain(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError(f"it has more than {_MAX_FILE_BYTES >> 20} MB")
        plain = json.loads(path.read_bytes())
        if isinstance(plain, dict) and isinstance(_cells(plain), list):
            return plain
        raise ValueError("it has no list of cells")
    except (OSError, ValueError, RecursionError) as error:
        raise NotReadable(
            f"{path.name} is damaged: {error}.",
            fix="Open it in Jupyter and save it again.",
            kind="DamagedFile",
        ) from error


def _cells(plain: dict[str, Any]) -> list[dict[str, Any]]:
    cells = plain.get("cells")
    if cells is None:  # version 3 had sheets
        sheets = plain.get("worksheets") or [{}]
        cells = sheets[0].get("cells") if isinstance(sheets[0], dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ValueError("it has no list of cells")
    return cells


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(str(line) for line in source)
    return source if isinstance(source, str) else ""


def _language(plain: dict[str, Any]) -> str:
    metadata = plain.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key)
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return str(part[name]).lower()
    return ""


def _cell(file: str, text: str) -> Cell:
    if _is_python(text) and not text.lstrip().startswith("%%"):
        return Cell(file, text, text)
    taken = _Taken()
    lines = text.splitlines()
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    magic = _CELL_MAGIC.match(lines[first]) if lines else None
    if magic is not None:
        taken.magics.append((f"%%{magic[1]}", first + 1))
        lines[first] = ""
        if magic[1] not in _RUNS_CELL:
            return Cell(file, text, _written(magic, lines[first + 1 :]), tuple(taken.magics))
    python: list[str] = []
    for number, line in enumerate(lines, 1):
        python.append(taken.without(line, number) if _begins_statement(python) else line)
    return Cell(file, text, "\n".join(python) + "\n", tuple(taken.magics))


def _written(magic: re.Match[str], body: list[str]) -> str:
    """A cell that is no Python; `%%writefile NAME` writes a file, which later cells may read."""
    name = magic[2].replace("-a", "").strip()
    if magic[1] not in ("writefile", "file") or not name:
        return ""
    return f"with open({name!r}, 'w') as _file: _file.write({chr(10).join(body) + chr(10)!r})\n"


@dataclass(slots=True)
class _Taken:
    magics: list[tuple[str, int]] = field(default_factory=list)

    def without(self, line: str, number: int) -> str:
        """The line without what only notebooks understand."""
        for found in _replacements(line):
            self.magics.append((line.strip()[:60], number))
            return found
        return line


def _replacements(line: str) -> Iterator[str]:
    if magic := _LINE_MAGIC.match(line):
        rest = _OPTIONS.sub("", magic[3] or "")
        yield f"{magic[1]}{rest}" if magic[2] in _RUNS_LINE and rest else f"{magic[1]}pass"
    elif shell := _SHELL.match(line):
        yield f"{shell[1]}pass"
    elif assigned := _ASSIGNED.match(line):
        value = "[]" if assigned[3] == "!" else "None"
        yield f"{assigned[1]}{assigned[2]} = {value}"
    elif asked := _HELP.match(line):
        yield f"{asked[1]}pass"


def _begins_statement(before: list[str]) -> bool:
    """Whether a line after these begins a statement: not inside brackets or a long string."""
    try:
        for _ in tokenize.generate_tokens(StringIO("\n".join(before) + "\n").readline):
            pass
    except (tokenize.TokenError, IndentationError, SyntaxError) as error:
        return "multi-line" not in str(error)
    return not (before and before[-1].rstrip().endswith("\\"))


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
