"""The dock of breakpoints: typed, switched on and off, with their stops in the run in view."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance
from inspector.gui.state.breakpoints import BreakpointList
from inspector.gui.state.hits import HitFinder
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.entry_line import EntryLine
from inspector.gui.widgets.table_model import ROW, Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.trace.breakpoints import CONDITIONS, Breakpoint

_HINT = "class:Dense if max(abs(y)) > 10     line:12     call:encoder/*     op:matmul     any"
_EMPTY = (
    "No breakpoints. Type one above, click beside a line number in the source, "
    "or press F9 at a call."
)
# What a condition of the menu starts with; the number is there to be changed.
_VALUES = {"shape differs from": "(32, 10)", "share of dead units above": "0.5"}


class BreakpointsPanel(QWidget):
    """One row a breakpoint; a click shows its first stop, the box switches it on and off."""

    def __init__(
        self,
        viewpoint: Viewpoint,
        appearance: Appearance,
        breakpoints: BreakpointList,
        hits: HitFinder,
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._viewpoint, self._breakpoints, self._hits = viewpoint, breakpoints, hits
        self.entry = EntryLine("Breakpoint", _HINT, "Add", self._take)
        self._changing: Breakpoint | None = None
        self.entry.line.textChanged.connect(self._look_at_text)
        self.conditions = QPushButton("Condition ▾")
        self.conditions.setMenu(self._condition_menu())
        self.conditions.setText("Condition")
        self.entry.row.insertWidget(1, self.conditions)
        self.list = TablePanel("Breakpoints", self._columns(appearance), _EMPTY, stretch=4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.entry)
        layout.addWidget(self.list, 1)
        table = self.list.table
        table.clicked.connect(self._clicked)
        table.doubleClicked.connect(lambda index: self.edit(index.data(ROW)))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        for key, run in (("Delete", self._delete), ("Space", self._toggle)):
            shortcut = QShortcut(QKeySequence(key), table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)
        breakpoints.changed.connect(self.refresh)
        hits.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the list as it is."""
        place = self.list.table.currentIndex().row()
        self.list.model.show_rows(())  # the counts are not part of the rows
        self.list.show_rows(self._breakpoints.rows)
        if 0 <= place < len(self._breakpoints.rows):
            self.list.table.selectRow(place)

    def edit(self, row: Breakpoint) -> None:
        """Put a breakpoint into the line above, to be changed."""
        self.propose(str(row))
        self._changing = row
        self.entry.button.setText("Change")

    def propose(self, text: str) -> None:
        """Put a new breakpoint into the line above, to be changed before it is added."""
        self.entry.line.clear()
        self.entry.write(text)

    def _take(self, text: str) -> None:
        if self._changing in self._breakpoints.rows and self._changing is not None:
            self._breakpoints.change(self._changing, text)
        else:
            self._breakpoints.add(text)

    def _look_at_text(self, text: str) -> None:
        if not text:
            self._changing = None
            self.entry.button.setText("Add")

    def _columns(self, appearance: Appearance) -> tuple[Column, ...]:
        def colour(row: Breakpoint) -> str | None:
            return None if row.is_enabled else appearance.theme.muted

        return (
            Column(
                "On",
                lambda row: "●" if row.is_enabled else "○",
                colour=lambda row: appearance.theme.failure if row.is_enabled else colour(row),
            ),
            Column("Stops at", lambda row: row.place, is_code=True, colour=colour),
            Column("If", lambda row: row.condition, is_code=True, colour=colour),
            Column("Hits", self._count, is_number=True, colour=colour),
            Column("", self._remark, colour=lambda _: appearance.theme.warning),
        )

    def _count(self, row: Breakpoint) -> str:
        hits = self._hits.of(row)
        return "…" if hits.is_asking else f"{len(hits.sites):,}"

    def _remark(self, row: Breakpoint) -> str:
        hits = self._hits.of(row)
        if hits.problem or hits.is_asking:
            return hits.problem
        if not hits.sites and self._viewpoint.run.calls and not row.condition:
            return "nothing in this run" if row.is_enabled else "off"
        return "" if row.is_enabled else "off"

    def _condition_menu(self) -> QMenu:
        menu = QMenu(self)
        for title, text in CONDITIONS.items():
            menu.addAction(title, partial(self._insert, title, text))
        return menu

    def _insert(self, title: str, text: str) -> None:
        place = self.entry.line.text().partition(" if ")[0].strip() or "any"
        self.entry.write(f"{place} if {text.format(_VALUES.get(title, '10'))}")

    def _clicked(self, index: QModelIndex) -> None:
        row: Breakpoint = index.data(ROW)
        if index.column() == 0:
            self._breakpoints.enable(row, is_enabled=not row.is_enabled)
            return
        hits = self._hits.of(row).sites
        if hits:
            self._viewpoint.go_to_call(hits[0].call)
        if row.kind == "line":
            here = self._breakpoints.in_file(row)
            self._viewpoint.source_requested.emit(here.file, here.line)

    def _current(self) -> Breakpoint | None:
        row = self.list.table.currentIndex().row()
        return self._breakpoints.rows[row] if 0 <= row < len(self._breakpoints.rows) else None

    def _delete(self) -> None:
        row = self._current()
        if row is not None:
            self._breakpoints.delete(row)

    def _toggle(self) -> None:
        row = self._current()
        if row is not None:
            self._breakpoints.enable(row, is_enabled=not row.is_enabled)

    def _show_menu(self, at: QPoint) -> None:
        table = self.list.table
        index = table.indexAt(at)
        if index.isValid():
            self.row_menu(index.data(ROW)).popup(table.viewport().mapToGlobal(at))

    def row_menu(self, row: Breakpoint) -> QMenu:
        """What can be done with one breakpoint."""
        menu = QMenu(self)
        title = "Switch off" if row.is_enabled else "Switch on"
        menu.addAction(title, lambda: self._breakpoints.enable(row, is_enabled=not row.is_enabled))
        menu.addAction("Change…", lambda: self.edit(row))
        menu.addAction("Delete", lambda: self._breakpoints.delete(row))
        menu.addSeparator()
        menu.addAction("Delete all", self._breakpoints.clear)
        return menu
