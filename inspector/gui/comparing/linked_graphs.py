"""The graphs of two runs side by side: selected, opened, panned and zoomed as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from inspector.gui.graph.graph_panel import GraphPanel
from inspector.gui.graph.scenes import SceneSource
from inspector.gui.look.theme import Appearance
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_panel import set_role
from inspector.trace import Run, Trace
from inspector.trace.difference import Pair


class Side(QWidget):
    """One of the two graphs, with a viewpoint of its own; `places`: the pair of each call."""

    def __init__(self, name: str, appearance: Appearance) -> None:
        super().__init__()
        self.name = name
        self.viewpoint = Viewpoint()
        self.scenes = SceneSource()
        self.graph = GraphPanel(self.viewpoint, appearance, self.scenes)
        self.graph.view.setAccessibleName(f"Call graph of run {name}")
        self.title = set_role(QLabel(), "title")
        self.title.setContentsMargins(10, 5, 10, 5)
        # Neither of the two gets more room for a longer name.
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.places: dict[str, int] = {}
        self.calls: list[str | None] = []
        self.middle = QPointF()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.title)
        layout.addWidget(self.graph, 1)

    def show_run(self, trace: Trace, run: Run, title: str) -> None:
        """Show a run as it ended, so that nothing of it is faint."""
        self.title.setText(f"{self.name}: {title}")
        self.viewpoint.close()
        self.viewpoint.show_trace(replace(trace, runs=(run,)))
        if run.failure is None:
            self.viewpoint.move_to(len(self.viewpoint.steps) - 1)

    def pair_up(self, calls: list[str | None]) -> None:
        """Take the call of each pair, None where it has none here."""
        self.calls = calls
        self.places = {call: place for place, call in enumerate(calls) if call is not None}

    def moved(self) -> QPointF:
        """How far the middle of the view has moved since this was asked last."""
        view = self.graph.view
        before, self.middle = self.middle, view.mapToScene(view.viewport().rect().center())
        return self.middle - before


class LinkedGraphs(QSplitter):
    """Graph A and graph B; a ring is around what differs.

    pair_chosen: a call was selected in one of them: the place of its pair.
    """

    pair_chosen = Signal(int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.sides = (Side("A", appearance), Side("B", appearance))
        self._is_linking = False
        self._ringed: tuple[frozenset[str], ...] = (frozenset(), frozenset())
        self.setChildrenCollapsible(False)
        for side, other in (self.sides, self.sides[::-1]):
            self.addWidget(side)
            self._link(side, other)
        self.setSizes([1000, 1000])

    def show_runs(self, trace: Trace, runs: tuple[Run, Run], titles: tuple[str, str]) -> None:
        """Show two runs; `pair_up` says which of their calls belong together."""
        with self._linking():
            for side, run, title in zip(self.sides, runs, titles, strict=True):
                side.show_run(trace, run, title)

    def pair_up(self, pairs: Sequence[Pair], differing: frozenset[int]) -> None:
        """Take which calls belong together, and the places of the pairs that differ."""
        for side, calls in zip(self.sides, zip(*map(_ids, pairs), strict=True), strict=True):
            side.pair_up(list(calls))
        self._ringed = tuple(
            frozenset(call for call, place in side.places.items() if place in differing)
            for side in self.sides
        )
        self._ring()

    def show_pair(self, place: int) -> None:
        """Select a pair in both graphs and bring it into view."""
        with self._linking():
            for side in self.sides:
                call = side.calls[place]
                if call is None:
                    side.viewpoint.select(None)
                else:
                    side.graph.show_call(call)

    def close_layouts(self) -> None:
        """End the layout processes."""
        for side in self.sides:
            side.scenes.close()

    def _link(self, side: Side, other: Side) -> None:
        side.viewpoint.selection_changed.connect(lambda: self._select(side))
        side.graph.view.view_changed.connect(lambda: self._move(side, other))
        side.graph.view.group_toggled.connect(lambda call: self._toggle(call, side, other))
        side.graph.scene_changed.connect(self._ring)

    def _select(self, side: Side) -> None:
        place = side.places.get(side.viewpoint.selected or "")
        if place is not None and not self._is_linking:
            self.show_pair(place)
            self.pair_chosen.emit(place)

    def _move(self, side: Side, other: Side) -> None:
        moved, view = side.moved(), side.graph.view
        # Each fits its own picture until the user moves one of them.
        if not self._is_linking and not view.is_fitted:
            with self._linking():
                other.graph.view.move_along(view.zoom, moved)

    def _toggle(self, call: str, side: Side, other: Side) -> None:
        place = side.places.get(call)
        twin = other.calls[place] if place is not None else None
        if twin is not None and (twin in other.graph.expanded) != (call in side.graph.expanded):
            other.graph.toggle(twin)

    def _ring(self) -> None:
        for side, ringed in zip(self.sides, self._ringed, strict=True):
            side.graph.mark_found(ringed)

    @contextmanager
    def _linking(self) -> Iterator[None]:
        before, self._is_linking = self._is_linking, True
        try:
            yield
        finally:
            self._is_linking = before


def _ids(pair: Pair) -> tuple[str | None, str | None]:
    return (pair.a.id if pair.a is not None else None, pair.b.id if pair.b is not None else None)
