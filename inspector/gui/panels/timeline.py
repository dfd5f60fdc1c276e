"""The timeline: the whole run as nested bars, with the cursor on it; click or drag to move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from inspector.gui.look.theme import Appearance, sans
from inspector.gui.state.viewpoint import Viewpoint
from inspector.layout.category import category_of_call
from inspector.trace import Call

_ROW, _MOST_ROWS, _TOP, _SIDE = 15.0, 3, 12.0, 12.0


class Timeline(QWidget):
    """One bar a call from its entry to its return; deeper calls are further down."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._bars: QPixmap | None = None
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        viewpoint.run_changed.connect(self._forget_bars)
        viewpoint.cursor_moved.connect(self._moved)
        appearance.changed.connect(self._forget_bars)
        self._steps = viewpoint.steps
        self._forget_bars()

    def sizeHint(self) -> QSize:
        return QSize(400, int(_TOP + self._rows() * _ROW + 8))

    def position_at(self, x: float) -> int:
        """The position under a point."""
        count = max(len(self._viewpoint.steps), 1)
        share = (x - _SIDE) / max(self.width() - 2 * _SIDE, 1)
        return max(0, min(int(share * count), count - 1))

    def x_of(self, position: int) -> float:
        """The middle of a position."""
        count = max(len(self._viewpoint.steps), 1)
        return _SIDE + (position + 0.5) * (self.width() - 2 * _SIDE) / count

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        if self._bars is None:
            self._bars = self._paint_bars()
        painter.drawPixmap(0, 0, self._bars)
        if len(self._viewpoint.steps):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            x = self.x_of(self._viewpoint.position)
            steps = self._viewpoint.steps
            is_failure = steps.failure_position() == self._viewpoint.position
            colour = QColor(theme.failure if is_failure else theme.step)
            veil = QColor(theme.window)
            veil.setAlpha(150)
            painter.fillRect(
                QRectF(x, _TOP, self.width() - _SIDE - x, self.height() - _TOP - 4), veil
            )
            painter.setPen(QPen(colour, 2))
            painter.drawLine(QPointF(x, 9), QPointF(x, self.height() - 5))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(x - 6, 2), QPointF(x + 6, 2), QPointF(x, 10)]))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bars = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._viewpoint.move_to(self.position_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._viewpoint.move_to(self.position_at(event.position().x()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            steps = self._viewpoint.steps
            if len(steps):
                position = self.position_at(event.pos().x())
                step = steps[position]
                QToolTip.showText(
                    event.globalPos(), f"{step.call}\nstep {position + 1} of {len(steps)}", self
                )
            return True
        return super().event(event)

    def _rows(self) -> int:
        depths = (call.depth for call in self._viewpoint.run.calls)
        return min(max(depths, default=0) + 1, _MOST_ROWS)

    def _forget_bars(self) -> None:
        self._bars = None
        self._steps = self._viewpoint.steps
        self.setVisible(bool(len(self._steps)))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _moved(self) -> None:
        if self._viewpoint.steps is not self._steps:
            self._forget_bars()
        self.update()

    def _paint_bars(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(self._appearance.theme.window))
        painter = QPainter(pixmap)
        painter.setFont(sans(8))
        for call in self._viewpoint.run.calls:
            if call.depth < _MOST_ROWS:
                self._paint_bar(painter, call)
        self._paint_backward(painter)
        painter.end()
        return pixmap

    def _paint_backward(self, painter: QPainter) -> None:
        """The ops of the backward pass, which come after every call has returned."""
        steps = self._viewpoint.steps
        if steps.first_backward is not None:
            colour = QColor(self._appearance.theme.edge_out)
            colour.setAlpha(90)
            span = (steps.first_backward, steps.end())
            self._paint_span(painter, self._bar(span, 0), colour, "backward")

    def _paint_bar(self, painter: QPainter, call: Call) -> None:
        theme, steps = self._appearance.theme, self._viewpoint.steps
        failure = self._viewpoint.run.failure
        is_group = bool(steps.children[call.id])
        colour = theme.category(category_of_call(call, is_group=is_group))
        if failure is not None and failure.call == call.id:
            colour = QColor(theme.failure)
        colour.setAlpha(90 if is_group else 150)
        self._paint_span(painter, self._bar(steps.span(call.id), call.depth), colour, call.name)

    def _bar(self, span: tuple[int, int], depth: int) -> QRectF:
        half = (self.width() - 2 * _SIDE) / max(len(self._viewpoint.steps), 1) / 2
        left, right = self.x_of(span[0]) - half, self.x_of(span[1]) + half
        return QRectF(left, _TOP + depth * _ROW, max(right - left - 1, 1), _ROW - 2)

    def _paint_span(self, painter: QPainter, bar: QRectF, colour: QColor, name: str) -> None:
        painter.fillRect(bar, colour)
        metrics = QFontMetricsF(painter.font())
        if bar.width() > 34:
            painter.setPen(QColor(self._appearance.theme.text))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, bar.width() - 8)
            painter.drawText(bar.adjusted(4, 0, -2, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
