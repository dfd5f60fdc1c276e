"""Painting edges: routes with rounded corners and arrow heads, shapes, mask strands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from inspector.gui.graph.canvas_cards import as_lines, box_rect, scene_font
from inspector.gui.graph.canvas_grid import Indices, SpatialGrid
from inspector.gui.graph.canvas_marks import PENDING
from inspector.gui.graph.drawing import FRAME, Drawing
from inspector.layout.text import LABEL_PX

if TYPE_CHECKING:  # the item paints with these functions and so imports this module
    from inspector.gui.graph.canvas_item import CanvasItem

_CORNER = 7.0
_HEAD = 7.0


class EdgePaths:
    """The routes of a drawing, found by place and made into Qt paths when first painted."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._paths: dict[int, QPainterPath] = {}
        self._lines: dict[int, list[int]] = {}
        for line, edges in enumerate(drawing.members):
            for member in edges:
                self._lines.setdefault(member, []).append(line)
        boxes = [_bounds(path) for path in drawing.edge_paths]
        self._grid = SpatialGrid(np.array(boxes, dtype=np.float64).reshape(-1, 4))
        self._ends = np.array(
            [(*path[0], *path[-1]) for path in drawing.edge_paths], dtype=np.float64
        ).reshape(-1, 4)

    def lit_by(self, box: int) -> tuple[frozenset[int], frozenset[int]]:
        """The lines that come into a box and that leave it, followed through frames' borders."""
        if box < 0 or not len(self._ends):
            return frozenset(), frozenset()
        members = self._drawing.members
        incoming = {m for e in np.flatnonzero(self._drawing.targets == box) for m in members[e]}
        outgoing = {m for e in np.flatnonzero(self._drawing.sources == box) for m in members[e]}
        # What only passes a frame's border inside it is neither, seen from the frame.
        through = incoming & outgoing
        return self._lines_of(incoming - through), self._lines_of(outgoing - through)

    def _lines_of(self, members: set[int]) -> frozenset[int]:
        return frozenset(line for member in members for line in self._lines[member])

    def within(self, area: QRectF) -> Indices:
        """Edges whose bounds meet `area`."""
        return self._grid.query(area.x(), area.y(), area.width(), area.height())

    def ends(self, edges: Indices) -> NDArray[np.float64]:
        """(n, 4) first and last point of edges."""
        return np.ascontiguousarray(self._ends[edges])

    def path(self, edge: int) -> QPainterPath:
        """The route of an edge with rounded corners."""
        if edge not in self._paths:
            self._paths[edge] = _rounded(self._drawing.edge_paths[edge])
        return self._paths[edge]


def paint_far_edges(painter: QPainter, item: CanvasItem, area: QRectF) -> None:
    """Edges as straight lines, all in one call of Qt."""
    ends = item.edges.ends(item.edges.within(area))
    if len(ends):
        pen = QPen(QColor(item.theme.edge))
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(as_lines(ends), len(ends))  # type: ignore[call-overload]  # C++ pointer and count


def paint_edges(painter: QPainter, item: CanvasItem, area: QRectF) -> None:
    """Routes with arrow heads; the selected box's ones last, in the colours of in and out."""
    edges = [int(edge) for edge in item.edges.within(area)]
    if item.shows_masks:
        _paint_strands(painter, item, edges)
    for edge in sorted(edges, key=lambda edge: _is_lit(item, edge)):
        _paint_edge(painter, item, edge)


def paint_edge_labels(painter: QPainter, item: CanvasItem, area: QRectF) -> None:
    """The shapes that travel along the edges, each on a patch of the canvas' colour."""
    painter.setFont(scene_font(LABEL_PX))
    metrics = QFontMetricsF(painter.font())
    drawing, theme = item.drawing, item.theme
    for edge in item.edges.within(area):
        text = drawing.edge_labels[edge]
        if not text or np.isnan(drawing.label_at[edge, 0]):
            continue
        middle = QRectF(*drawing.label_at[edge]).center()
        width = metrics.horizontalAdvance(text) + 6
        patch = QRectF(middle.x() - width / 2, middle.y() - 7, width, 14)
        background = item.ground_at(middle)
        background.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawRoundedRect(patch, 4, 4)
        lit = _is_lit(item, int(edge))
        painter.setPen(_edge_colour(item, int(edge)) if lit else QColor(theme.muted))
        painter.drawText(patch, int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_edge(painter: QPainter, item: CanvasItem, edge: int) -> None:
    colour = _edge_colour(item, edge)
    lit = _is_lit(item, edge)
    pending = not lit and _is_pending(item, edge)
    pen = QPen(colour, 2.0 if lit else 1.3)
    pen.setStyle(Qt.PenStyle.DashLine if pending else Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(item.edges.path(edge))
    if item.drawing.kinds[item.drawing.targets[edge]] == FRAME:
        return  # the line goes on inside the frame, or outside of it
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(_head(item.drawing.edge_paths[edge]))


def _paint_strands(painter: QPainter, item: CanvasItem, edges: list[int]) -> None:
    """A wide coloured strand under every edge along which a mask travels."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for edge in edges:
        mask = int(item.drawing.edge_masks[edge])
        if mask:
            colour = item.theme.mask(mask)
            colour.setAlpha(80)
            painter.setPen(QPen(colour, 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPath(item.edges.path(edge))


def paint_mask_ends(painter: QPainter, item: CanvasItem, shown: Indices) -> None:
    """Where masks are born (a dot) and dropped (a cross), at the right of their calls."""
    places: dict[int, int] = {}
    visible = {int(box) for box in shown}
    for box, mask, what in item.drawing.mask_ends:
        if box not in visible:
            continue
        places[box] = places.get(box, -1) + 1
        rect = box_rect(item, box)
        at = QPointF(rect.right() - 9 - places[box] * 14, rect.y())
        _paint_mask_end(painter, item, at, mask, what)


def _paint_mask_end(painter: QPainter, item: CanvasItem, at: QPointF, mask: int, what: str) -> None:
    colour = item.theme.mask(mask)
    painter.setPen(QPen(QColor(item.theme.card), 1.5))
    painter.setBrush(colour if what == "born" else QColor(item.theme.failure))
    painter.drawEllipse(at, 6.5, 6.5)
    if what == "dropped":
        painter.setPen(QPen(QColor(item.theme.card), 1.8))
        for sign in (-1, 1):
            painter.drawLine(at + QPointF(-2.6, -2.6 * sign), at + QPointF(2.6, 2.6 * sign))


def _is_lit(item: CanvasItem, edge: int) -> bool:
    return edge in item.lit_in or edge in item.lit_out


def _is_pending(item: CanvasItem, edge: int) -> bool:
    target = item.drawing.targets[edge]
    return bool(len(item.marks.progress)) and item.marks.progress[target] == PENDING


def _edge_colour(item: CanvasItem, edge: int) -> QColor:
    if edge in item.lit_in:
        return QColor(item.theme.edge_in)
    if edge in item.lit_out:
        return QColor(item.theme.edge_out)
    mask = int(item.drawing.edge_masks[edge])
    return item.theme.mask(mask) if mask and item.shows_masks else QColor(item.theme.edge)


def _bounds(path: NDArray[np.float64]) -> tuple[float, float, float, float]:
    low, high = path.min(axis=0), path.max(axis=0)
    return (low[0], low[1], high[0] - low[0], high[1] - low[1])


def _rounded(points: NDArray[np.float64]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near = _towards(corner, before)
        far = _towards(corner, after)
        path.lineTo(QPointF(*near))
        path.quadTo(QPointF(*corner), QPointF(*far))
    path.lineTo(QPointF(*points[-1]))
    return path


def _towards(corner: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    distance = float(np.hypot(*(other - corner)))
    if distance == 0.0:
        return corner
    return corner + (other - corner) * min(_CORNER, distance / 2) / distance


def _head(points: NDArray[np.float64]) -> QPolygonF:
    tip = points[-1]
    direction = tip - points[-2] if len(points) > 1 else np.array([0.0, 1.0])
    length = float(np.hypot(*direction))
    along = direction / length if length else np.array([0.0, 1.0])
    across = np.array([-along[1], along[0]]) * _HEAD * 0.45
    foot = tip - along * _HEAD
    return QPolygonF([QPointF(*tip), QPointF(*(foot + across)), QPointF(*(foot - across))])
