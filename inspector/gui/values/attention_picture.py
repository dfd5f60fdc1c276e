"""What an attention call may attend to, as a picture: queries down, keys across.

True = may attend: filled; False = may not: left empty. One batch item and head at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance, mono, sans
from inspector.gui.state.tensor_store import TensorStore, Wanted
from inspector.gui.widgets.table_panel import set_role
from inspector.session.protocol import TensorRead
from inspector.session.values import array_of
from inspector.trace import AttentionMask

_ASKER = "attention mask"
_MOST = 512
_LEFT, _TOP, _GRID_BELOW = 44.0, 22.0, 40


class MaskGrid(QWidget):
    """The picture itself; `hovered` tells query and key, or (-1, -1)."""

    hovered = Signal(int, int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.values: NDArray[np.bool_] = np.zeros((0, 0), dtype=bool)
        self.setMouseTracking(True)
        self.setMinimumSize(140, 140)
        self.setAccessibleName("Attention mask, queries down and keys across")
        appearance.changed.connect(self.update)

    def show_values(self, values: NDArray[np.bool_]) -> None:
        """Show a matrix, True where may be attended."""
        self.values = values
        self.update()

    def cell_at(self, point: QPointF) -> tuple[int, int]:
        """The query and key under a point, (-1, -1) outside."""
        rows, columns = self.values.shape
        field = self._field()
        if not field.contains(point) or not rows or not columns:
            return -1, -1
        row = int((point.y() - field.top()) / field.height() * rows)
        column = int((point.x() - field.left()) / field.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        rows, columns = self.values.shape
        if not rows or not columns:
            return
        theme, field = self._appearance.theme, self._field()
        painter = QPainter(self)
        painter.drawImage(field, self._image(), QRectF(0, 0, columns, rows))
        painter.setPen(QPen(QColor(theme.border), 1))
        if max(rows, columns) <= _GRID_BELOW:
            for row in range(1, rows):
                y = field.top() + field.height() * row / rows
                painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
            for column in range(1, columns):
                x = field.left() + field.width() * column / columns
                painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))
        painter.drawRect(field)
        self._paint_names(painter, field, rows, columns)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(*self.cell_at(event.position()))

    def _field(self) -> QRectF:
        rows, columns = self.values.shape
        room = QRectF(_LEFT, _TOP, self.width() - _LEFT - 10, self.height() - _TOP - 8)
        side = min(room.width() / max(columns, 1), room.height() / max(rows, 1))
        return QRectF(room.left(), room.top(), side * columns, side * rows)

    def _image(self) -> QImage:
        theme = self._appearance.theme
        rows, columns = self.values.shape
        yes, no = QColor(theme.accent).rgb(), QColor(theme.panel).rgb()
        pixels = np.where(self.values, np.uint32(yes), np.uint32(no)).astype(np.uint32)
        pixels = np.ascontiguousarray(pixels)
        return QImage(
            pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32
        ).copy()

    def _paint_names(self, painter: QPainter, field: QRectF, rows: int, columns: int) -> None:
        theme = self._appearance.theme
        painter.setPen(QColor(theme.muted))
        painter.setFont(sans(8.5))
        painter.drawText(QPointF(field.left(), _TOP - 8), "keys →")
        painter.drawText(QPointF(2, field.top() + 10), "queries")
        painter.drawText(QPointF(2, field.top() + 23), "↓")
        painter.setFont(mono(7.5))
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        bottom = QRectF(0, field.bottom() - 13, _LEFT - 4, 12)
        painter.drawText(bottom, align, str(rows - 1))
        right = QRectF(field.right() - 60, 2, 60, _TOP - 4)
        painter.drawText(right, align, str(columns - 1))


class AttentionPicture(QWidget):
    """The picture with its legend, and which batch item and head it is of."""

    def __init__(self, appearance: Appearance, store: TensorStore) -> None:
        super().__init__()
        self._appearance, self._store = appearance, store
        self._run = 0
        self._mask: AttentionMask | None = None
        self._wanted: Wanted | None = None
        self.setObjectName("tensor")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.legend, self.made_of = QLabel(), set_role(QLabel(), "muted")
        self.readout = set_role(QLabel(), "muted")
        self.grid = MaskGrid(appearance)
        self.item, self.head = Chooser("batch item"), Chooser("head")
        self._build()
        for chooser in (self.item, self.head):
            chooser.changed.connect(self._ask)
        self.grid.hovered.connect(self._tell)
        store.arrived.connect(self._take)
        appearance.changed.connect(self._show_legend)

    def show_mask(self, run: int, mask: AttentionMask) -> None:
        """Show the mask of one attention call."""
        if mask != self._mask or run != self._run:
            self._run, self._mask = run, mask
            for chooser, count, own in (
                (self.item, mask.batch, mask.shape[0]),
                (self.head, mask.heads, mask.shape[1]),
            ):
                chooser.offer(count, is_same=own == 1)
        made = "; ".join(mask.made_of) or "a mask that the code made"
        blocked = ""
        if mask.blocked:
            count = mask.batch * mask.heads * mask.queries
            blocked = f"<br>{mask.blocked} of {count} queries may attend to nothing."
        self.made_of.setText(f"Made of: {made}.{blocked}")
        self._show_legend()
        self._ask()

    def show_item(self, item: int) -> None:
        """Show another item of the batch."""
        self.item.slider.setValue(item)

    def _ask(self) -> None:
        mask = self._mask
        if mask is None:
            return
        batch, heads, queries, keys = (size or 0 for size in mask.shape)
        item = min(self.item.slider.value(), batch - 1)
        head = min(self.head.slider.value(), heads - 1)
        stop = (item + 1, head + 1, min(queries, _MOST), min(keys, _MOST))
        self._wanted = Wanted(self._run, mask.tensor, (item, head, 0, 0), stop)
        answer = self._store.want(self._wanted, _ASKER)
        if answer is not None:
            self._show(answer)
        elif not self._store.can_read():
            self.readout.setText("No values: they stay in the worker, and none is running.")

    def _take(self, wanted: Wanted, answer: TensorRead) -> None:
        if wanted == self._wanted:
            self._show(answer)

    def _show(self, answer: TensorRead) -> None:
        mask = self._mask
        if answer.problem or mask is None:
            self.readout.setText(f"No values: {answer.problem}")
            return
        window = array_of(answer).astype(bool)
        values = window.reshape(window.shape[-2:])
        queries = min(mask.queries, _MOST)
        self.grid.show_values(np.broadcast_to(values, (queries, values.shape[1])))
        self._tell(-1, -1)

    def _tell(self, query: int, key: int) -> None:
        if query < 0:
            rows, columns = self.grid.values.shape
            cut = " (the first 512 of each)" if max(rows, columns) >= _MOST else ""
            self.readout.setText(f"{rows} queries, {columns} keys{cut}")
            return
        may = "True: may attend" if self.grid.values[query, key] else "False: may not attend"
        self.readout.setText(f"query {query} to key {key}: {may}")

    def _show_legend(self) -> None:
        theme = self._appearance.theme
        self.legend.setText(
            f"<span style='color:{theme.accent}'>■</span> True = may attend &nbsp;&nbsp; "
            f"<span style='color:{theme.muted}'>□</span> False = may not"
        )

    def _build(self) -> None:
        self.made_of.setWordWrap(True)
        self.readout.setFont(mono(8.5))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(set_role(QLabel("attention mask"), "title"))
        layout.addWidget(self.legend)
        layout.addWidget(self.made_of)
        layout.addWidget(self.item)
        layout.addWidget(self.head)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.readout)


class Chooser(QWidget):
    """Which index of an axis is shown: a slider with its number."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(name)
        self.label = QLabel()
        self.label.setFont(mono(8.5))
        self._is_same = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(set_role(QLabel(name), "muted"))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.label)
        self.slider.valueChanged.connect(self._tell)

    def offer(self, count: int, *, is_same: bool) -> None:
        """Offer `count` indices; `is_same` where the mask does not tell them apart."""
        self._is_same = is_same
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(count - 1, 0))
        self.slider.setValue(0)
        self.slider.blockSignals(False)
        self.slider.setEnabled(count > 1)
        self._say()

    def _tell(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        last = self.slider.maximum()
        same = ", all the same" if self._is_same and last else ""
        self.label.setText(f"{self.slider.value()} of 0–{last}{same}")
