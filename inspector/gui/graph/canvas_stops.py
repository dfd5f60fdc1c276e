"""Painting breakpoints: a red dot at the corner of each box in which one stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:  # the item paints with this module
    from inspector.gui.graph.canvas_item import CanvasItem

_RADIUS = 5.0


def paint_stops(painter: QPainter, item: CanvasItem, shown: Iterable[int]) -> None:
    """Dots on the boxes that are shown."""
    if not item.stops:
        return
    painter.setPen(QPen(QColor(item.theme.canvas), 1.5))
    painter.setBrush(QColor(item.theme.failure))
    for index in item.stops.intersection(int(i) for i in shown):
        x, y, width, _ = item.drawing.rects[index]
        painter.drawEllipse(QPointF(x + width, y), _RADIUS, _RADIUS)
