"""A list with a page beside it that says all about the chosen row."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from inspector.gui.widgets.table_panel import TablePanel


class ListAndPage(QWidget):
    """The page is hidden while the list is empty."""

    def __init__(self, rows: TablePanel, page: QWidget, *, shares: tuple[int, int]) -> None:
        super().__init__()
        self.rows, self.page = rows, page
        self.table, self.model, self.heading = rows.table, rows.model, rows.heading
        self.row_chosen = rows.row_chosen
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(rows)
        splitter.addWidget(page)
        splitter.setSizes(list(shares))
        splitter.setStretchFactor(0, shares[0])
        splitter.setStretchFactor(1, shares[1])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def choose(self, row: int) -> None:
        """Mark a row without acting on it, as for the one that matters most."""
        self.table.selectRow(row)
