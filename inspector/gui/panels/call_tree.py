"""The calls of a run as a tree of frames, for a tree view."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import prod
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QBrush, QColor, QFont

from inspector.gui.look.theme import LIGHT, Theme, mono, sans
from inspector.gui.look.wording import outputs_text, time_text
from inspector.gui.state.viewpoint import EMPTY_RUN
from inspector.gui.widgets.table_model import ROW, Index
from inspector.trace import Call
from inspector.trace.stepping import Steps

TITLES = ("Call", "Class", "Output shape", "Params", "Time")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ROOT = QModelIndex()
_LOOKS = (
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.BackgroundRole,
    Qt.ItemDataRole.FontRole,
)


class CallTreeModel(QAbstractItemModel):
    """One row a call, under the call that it runs in. The role `ROW` gives the call's id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        # What a model has, also in layers that this run did not call; 0 where that is not known.
        self.parameters_of: Callable[[str], int] = lambda _: 0
        self.axes_of: Callable[[int], tuple[str, ...]] = lambda _: ()
        self._steps = Steps(EMPTY_RUN)
        self._position = 0
        self._calls: tuple[Call, ...] = ()
        self._index: dict[str, int] = {}
        self._row: dict[str, int] = {}
        self._parameters: dict[str, int] = {}

    def show_steps(self, steps: Steps, position: int) -> None:
        """Show another run."""
        self.beginResetModel()
        self._steps, self._position = steps, position
        self._calls = steps.run.calls
        self._index = {call.id: place for place, call in enumerate(self._calls)}
        self._row = {
            child: row for inside in steps.children.values() for row, child in enumerate(inside)
        }
        self._parameters = _parameter_counts(self._calls)
        self.endResetModel()

    def move_cursor(self, steps: Steps, position: int) -> None:
        """Paint the rows from another position of the same run."""
        self._steps, self._position = steps, position
        if self._calls:
            top = self.index(0, 0)
            last = self.index(self.rowCount() - 1, len(TITLES) - 1)
            self.dataChanged.emit(top, last, [Qt.ItemDataRole.FontRole])

    def index_of(self, call_id: str) -> QModelIndex:
        """Where a call is in the tree."""
        if call_id not in self._index:
            return QModelIndex()
        return self.createIndex(self._row[call_id], 0, self._index[call_id])

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        if row < 0 or not 0 <= column < len(TITLES):
            return QModelIndex()
        inside = self._inside(parent)
        if row >= len(inside):
            return QModelIndex()
        return self.createIndex(row, column, self._index[inside[row]])

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]  # QObject.parent() is the other overload
        if not index.isValid():
            return QModelIndex()
        above = self._calls[index.internalId()].parent
        return self.index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.column() > 0 else len(self._inside(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:
        return len(TITLES)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and section > 2 else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        call, column = self._calls[index.internalId()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(call, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            uncalled = self._parameters_of(call) - self._parameters.get(call.id, 0)
            note = f"{uncalled:,} of its parameters are in layers not called here"
            parts = (call.id, call.class_, call.placeholder, note if uncalled else "")
            return "\n".join(part for part in parts if part)
        if role == ROW:
            return call.id
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column > 2 else _LEFT
        return self._look(call, column, role)

    def _inside(self, parent: Index) -> list[str]:
        above = self._calls[parent.internalId()].id if parent.isValid() else None
        return self._steps.children.get(above, [])

    def _text(self, call: Call, column: int) -> str:
        if column == 0:
            return call.name if not call.call_index else f"{call.name}  #{call.call_index}"
        if column == 1:
            return f"{call.class_} (placeholder)" if call.placeholder else call.class_
        if column == 2:
            return outputs_text(call, self.axes_of)
        if column == 3:
            count = self._parameters_of(call)
            return f"{count:,}" if count else ""
        return time_text(call.elapsed_s) if call.elapsed_s else ""

    def _parameters_of(self, call: Call) -> int:
        """Of a whole model at the top, else of what ran inside the call."""
        ran = self._parameters.get(call.id, 0)
        return max(ran, self.parameters_of(call.path)) if call.parent is None else ran

    def _look(self, call: Call, column: int, role: int) -> Any:
        # Asked for a dozen roles of every visible cell at every step of the cursor.
        if role not in _LOOKS:
            return None
        state = self._steps.state(call.id, self._position)
        if role == Qt.ItemDataRole.ForegroundRole:
            if state == "failed":
                return QBrush(QColor(self.theme.failure))
            is_faint = state == "pending" or column in (1, 4)
            return QBrush(QColor(self.theme.muted)) if is_faint else None
        if role == Qt.ItemDataRole.BackgroundRole and state in ("current", "failed"):
            failed = state == "failed"
            return QBrush(QColor(self.theme.failure_soft if failed else self.theme.step_soft))
        if role == Qt.ItemDataRole.FontRole:
            return self._font(column, is_bold=column == 0 and state in ("current", "failed"))
        return None

    @staticmethod
    @cache
    def _font(column: int, *, is_bold: bool) -> QFont:
        if column > 1:
            return mono(8.5)
        return sans(9.5 if column == 0 else 9, bold=is_bold)


def _parameter_counts(calls: tuple[Call, ...]) -> dict[str, int]:
    """Parameters of each call with everything inside it, every weight counted once."""
    parents = {call.id: call.parent for call in calls}
    known: dict[str, dict[object, int]] = {call.id: {} for call in calls}
    for call in calls:
        for weight in call.weights:
            key = weight.tensor if weight.tensor is not None else (call.layer_id, weight.name)
            size = prod(axis or 0 for axis in weight.shape)
            above: str | None = call.id
            while above is not None and above in known:
                known[above][key] = size
                above = parents[above]
    return {call_id: sum(sizes.values()) for call_id, sizes in known.items()}
