"""The minimap: the whole graph in the lower right corner, with what the view shows of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from inspector.gui.graph.graph_view import GraphView

_WIDEST, _TALLEST, _PAD = 170.0, 210.0, 6.0
_SHARE = 0.32
# A graph that nearly fits needs no map; one that is worth covering boxes with is larger still.
_NEEDED_ABOVE, _WORTH_ABOVE = 1.25, 2.0
GAP = 12


class Minimap(QWidget):
    """Click or drag to look elsewhere; hidden while the view shows nearly everything."""

    def __init__(self, view: GraphView) -> None:
        super().__init__(view)
        self._view = view
        self._picture: QPixmap | None = None
        self._painted_at = 0.0
        self.setObjectName("minimap")
        self.setAccessibleName("Overview of the graph")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def forget_picture(self) -> None:
        """Paint the graph anew: it has changed, or its colours have."""
        self._picture = None
        self.follow()

    def follow(self) -> None:
        """Show what the view shows now."""
        self.resize(self.sizeHint())
        room = self._view.viewport().size()
        self.move(room.width() - self.width() - GAP, room.height() - self.height() - GAP)
        is_needed = self._is_needed()
        self.setVisible(is_needed)
        if is_needed:
            if self._painted_at != self._scale():
                self._picture = None
            self.update()

    def _is_needed(self) -> bool:
        bounds, seen, canvas = self._bounds(), self._seen(), self._view.canvas
        if not len(canvas.drawing.ids):
            return False
        times = max(bounds.width() / seen.width(), bounds.height() / seen.height())
        if times <= _NEEDED_ABOVE or times > _WORTH_ABOVE:
            return times > _WORTH_ABOVE
        # Under the mouse it stays, whatever is scrolled beneath it.
        under = self._view.mapToScene(self.geometry()).boundingRect()
        return self.underMouse() or not canvas.boxes_within(under)

    def sizeHint(self) -> QSize:
        bounds, scale = self._bounds(), self._scale()
        width = max(bounds.width() * scale, 8) + 2 * _PAD
        height = max(bounds.height() * scale, 8) + 2 * _PAD
        return QSize(int(width), int(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._view.canvas.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.panel)
        ground.setAlpha(240)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._picture is None:
            self._picture = self._painted()
        painter.drawPixmap(QPointF(_PAD, _PAD), self._picture)
        frame = self._on_map(self._seen()).intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        tint = QColor(theme.accent)
        tint.setAlpha(36)
        painter.setBrush(tint)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.drawRect(frame)
        current = self._view.canvas.marks.current
        if current >= 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.step))
            at = self._on_map(QRectF(*self._view.canvas.drawing.rects[current])).center()
            painter.drawEllipse(at, 3.5, 3.5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._look_at(event.position())

    def _look_at(self, at: QPointF) -> None:
        bounds, scale = self._bounds(), self._scale()
        x = bounds.x() + (at.x() - _PAD) / scale
        y = bounds.y() + (at.y() - _PAD) / scale
        self._view.look_at(QPointF(x, y))

    def _painted(self) -> QPixmap:
        bounds, scale, ratio = self._bounds(), self._scale(), self.devicePixelRatioF()
        self._painted_at = scale
        width = max(int(bounds.width() * scale * ratio), 1)
        height = max(int(bounds.height() * scale * ratio), 1)
        picture = QPixmap(width, height)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.scale(scale * ratio, scale * ratio)
        painter.translate(-bounds.topLeft())
        self._view.canvas.paint_area(painter, bounds, scale, most_detailed=0)
        painter.end()
        picture.setDevicePixelRatio(ratio)
        return picture

    def _on_map(self, area: QRectF) -> QRectF:
        bounds, scale = self._bounds(), self._scale()
        corner = (area.topLeft() - bounds.topLeft()) * scale + QPointF(_PAD, _PAD)
        return QRectF(corner, area.size() * scale)

    def _bounds(self) -> QRectF:
        return self._view.canvas.boundingRect()

    def _seen(self) -> QRectF:
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def _scale(self) -> float:
        bounds, view = self._bounds(), self._view.viewport()
        widest = min(_WIDEST, _SHARE * view.width())
        tallest = min(_TALLEST, _SHARE * view.height())
        return min(widest / bounds.width(), tallest / bounds.height())
