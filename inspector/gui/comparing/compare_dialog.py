"""The run in view beside another run of the file: both graphs, what differs, where they part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.comparing.difference_reader import DifferenceReader
from inspector.gui.comparing.linked_graphs import LinkedGraphs
from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import number_text, place_text
from inspector.gui.panels.run_chooser import run_titles
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.drop_down import DropDown
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel, set_role
from inspector.session.protocol import Command
from inspector.trace import Run
from inspector.trace.difference import Pair, RunDifference, compare

TOLERANCE = 1e-5
_NO_PARTNER = (
    "There is no other run that this one can be compared with.\n"
    "Run › Run the model again, in training mode, or on other inputs, makes one."
)
_RENEW_MS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A pair of calls in the list; `is_first`: where the runs part."""

    index: int
    pair: Pair
    is_first: bool


class CompareDialog(QDialog):
    """Chooses the other run, lists every call; a row leads to its call and line."""

    def __init__(
        self,
        parent: QWidget,
        viewpoint: Viewpoint,
        appearance: Appearance,
        send: Callable[[Command], None] | None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare runs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1120, 760)
        self._viewpoint, self._run = viewpoint, viewpoint.run
        self._others = partners(viewpoint.runs, viewpoint.run)
        self.reader = DifferenceReader(send, self) if send is not None else None
        self.difference = RunDifference(())
        self.chooser = self._make_chooser()
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.graphs = LinkedGraphs(appearance)
        self.list = TablePanel("Differences", _columns(appearance), _NO_PARTNER, stretch=2)
        self.first = QPushButton("&First difference")
        self._lay_out()
        self.list.row_chosen.connect(self._go_to)
        self.graphs.pair_chosen.connect(self._follow_graphs)
        self.finished.connect(self.graphs.close_layouts)
        self.first.clicked.connect(self.go_to_first)
        self.chooser.activated.connect(self._compare)
        viewpoint.trace_changed.connect(self._close_with_the_file)
        # Pairs arrive one by one, thousands of them: the list is renewed now and then.
        self._renewal = QTimer(self)
        self._renewal.setSingleShot(True)
        self._renewal.setInterval(_RENEW_MS)
        self._renewal.timeout.connect(self._renew)
        self._read: dict[int, Pair] = {}
        if self.reader is not None:
            self.reader.pair_read.connect(self._take)
            self.reader.finished.connect(self._renew)
        for part in (self.graphs, self.chooser, self.first, self._beside):
            part.setVisible(bool(self._others))
        self._compare(0)

    def go_to_first(self) -> None:
        """Show the call where the two part."""
        index = self.difference.first(TOLERANCE)
        if index is not None:
            self.list.table.selectRow(index)
            self._go_to(self.list.model.rows[index])

    def show_first(self) -> None:
        """Show the call where the two part as soon as it is known."""
        if self.reader is not None and self.reader.is_reading:
            self.reader.finished.connect(self.go_to_first)
        else:
            self.go_to_first()

    def _make_chooser(self) -> QComboBox:
        chooser = DropDown()
        chooser.setAccessibleName("The other run")
        trace = self._viewpoint.trace
        titles = run_titles(trace) if trace else []
        self._titles = {
            run.number: title for run, title in zip(self._viewpoint.runs, titles, strict=True)
        }
        chooser.addItems([self._titles[run.number] for run in self._others])
        return chooser

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(QLabel(f"A: {self._titles.get(self._run.number, '')}"))
        self._beside = set_role(QLabel("with B:"), "muted")
        top.addWidget(self._beside)
        top.addWidget(self.chooser, 1)
        top.addWidget(self.first)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(self.verdict)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.graphs)
        parts.addWidget(self.list)
        parts.setSizes([430, 250])
        parts.setChildrenCollapsible(False)
        layout.addWidget(parts, 1)

    def _compare(self, place: int) -> None:
        if not self._others:
            return
        other = self._others[place]
        self._read = {}
        self.difference = compare(self._run, other)
        runs = (self._run, other)
        trace = self._viewpoint.trace
        if trace is not None:
            titles = (self._titles[self._run.number], self._titles[other.number])
            self.graphs.show_runs(trace, runs, titles)
        self._show()
        if self.reader is not None and self._run.kind != "build":
            self.reader.start(self.difference, self._run, other)

    def _take(self, index: int, pair: Pair) -> None:
        self._read[index] = pair
        if not self._renewal.isActive():
            self._renewal.start()

    def _renew(self) -> None:
        pairs = [self._read.get(i, pair) for i, pair in enumerate(self.difference.pairs)]
        self.difference = replace(self.difference, pairs=tuple(pairs))
        self._show()

    def _close_with_the_file(self) -> None:
        if self._viewpoint.trace is None:
            self.close()

    def _show(self) -> None:
        chosen = self.list.table.currentIndex().row()
        first = self.difference.first(TOLERANCE)
        pairs = self.difference.pairs
        self.list.show_rows([Row(i, pair, i == first) for i, pair in enumerate(pairs)])
        if chosen >= 0:
            self.list.table.selectRow(chosen)
        same = ("identical", "close")
        differing = (i for i, pair in enumerate(pairs) if pair.state(TOLERANCE) not in same)
        self.graphs.pair_up(pairs, frozenset(differing))
        self.first.setEnabled(first is not None)
        if first is None:
            self.verdict.setText(f"The same: {len(pairs):,} calls{self._basis()}.")
        else:
            call = pairs[first].call
            words = _what(Row(first, pairs[first], True))
            self.verdict.setText(
                f"They part first at {call.path} ({call.class_}): {words}. "
                "What differs has a blue rim."
            )

    def _basis(self) -> str:
        if self.reader is not None and self.reader.is_reading:
            return " so far, comparing values…"
        has_values = any(value.size for pair in self.difference.pairs for value in pair.values)
        return f", values equal within {TOLERANCE:g}" if has_values else ", structure only"

    def _follow_graphs(self, place: int) -> None:
        self.list.table.selectRow(place)
        self._go_to_run(self.list.model.rows[place])

    def _go_to(self, row: Row) -> None:
        self.graphs.show_pair(row.index)
        self._go_to_run(row)

    def _go_to_run(self, row: Row) -> None:
        if self._viewpoint.run.number != self._run.number:
            self._viewpoint.show_run(self._run)
        if row.pair.a is not None:
            self._viewpoint.go_to_call(row.pair.a.id)
        call = row.pair.call
        if call.file is not None:
            self._viewpoint.source_requested.emit(call.file, call.line or 0)


def partners(runs: tuple[Run, ...], run: Run) -> list[Run]:
    """The runs that may stand beside one: symbolic with symbolic; its own model's come first."""
    others = [o for o in runs if o.number != run.number and (o.kind == "build") == is_build(run)]
    return sorted(
        others,
        key=lambda o: (
            o.number != run.changed_from,
            o.model != run.model,
            o.kind != run.kind,
            o.training == run.training,
        ),
    )


def is_build(run: Run) -> bool:
    """Whether a run has shapes only."""
    return run.kind == "build"


def _columns(appearance: Appearance) -> tuple[Column, ...]:
    def colour(row: Row) -> str | None:
        theme = appearance.theme
        state = row.pair.state(TOLERANCE)
        return theme.muted if state in ("identical", "close") else theme.warning

    return (
        Column(
            "Call",
            lambda row: "    " * row.pair.depth + row.pair.call.name,
            is_bold=lambda row: row.is_first,
        ),
        Column("Class", lambda row: row.pair.call.class_),
        Column("Difference", _what, colour=colour, is_bold=lambda row: row.is_first),
        Column("Max abs", lambda row: _largest(row, "maximum"), is_number=True),
        Column("Relative", lambda row: _largest(row, "relative"), is_number=True),
        Column("Line", lambda row: place_text(row.pair.call.file, row.pair.call.line)),
    )


def _what(row: Row) -> str:
    state = row.pair.state(TOLERANCE)
    if state == "close":
        return "within tolerance"
    if state != "differs":
        return state
    words = [str(aspect) for aspect in row.pair.aspects]
    for value in row.pair.values:
        if (value.relative or 0.0) > TOLERANCE:
            words.append(f"{value.what}: {value.differing:,} of {value.size:,} values")
    return "; ".join(words)


def _largest(row: Row, field: str) -> str:
    read = [v for v in row.pair.values if v.relative is not None and v.what.startswith("output")]
    return number_text(max(getattr(value, field) for value in read)) if read else ""
