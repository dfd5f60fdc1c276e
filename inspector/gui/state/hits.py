"""Where the breakpoints stop in the run in view, and the way from one stop to the next.

Places come from the record; conditions are asked of the worker, once for each run and breakpoint.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from inspector.gui.state.breakpoints import BreakpointList
from inspector.gui.state.evaluator import Evaluator, Values
from inspector.gui.state.viewpoint import Viewpoint
from inspector.trace import Run
from inspector.trace.breakpoints import Breakpoint, Site, sites

Direction = Literal[1, -1]


@dataclass(frozen=True, slots=True)
class Hits:
    """Where one breakpoint stops in one run; `problem`: why its condition could not be asked."""

    sites: tuple[Site, ...] = ()
    problem: str = ""
    is_asking: bool = False


class HitFinder(QObject):
    """Follows the run in view and the list; `changed` when more is known."""

    changed = Signal()
    # The stop that had to wait for its condition: whether there is one, and in which direction.
    answered = Signal(bool, int)

    def __init__(
        self, viewpoint: Viewpoint, breakpoints: BreakpointList, evaluator: Evaluator
    ) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._breakpoints = breakpoints
        self._evaluator = evaluator
        self._run: Run = viewpoint.run
        self._found: dict[Breakpoint, Hits] = {}
        self._wanted: Direction | None = None
        viewpoint.run_changed.connect(self._look)
        breakpoints.changed.connect(self._look)

    def of(self, row: Breakpoint) -> Hits:
        """Where a breakpoint of the list stops."""
        return self._found.get(self._breakpoints.in_file(row), Hits())

    @property
    def is_asking(self) -> bool:
        """Whether a condition is still being asked."""
        return any(hits.is_asking for hits in self._found.values())

    def go(self, direction: Direction) -> bool | None:
        """Move the cursor to the next stop; False when there is none, None when not known yet."""
        if self.is_asking:
            self._wanted = direction
            return None
        return self._move(direction)

    def _move(self, direction: Direction) -> bool:
        rows = self._breakpoints.enabled
        if any(site.op is not None for row in rows for site in self._found[row].sites):
            self._viewpoint.set_granularity("op")
        stops = sorted(
            {self._position(row, site) for row in rows for site in self._found[row].sites}
        )
        here = self._viewpoint.position
        place = bisect_right(stops, here) if direction > 0 else bisect_left(stops, here) - 1
        if not 0 <= place < len(stops):
            return False
        self._viewpoint.move_to(stops[place])
        return True

    def _position(self, row: Breakpoint, site: Site) -> int:
        steps = self._viewpoint.steps
        if site.op is not None:
            return steps.op_at(site.call, site.op)
        # What a condition asks for is there when the call has returned.
        return steps.span(site.call)[1] if row.condition else steps.entry_of(site.call)

    def _look(self) -> None:
        if self._run is not self._viewpoint.run:
            self._run, self._found, self._wanted = self._viewpoint.run, {}, None
        for row in map(self._breakpoints.in_file, self._breakpoints.rows):
            if row not in self._found:
                self._find(row)
        self.changed.emit()

    def _find(self, row: Breakpoint) -> None:
        run = self._run
        places = sites(run, row)
        if not row.condition or not places:
            self._found[row] = Hits(places)
            return
        self._found[row] = Hits(is_asking=True)

        def take(values: Values) -> None:
            if run is self._run:
                self._found[row] = _hits(places, values)
                self._told()

        self._evaluator.ask(run.number, row.condition, places, take)

    def _told(self) -> None:
        self.changed.emit()
        if self._wanted is not None and not self.is_asking:
            direction, self._wanted = self._wanted, None
            self.answered.emit(self._move(direction), direction)


def _hits(places: tuple[Site, ...], values: Values) -> Hits:
    pairs = list(zip(places, values, strict=False))
    problems = [value.problem for _, value in pairs if value.problem]
    problem = ""
    if problems:
        problem = f"not asked at {len(problems):,} of {len(pairs):,}: {problems[0]}"
    elif any(value.is_true is None for _, value in pairs):
        problem = "the condition is an array: wrap it in any(...) or all(...)"
    return Hits(tuple(site for site, value in pairs if value.is_true), problem)
