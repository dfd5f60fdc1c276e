"""The dock of watches: expressions with their value at the cursor, one of them over all steps."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance
from inspector.gui.panels.watch_plot import WatchPlot
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.state.watches import Series, Watch, WatchList
from inspector.gui.widgets.entry_line import EntryLine
from inspector.gui.widgets.table_model import ROW, Column
from inspector.gui.widgets.table_panel import TablePanel

_HINT = 'mean(abs(y))     norm(w)     spread = std(y)     mean(at("encoder/dense").y)     loss'
_EMPTY = "No watches. Type an expression above, or take one from the menu of a value."


class WatchesPanel(QWidget):
    """The list on the left, the chosen watch over all steps on the right."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance, watches: WatchList) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._viewpoint, self._watches = viewpoint, watches
        self._chosen: Watch | None = None
        self.entry = EntryLine("Watch", _HINT, "Add", self._add)
        self.list = TablePanel("Watches", self._columns(appearance), _EMPTY, stretch=1)
        self.plot = WatchPlot(viewpoint, appearance)
        splitter = QSplitter()
        splitter.addWidget(self.list)
        splitter.addWidget(self.plot)
        splitter.setSizes([510, 330])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.entry)
        layout.addWidget(splitter, 1)
        table = self.list.table
        table.clicked.connect(lambda index: self.choose(index.data(ROW)))
        table.doubleClicked.connect(lambda index: self.entry.write(str(index.data(ROW))))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        shortcut = QShortcut(QKeySequence("Delete"), table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self._delete)
        watches.changed.connect(self.refresh)
        watches.values_changed.connect(self._show_values)
        watches.series_arrived.connect(self._take_series)
        viewpoint.run_changed.connect(self._ask_again)
        self.refresh()

    def refresh(self) -> None:
        """Show the list as it is."""
        if self._chosen not in self._watches.rows:
            self._chosen = None
            self.plot.show_nothing()
        self._show_values()

    def choose(self, row: Watch) -> None:
        """Draw a watch over all steps."""
        self._chosen = row
        self._watches.ask_series(row)

    def _show_values(self) -> None:
        rows = self._watches.rows
        self.list.model.show_rows(())  # the values are not part of the rows
        self.list.show_rows(rows)
        if self._chosen in rows:
            self.list.table.selectRow(rows.index(self._chosen))

    def _add(self, text: str) -> None:
        self.choose(self._watches.add(text))

    def _ask_again(self) -> None:
        if self._chosen is not None and self._viewpoint.run.calls:
            self._watches.ask_series(self._chosen)

    def _take_series(self, series: Series) -> None:
        if series.watch == self._chosen:
            self.plot.show_series(series)

    def _columns(self, appearance: Appearance) -> tuple[Column, ...]:
        def text(row: Watch) -> str:
            value = self._watches.value(row)
            return value.problem or value.text

        def colour(row: Watch) -> str | None:
            return appearance.theme.muted if self._watches.value(row).problem else None

        return (
            Column("Watch", str, is_code=True),
            Column("At the cursor", text, is_code=True, colour=colour),
        )

    def _delete(self) -> None:
        row = self.list.table.currentIndex().data(ROW)
        if isinstance(row, Watch):
            self._watches.delete(row)

    def _show_menu(self, at: QPoint) -> None:
        table = self.list.table
        index = table.indexAt(at)
        if not index.isValid():
            return
        row: Watch = index.data(ROW)
        menu = QMenu(self)
        menu.addAction("Plot over steps", lambda: self.choose(row))
        menu.addAction("Change…", lambda: self.entry.write(str(row)))
        menu.addAction("Delete", lambda: self._watches.delete(row))
        menu.popup(table.viewport().mapToGlobal(at))
