"""Watches: named expressions, their value at the cursor and over the steps of the run in view."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from inspector.errors import ExpressionError
from inspector.gui.state.evaluator import Evaluator, Values
from inspector.gui.state.recent import Store
from inspector.gui.state.viewpoint import Viewpoint
from inspector.session.debug_messages import Evaluation
from inspector.trace.breakpoints import Site
from inspector.trace.expressions import parse

_MOST, _MOST_POINTS = 50, 2_000
_WAITING = Evaluation(text="…")


@dataclass(frozen=True, slots=True)
class Watch:
    """An expression with a name."""

    name: str
    expression: str

    def __str__(self) -> str:
        plain = self.name == self.expression
        return self.expression if plain else f"{self.name} = {self.expression}"


@dataclass(frozen=True, slots=True)
class Series:
    """A watch over steps: values by call of one run, or by run where it names its calls.

    places: id of the call, or number of the run, for each value.
    """

    watch: Watch
    over: Literal["step", "run"]
    places: tuple[str | int, ...]
    values: tuple[float | None, ...]


class WatchList(QObject):
    """Kept with the file; values are asked for at every step that the cursor takes."""

    changed = Signal()
    values_changed = Signal()
    series_arrived = Signal(object)

    def __init__(self, viewpoint: Viewpoint, evaluator: Evaluator, store: Store) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._evaluator = evaluator
        self._store = store
        self._file = ""
        self.rows: tuple[Watch, ...] = ()
        self._values: dict[Watch, Evaluation] = {}
        self._turn = 0
        viewpoint.cursor_moved.connect(self.ask)
        viewpoint.run_changed.connect(self.ask)

    def open(self, path: Path) -> None:
        """Take the watches that a file had."""
        self._file = str(path)
        kept = self._store.value(self._key())
        rows = []
        for text in json.loads(kept) if isinstance(kept, str) else []:
            try:
                rows.append(read_watch(str(text)))
            except ExpressionError:
                continue  # of a version with other functions
        self.rows = tuple(rows)
        self.changed.emit()

    def close(self) -> None:
        """No file: its watches stay in the store."""
        self._file, self.rows, self._values = "", (), {}
        self.changed.emit()

    def add(self, text: str) -> Watch:
        """Watch an expression: `name = expression`, or the expression alone.

        Raises:
            ExpressionError: it is no expression, or there are too many.
        """
        made = read_watch(text)
        if len(self.rows) >= _MOST:
            raise ExpressionError(f"There are {_MOST} watches already.", fix="Delete some first.")
        self._set((*(row for row in self.rows if row.name != made.name), made))
        return made

    def delete(self, row: Watch) -> None:
        """Watch it no longer."""
        self._set(tuple(other for other in self.rows if other != row))

    def value(self, row: Watch) -> Evaluation:
        """What a watch is at the cursor."""
        return self._values.get(row, _WAITING)

    def ask(self) -> None:
        """Ask for every watch at the cursor; only the newest answers count."""
        step = self._viewpoint.step
        self._turn += 1
        if step is None or not self.rows:
            return
        turn, site = self._turn, Site(step.call, step.op)
        for row in self.rows:
            self._evaluator.ask(
                self._viewpoint.run.number,
                row.expression,
                (site,),
                partial(self._take, turn, row),
            )

    def ask_series(self, row: Watch) -> None:
        """Ask for a watch over all steps; `series_arrived` brings it."""
        if parse(row.expression).reads_current:
            self._ask_calls(row)
        else:
            self._ask_runs(row)

    def _take(self, turn: int, row: Watch, values: Values) -> None:
        if turn == self._turn and values:
            self._values[row] = values[0]
            self.values_changed.emit()

    def _ask_calls(self, row: Watch) -> None:
        run = self._viewpoint.run
        calls = run.calls[:: max(len(run.calls) // _MOST_POINTS, 1)]
        places = tuple(call.id for call in calls)

        def take(values: Values) -> None:
            if run is self._viewpoint.run:
                self._tell(row, "step", places, values)

        self._evaluator.ask(run.number, row.expression, [Site(call.id) for call in calls], take)

    def _ask_runs(self, row: Watch) -> None:
        shown = self._viewpoint.run
        runs = [run for run in self._viewpoint.runs if run.kind == shown.kind and run.calls]
        found: dict[int, Evaluation] = {}

        def take(number: int, values: Values) -> None:
            found[number] = values[0]
            if len(found) == len(runs):
                numbers = tuple(sorted(found))
                self._tell(row, "run", numbers, [found[number] for number in numbers])

        for run in runs:
            last = max(run.calls, key=lambda call: call.end)
            self._evaluator.ask(
                run.number,
                row.expression,
                (Site(last.id),),
                partial(take, run.number),
            )

    def _tell(
        self,
        row: Watch,
        over: Literal["step", "run"],
        places: tuple[str | int, ...],
        values: Sequence[Evaluation],
    ) -> None:
        numbers = tuple(value.number for value in values)
        self.series_arrived.emit(Series(row, over, places, numbers))

    def _set(self, rows: tuple[Watch, ...]) -> None:
        self.rows = rows
        if self._file:
            self._store.setValue(self._key(), json.dumps([str(row) for row in rows]))
        self.changed.emit()
        self.ask()

    def _key(self) -> str:
        return f"watches/{self._file}"


def read_watch(text: str) -> Watch:
    """A watch from `name = expression`, or from an expression that is its own name.

    Raises:
        ExpressionError: it is no expression.
    """
    name, equals, rest = text.partition("=")
    name = name.strip()
    is_named = equals and not rest.startswith("=") and name.replace(" ", "_").isidentifier()
    expression = rest.strip() if is_named else text.strip()
    parse(expression)
    return Watch(name if is_named else expression, expression)
