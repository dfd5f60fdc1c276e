"""The graph as one painted item: frames, edges, cards, marks.

An item per call would take 400 ms a frame at 50,000 calls; one item that paints flat arrays,
only where the view looks, takes a few. Three levels of detail:

    far      cards as flat rectangles by category, edges as straight lines, all in a few calls
    middle   cards with stripe and title
    near     cards with title and subtitle, edge labels, masks
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inspector.gui.graph.canvas_cards import (
    frame_colour,
    paint_card,
    paint_far_cards,
    paint_far_marks,
    paint_frame,
)
from inspector.gui.graph.canvas_edges import (
    EdgePaths,
    paint_edge_labels,
    paint_edges,
    paint_far_edges,
    paint_mask_ends,
)
from inspector.gui.graph.canvas_grid import Indices, SpatialGrid
from inspector.gui.graph.canvas_marks import Marks
from inspector.gui.graph.canvas_stops import paint_stops
from inspector.gui.graph.drawing import FRAME, Drawing
from inspector.gui.look.theme import Theme

FAR, NEAR = 0.28, 0.5
_MARGIN = 60.0
# Above this many visible cards, details cannot be read anyway and would cost the frame budget.
MOST_DETAILED = 700


class CanvasItem(QGraphicsItem):
    """Paints a drawing; the view sets what is selected, hovered and marked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.drawing = Drawing()
        self.marks = Marks()
        self.selected = -1
        self.hovered = -1
        self.found: frozenset[int] = frozenset()
        # Boxes in which a breakpoint stops.
        self.stops: frozenset[int] = frozenset()
        self.lit_in: frozenset[int] = frozenset()
        self.lit_out: frozenset[int] = frozenset()
        self.shows_masks = True
        self.edges = EdgePaths(self.drawing)
        self._grid = SpatialGrid(self.drawing.rects)
        # Without this flag the exposed rectangle is the whole item and nothing is culled.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_drawing(self, drawing: Drawing) -> None:
        """Paint another drawing."""
        self.prepareGeometryChange()
        self.drawing = drawing
        self.edges = EdgePaths(drawing)
        self._grid = SpatialGrid(drawing.rects)
        self.marks = Marks()
        self.hovered = -1
        self.found = frozenset()
        self.select(-1)

    def select(self, index: int) -> None:
        """Ring a box, and light the lines that come into it and that leave it."""
        self.selected = index
        self.lit_in, self.lit_out = self.edges.lit_by(index)
        self.update()

    def ground_at(self, point: QPointF) -> QColor:
        """The colour behind a point: a frame's, or the canvas'."""
        index = self.box_at(point.x(), point.y())
        if index < 0:
            return QColor(self.theme.canvas)
        return frame_colour(self.theme, int(self.drawing.depths[index]))

    def box_at(self, x: float, y: float) -> int:
        """Index of the innermost box at a point, -1 where there is none."""
        boxes = self._grid.query(x, y, 0.0, 0.0)
        if not len(boxes):
            return -1
        return int(max(boxes, key=lambda index: (self.drawing.depths[index], index)))

    def boxes_within(self, area: QRectF) -> int:
        """How many boxes an area meets."""
        return len(self._grid.query(area.x(), area.y(), area.width(), area.height()))

    def boundingRect(self) -> QRectF:
        x, y, width, height = self.drawing.bounds
        return QRectF(x, y, width, height).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        exposed = option.exposedRect
        lod = option.levelOfDetailFromTransform(painter.worldTransform())
        self.paint_area(painter, exposed, lod)

    def paint_in_full(self, painter: QPainter, area: QRectF) -> None:
        """Paint with every detail, however small it is drawn and however much there is."""
        self.paint_area(painter, area, 1.0, most_detailed=len(self.drawing.ids))

    def paint_area(
        self,
        painter: QPainter,
        area: QRectF,
        lod: float,
        *,
        most_detailed: int = MOST_DETAILED,
    ) -> None:
        """Paint what meets `area` at a level of detail (pixels a scene unit).

        most_detailed: above this many cards none is painted in detail; 0 leaves marks out too.
        """
        shown = self._grid.query(area.x(), area.y(), area.width(), area.height())
        frames = [int(i) for i in shown if self.drawing.kinds[i] == FRAME]
        cards = shown[self.drawing.kinds[shown] != FRAME]
        is_far = lod < FAR or len(cards) > most_detailed
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_far)
        for index in frames:
            paint_frame(painter, self, index, lod, area)
        if is_far:
            paint_far_edges(painter, self, area)
            paint_far_cards(painter, self, cards)
            if most_detailed:
                paint_far_marks(painter, self)
            return
        paint_edges(painter, self, area)
        self._paint_cards(painter, cards, lod)
        if lod >= NEAR:
            paint_edge_labels(painter, self, area)
        if self.shows_masks:
            paint_mask_ends(painter, self, shown)
        paint_stops(painter, self, shown)

    def _paint_cards(self, painter: QPainter, cards: Indices, lod: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in cards:
            paint_card(painter, self, int(index), lod)
