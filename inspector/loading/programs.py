"""What runs when a file is opened: a script, the cells of a notebook, or a saved model.

program = read_program(situation, allow_code)     what cannot be read is refused here
program.run(around)                               inside the guard around all of the user's code
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, Protocol

from inspector.errors import OpenError
from inspector.files.kinds import ARCHITECTURE, ARCHIVE, HDF5, NOTEBOOK, UNPACKED, FileKind, kind_of
from inspector.loading.notebook import Cell, read_notebook, run_cells
from inspector.loading.python_file import NotReadable, read_code
from inspector.loading.situation import Situation
from inspector.loading.statements import run_to_end
from inspector.trace import Source

_SAVED = (ARCHIVE, UNPACKED, HDF5, ARCHITECTURE)


@dataclass(frozen=True, slots=True)
class Around:
    """What a program is given when it runs.

    namespace: of `__main__`.
    may_go_on: told the first error; whether what follows it is tried.
    tell:      takes a text that lines will refer to.
    place:     takes a layer that no line of Python made, with the line it belongs to.
    """

    namespace: dict[str, object]
    may_go_on: Callable[[Exception], bool]
    tell: Callable[[Source], None]
    place: Callable[[Any, str, int], None]


class Program(Protocol):
    """A file that was read and can be run once."""

    def run(self, around: Around) -> None: ...


@dataclass(frozen=True, slots=True)
class Script:
    """A Python file."""

    code: CodeType
    situation: Situation

    def run(self, around: Around) -> None:
        run_to_end(self.code, around.namespace, self.situation, around.may_go_on)


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells of a notebook."""

    cells: tuple[Cell, ...]
    situation: Situation

    def run(self, around: Around) -> None:
        for cell in self.cells:
            around.tell(cell.source)
        run_cells(self.cells, around.namespace, self.situation.notes, around.may_go_on)


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved model. It is read only when it runs, since its parsers may take long or crash."""

    kind: FileKind
    situation: Situation
    allow_code: bool

    def run(self, around: Around) -> None:
        # Needs h5py and most of Keras, which a script may never need.
        from inspector.loading.archives.saved_model import read_saved

        saved = read_saved(self.situation.path, self.kind, self.situation.scratch)
        around.tell(saved.source)
        model = saved.build(self.situation.notes, allow_code=self.allow_code)
        saved.place(model, around.place)
        around.namespace["model"] = model


def read_program(situation: Situation, *, allow_code: bool = False) -> Program:
    """Look at the file, and read it as far as that runs nothing.

    Raises:
        NotReadable: it is no file that can be opened.
    """
    try:
        kind = kind_of(situation.path)
    except OpenError:
        kind = None  # `read_code` says what is wrong
    if kind is not None and not kind.opens and kind.name not in ("empty", "binary"):
        refusal = kind.refusal(situation.path)
        raise NotReadable(refusal.message, fix=refusal.fix, kind="NotAModel")
    if kind in _SAVED:
        return Saved(kind, situation, allow_code)
    if kind is NOTEBOOK:
        return Notebook(read_notebook(situation.path), situation)
    return Script(read_code(situation.path), situation)
