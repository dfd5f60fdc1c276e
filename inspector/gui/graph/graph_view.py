"""The view of the graph: pans, zooms, and turns mouse gestures into words about calls."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QToolTip, QWidget

from inspector.gui.graph.canvas_cards import HEADER, as_rects, box_rect
from inspector.gui.graph.canvas_item import CanvasItem
from inspector.gui.graph.drawing import FRAME, Drawing, Float64
from inspector.gui.look.theme import Theme

_LEAST, _MOST = 0.02, 3.0
_READABLE = 0.7
_LARGEST_FIT = 1.25
_RIM = 16
_DOT, _DOT_SIZE = 24.0, 1.6
_STEP = 1.2


class GraphView(QGraphicsView):
    """Wheel pans, Ctrl+wheel zooms (or the other way round), drag pans, click selects."""

    call_clicked = Signal(str)
    call_opened = Signal(str)
    group_toggled = Signal(str)
    menu_requested = Signal(str, QPoint)
    view_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = CanvasItem(theme)
        self.wheel_zooms = False
        self._pressed_at: QPoint | None = None
        self._is_panning = False
        self._fitted_to: float | None = _LEAST
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        scene.addItem(self.canvas)
        self.setScene(scene)
        self._set_up()

    def _set_up(self) -> None:
        self.setObjectName("graph")
        self.setAccessibleName("Call graph")
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    # What is shown

    def show_drawing(self, drawing: Drawing) -> None:
        """Paint another drawing; the view stays where it is."""
        self.canvas.show_drawing(drawing)
        bounds = self.canvas.boundingRect()
        room = max(bounds.width(), bounds.height(), 1000.0)
        self.scene().setSceneRect(bounds.adjusted(-room, -room, room, room))
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        self.canvas.theme = theme
        self.viewport().update()

    def rect_of(self, call_id: str) -> QRectF:
        """Where a call's box is, in scene coordinates; empty when it is not shown."""
        index = self.box_of(call_id)
        return box_rect(self.canvas, index) if index >= 0 else QRectF()

    def point_of(self, call_id: str) -> QPoint:
        """Where in the viewport a call can be clicked: its middle, or a frame's header."""
        rect = self.rect_of(call_id)
        at = rect.center()
        index = self.box_of(call_id)
        if index >= 0 and self.canvas.drawing.kinds[index] == FRAME:
            at.setY(rect.y() + HEADER / 2)
        return self.mapFromScene(at)

    def box_of(self, call_id: str) -> int:
        """Index of the box of a call itself, -1 when it is not shown."""
        index = self.canvas.drawing.home.get(call_id, -1)
        return index if index >= 0 and self.canvas.drawing.ids[index] == call_id else -1

    # Zoom

    @property
    def zoom(self) -> float:
        """Pixels a scene unit."""
        return self.transform().m11()

    def fit(self) -> None:
        """Show everything."""
        self._fit_into(_LEAST)

    def fit_readably(self) -> None:
        """Show everything if it can be read then, else the part around the selected call."""
        self._fit_into(_READABLE)

    def zoom_by(self, factor: float) -> None:
        """Zoom around the middle of the view."""
        self._fitted_to = None
        factor = max(_LEAST, min(_MOST, self.zoom * factor)) / self.zoom
        self.scale(factor, factor)
        self.view_changed.emit()

    def zoom_in(self) -> None:
        self.zoom_by(_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / _STEP)

    def zoom_to_actual_size(self) -> None:
        self.zoom_by(1 / self.zoom)

    def bring_into_view(self, call_id: str) -> None:
        """Scroll, as little as is needed, until a call (or the box that holds it) is seen."""
        index = self.canvas.drawing.home.get(call_id, -1)
        if index >= 0:
            self._bring_box_into_view(index)

    def _bring_box_into_view(self, index: int) -> None:
        rect = box_rect(self.canvas, index)
        if self.canvas.drawing.kinds[index] == FRAME:
            rect.setHeight(min(rect.height(), HEADER * 3))
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        margin = 48 / self.zoom
        if not seen.adjusted(margin, margin, -margin, -margin).contains(rect):
            self.centerOn(self._kept_inside(rect.center(), seen.size()))
            self.view_changed.emit()

    def _kept_inside(self, middle: QPointF, size: QSizeF) -> QPointF:
        """The middle of a view that does not look past the picture's edges for no reason."""
        bounds = self.canvas.boundingRect().adjusted(20, 20, -20, -20)
        x = _clamped(middle.x(), bounds.left(), bounds.right(), size.width())
        y = _clamped(middle.y(), bounds.top(), bounds.bottom(), size.height())
        return QPointF(x, y)

    def hold_in_place(self, call_id: str, at: QPoint) -> None:
        """Scroll so that a call's box has its top left corner at a point of the viewport."""
        rect = self.rect_of(call_id)
        if rect.isNull():
            return
        now = self.mapFromScene(rect.topLeft())
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() + now.x() - at.x())
        vertical.setValue(vertical.value() + now.y() - at.y())
        self.view_changed.emit()

    def _fit_into(self, least: float) -> None:
        self._fitted_to = least
        bounds = self.canvas.boundingRect().adjusted(20, 20, -20, -20)
        size = self.viewport().size()
        across = (size.width() - _RIM) / max(bounds.width(), 1.0)
        down = (size.height() - _RIM) / max(bounds.height(), 1.0)
        factor = max(least, min(across, down, _LARGEST_FIT))
        self.resetTransform()
        self.scale(factor, factor)
        self.centerOn(bounds.center())
        if self.canvas.selected >= 0:
            self._bring_box_into_view(self.canvas.selected)
        self.view_changed.emit()

    def look_at(self, middle: QPointF) -> None:
        """Put a point into the middle of the view."""
        self._fitted_to = None
        self.centerOn(middle)
        self.view_changed.emit()

    @property
    def is_fitted(self) -> bool:
        """Whether it still shows the picture as it fits, for nobody has moved it."""
        return self._fitted_to is not None

    def move_along(self, zoom: float, moved: QPointF) -> None:
        """Move as another view did: to its zoom, and as far as its middle went."""
        self._fitted_to = None
        middle = self.mapToScene(self.viewport().rect().center())
        self.scale(zoom / self.zoom, zoom / self.zoom)
        self.centerOn(middle + moved)
        self.view_changed.emit()

    # Painting behind the canvas

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        theme = self.canvas.theme
        area = QRectF(rect)
        painter.fillRect(area, QColor(theme.canvas))
        if self.zoom < 0.5:
            return
        dots = _dots(area)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.dot))
        painter.drawRects(as_rects(dots), len(dots))  # type: ignore[call-overload]  # C++ pointer and count

    # Gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed_at = event.position().toPoint()
            self._is_panning = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed_at is None:
            self._hover(at)
            return
        moved = at - self._pressed_at
        if not self._is_panning and moved.manhattanLength() < 5:
            return
        self._is_panning, self._fitted_to = True, None
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._scroll_by(moved)
        self._pressed_at = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed_at is not None and not self._is_panning
        self._pressed_at, self._is_panning = None, False
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        if event.button() == Qt.MouseButton.RightButton:
            box = self._id_at(event.position().toPoint())
            self.menu_requested.emit(box, event.globalPosition().toPoint())
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            self.call_clicked.emit(self._id_at(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index < 0:
            return
        call_id = self.canvas.drawing.ids[index]
        if self.canvas.drawing.kinds[index]:
            self.group_toggled.emit(call_id)
        else:
            self.call_opened.emit(call_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if has_control != self.wheel_zooms:
            self.zoom_by(_STEP ** (event.angleDelta().y() / 120))
        else:
            delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                delta = QPoint(delta.y(), delta.x())
            self._fitted_to = None
            self._scroll_by(delta)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted_to is not None:
            # Until the user moves the picture, it goes on fitting.
            self._fit_into(self._fitted_to)
        self.view_changed.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(event.pos())
            text = self.tool_tip(index) if index >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(QPoint(-10_000, -10_000))
        return super().viewportEvent(event)

    def tool_tip(self, index: int) -> str:
        """What hovering over a box says."""
        drawing = self.canvas.drawing
        hint = {0: "Double-click to move the cursor here", 1: "Double-click to expand"}
        action = hint.get(int(drawing.kinds[index]), "Double-click to collapse")
        masks = [f"mask {n} {what} here" for box, n, what in drawing.mask_ends if box == index]
        return "\n".join([drawing.ids[index], drawing.sublabels[index], *masks, action])

    def _scroll_by(self, moved: QPoint) -> None:
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() - moved.x())
        vertical.setValue(vertical.value() - moved.y())
        self.view_changed.emit()

    def _hover(self, at: QPoint) -> None:
        index = self._index_at(at)
        if index != self.canvas.hovered:
            self.canvas.hovered = index
            self.viewport().update()

    def _index_at(self, at: QPoint) -> int:
        point = self.mapToScene(at)
        return self.canvas.box_at(point.x(), point.y())

    def _id_at(self, at: QPoint) -> str:
        index = self._index_at(at)
        return self.canvas.drawing.ids[index] if index >= 0 else ""


def _dots(area: QRectF) -> Float64:
    """The dots of the ground within an area, (n, 4)."""
    columns = np.arange(area.left() - area.left() % _DOT, area.right(), _DOT)
    rows = np.arange(area.top() - area.top() % _DOT, area.bottom(), _DOT)
    dots = np.full((len(rows), len(columns), 4), _DOT_SIZE)
    dots[:, :, 0], dots[:, :, 1] = columns, rows[:, None]
    return dots.reshape(-1, 4)


def _clamped(middle: float, low: float, high: float, size: float) -> float:
    if high - low <= size:
        return (low + high) / 2
    return max(low + size / 2, min(middle, high - size / 2))
