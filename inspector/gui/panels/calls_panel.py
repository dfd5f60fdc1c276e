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
_NAME, _CLASS, _SHAPE, _PARAMS, _TIME = range(5)
_WIDEST = (260, 150, 150, 90, 70)
# What a column may shrink to, in the order in which they shrink; then a column is left out.
_NARROWEST = ((_CLASS, 84), (_SHAPE, 134), (_NAME, 166))
_PADDING = 8
_DISPENSABLE = (_TIME, _CLASS, _PARAMS, _SHAPE)


class NameDelegate(QStyledItemDelegate):
    """Cuts long names in their middle: they differ at their ends."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class FittingTree(QTreeView):
    """A tree whose columns fit their texts; where room is short, some are cut, then left out.

    A name and a shape tell a call apart; its time, class and parameters are also in its tool tip,
    in the graph and among the values.
    """

    def fit_columns(self) -> None:
        """Give every column the width of its texts, within limits and the room there is."""
        header = self.header()
        room = self.viewport().width()
        widths = [
            min(max(self.sizeHintForColumn(place), self._title_width(place)) + 4, most)
            for place, most in enumerate(_WIDEST)
        ]
        left_out: set[int] = set()
        for place in _DISPENSABLE:
            if sum(_shrunk(widths, room)) > room:
                widths[place] = 0
                left_out.add(place)
        widths = _shrunk(widths, room)
        widths[_NAME] = max(widths[_NAME] + room - sum(widths), 1)
        for place, width in enumerate(widths):
            header.setSectionHidden(place, place in left_out)
            if place not in left_out:
                header.resizeSection(place, width)

    def _title_width(self, place: int) -> int:
        """Of a heading; Qt's own hint leaves room for an arrow that sorts, and is 0 when hidden."""
        title = self.model().headerData(place, Qt.Orientation.Horizontal)
        return self.header().fontMetrics().horizontalAdvance(str(title)) + 2 * _PADDING

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
        self.model.axes_of = viewpoint.named_axes
        self.model.parameters_of = viewpoint.parameters_of
        self.tree = _tree(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        self.tree.clicked.connect(lambda index: viewpoint.select(index.data(ROW)))
        self.tree.doubleClicked.connect(self._go_to)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._ask_for_menu)
        viewpoint.run_changed.connect(self._show_run)
        viewpoint.run_examined.connect(self._show_shapes)
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

    def _show_shapes(self) -> None:
        self.tree.fit_columns()
        self.tree.viewport().update()

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


def _shrunk(widths: list[int], room: int) -> list[int]:
    """The widths, made narrower as far as they may be where their sum is more than the room."""
    shrunk = list(widths)
    missing = sum(widths) - room
    for place, least in _NARROWEST:
        given = max(0, min(missing, shrunk[place] - least))
        shrunk[place] -= given
        missing -= given
    return shrunk


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
