"""The dock of calls: the tree of frames, which follows the cursor."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.look.theme import Appearance
from inspector.gui.panels.call_tree import CallTreeModel
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_model import ROW, Index

_OPEN_ALL_BELOW = 80
_WIDEST = (220, 130, 130, 90, 70)


class NameDelegate(QStyledItemDelegate):
    """Cuts long names in their middle: they differ at their ends."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class FittingTree(QTreeView):
    """A tree whose columns fit their texts; where room is short, classes and then names give way.

    The last column may be out of sight: times are also in the values' heading and the timeline.
    """

    def fit_columns(self) -> None:
        """Give every column the width of its texts, within limits and the room there is."""
        header = self.header()
        widths = [
            min(max(self.sizeHintForColumn(place), header.sectionSizeHint(place)) + 4, most)
            for place, most in enumerate(_WIDEST)
        ]
        missing = sum(widths[:-1]) - self.viewport().width()
        for place, least in ((1, 72), (0, 120), (2, 84), (1, 48), (2, 60)):
            given = max(0, min(missing, widths[place] - least))
            widths[place] -= given
            missing -= given
        widths[0] += max(0, -missing - widths[-1])
        for place, width in enumerate(widths):
            header.resizeSection(place, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


class CallsPanel(QWidget):
    """Click selects a call, double-click moves the cursor to it."""

    menu_requested = Signal(str, QPoint)

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self.model = CallTreeModel(self)
        self.tree = _tree(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        self.tree.clicked.connect(lambda index: viewpoint.select(index.data(ROW)))
        self.tree.doubleClicked.connect(self._go_to)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._ask_for_menu)
        viewpoint.run_changed.connect(self._show_run)
        viewpoint.cursor_moved.connect(self._follow_cursor)
        viewpoint.selection_changed.connect(self._follow_selection)
        appearance.changed.connect(self._recolour)
        self._recolour()

    def _show_run(self) -> None:
        self.model.show_steps(self._viewpoint.steps, self._viewpoint.position)
        if len(self._viewpoint.run.calls) <= _OPEN_ALL_BELOW:
            self.tree.expandAll()
        else:
            self.tree.expandToDepth(0)
        self.tree.fit_columns()
        self._follow_selection()

    def _follow_cursor(self) -> None:
        self.model.move_cursor(self._viewpoint.steps, self._viewpoint.position)
        self.tree.viewport().update()

    def _follow_selection(self) -> None:
        index = self.model.index_of(self._viewpoint.selected or "")
        if index.isValid() and index != self.tree.currentIndex():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
            # Keep the names in sight: scrolling to a row must not scroll sideways.
            self.tree.horizontalScrollBar().setValue(0)

    def _ask_for_menu(self, at: QPoint) -> None:
        index = self.tree.indexAt(at)
        if index.isValid():
            self.menu_requested.emit(index.data(ROW), self.tree.viewport().mapToGlobal(at))

    def _go_to(self, index: QModelIndex) -> None:
        self._viewpoint.go_to_call(index.data(ROW))

    def _recolour(self) -> None:
        self.model.theme = self._appearance.theme
        self.tree.viewport().update()


def _tree(model: CallTreeModel) -> FittingTree:
    tree = FittingTree()
    tree.setObjectName("calls")
    tree.setAccessibleName("Calls")
    tree.setModel(model)
    tree.setUniformRowHeights(True)
    tree.setExpandsOnDoubleClick(False)
    tree.setAllColumnsShowFocus(True)
    tree.setIndentation(12)
    tree.setTextElideMode(Qt.TextElideMode.ElideRight)
    tree.setItemDelegateForColumn(0, NameDelegate(tree))
    tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    return tree
