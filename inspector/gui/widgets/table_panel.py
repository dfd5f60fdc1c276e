"""A list in a dock: a heading, a table, and a sentence for when there is nothing to list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.widgets.table_model import ROW, Column, TableModel

_WIDEST, _NARROWEST = 280, 72


def set_role(label: QLabel, role: str) -> QLabel:
    """Give a label one of the style sheet's roles."""
    label.setProperty("role", role)
    label.style().unpolish(label)
    label.style().polish(label)
    return label


def empty_label(text: str) -> QLabel:
    """The sentence in the middle of an empty panel."""
    label = set_role(QLabel(text), "muted")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setContentsMargins(24, 16, 24, 16)
    return label


class TablePanel(QWidget):
    """`row_chosen` carries the value of a row that was clicked or reached by keys."""

    row_chosen = Signal(object)

    def __init__(
        self, name: str, columns: Sequence[Column], empty: str, *, stretch: int = 0
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = TableModel(columns, self)
        self.heading = QLabel()
        self.heading.setContentsMargins(10, 7, 10, 5)
        self.heading.setTextFormat(Qt.TextFormat.RichText)
        self.heading.hide()
        optional = tuple(i for i, column in enumerate(columns) if column.is_optional)
        self.table = _table(name, self.model, stretch, optional)
        # Names differ at their ends, sentences are read from their start.
        is_name = columns[stretch].is_path
        elide = Qt.TextElideMode.ElideLeft if is_name else Qt.TextElideMode.ElideRight
        self.table.setTextElideMode(elide)
        self._empty = empty_label(empty)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addLayout(self._stack, 1)
        self.table.clicked.connect(self._chosen)
        self.table.activated.connect(self._chosen)

    def show_rows(self, rows: Sequence[Any], heading: str = "") -> None:
        """Show rows under a heading; none show the sentence."""
        self.model.show_rows(rows)
        if self.table.isVisible():
            self.table.fit_columns()
        self.heading.setText(heading)
        self.heading.setVisible(bool(heading) and bool(rows))
        self._stack.setCurrentWidget(self.table if rows else self._empty)

    def say_empty(self, text: str) -> None:
        """Change the sentence for when there is nothing."""
        self._empty.setText(text)

    def _chosen(self, index: QModelIndex) -> None:
        self.row_chosen.emit(index.data(ROW))


class FittingTable(QTableView):
    """A table whose columns fit their texts; one of them takes what room is left.

    Qt's own ResizeToContents beside Stretch neither shrinks the stretched column below its first
    width nor stops at a sensible one for long texts.
    """

    def __init__(self, stretch: int, optional: tuple[int, ...] = ()) -> None:
        super().__init__()
        self._stretch = stretch
        self._optional = optional
        self._left_out: frozenset[int] = frozenset()

    def leave_out(self, places: Iterable[int]) -> None:
        """Hide columns that have nothing to say of these rows; those of before come back."""
        for place in self._left_out.symmetric_difference(places):
            self.setColumnHidden(place, place not in self._left_out)
        self._left_out = frozenset(places)

    def fit_columns(self) -> None:
        """Give every column the width of its texts, within limits."""
        header = self.horizontalHeader()
        for place in self._optional:
            self.setColumnHidden(place, place in self._left_out)
        widths = [
            0
            if header.isSectionHidden(place)
            else min(max(self.sizeHintForColumn(place), header.sectionSizeHint(place)), _WIDEST)
            for place in range(header.count())
        ]
        for place in reversed(self._optional):
            if sum(widths) > self.viewport().width():
                self.setColumnHidden(place, True)
                widths[place] = 0
        room = self.viewport().width() - sum(widths) + widths[self._stretch]
        widths[self._stretch] = max(room, min(widths[self._stretch], _NARROWEST))
        for place, width in enumerate(widths):
            if width:
                header.resizeSection(place, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            row = [index.data() or "" for index in self.selectedIndexes()]
            QGuiApplication.clipboard().setText("\t".join(row))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


def _table(name: str, model: TableModel, stretch: int, optional: tuple[int, ...]) -> FittingTable:
    table = FittingTable(stretch, optional)
    table.setObjectName(name)
    table.setAccessibleName(name)
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(25)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setMinimumSectionSize(30)
    return table
