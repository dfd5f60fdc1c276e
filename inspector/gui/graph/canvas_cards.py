"""Painting boxes: frames (expanded calls) and cards (everything else)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from inspector.gui.graph.canvas_marks import PENDING
from inspector.gui.graph.drawing import GROUP
from inspector.gui.look.theme import SANS
from inspector.layout.text import SUBTITLE_PX, TITLE_PX

if TYPE_CHECKING:  # the item paints with these functions and so imports this module
    from inspector.gui.graph.canvas_item import CanvasItem
    from inspector.gui.look.theme import Theme

_RADIUS = 6.0
_STRIPE = 5.0
HEADER = 26.0
_TITLE_FROM = 0.4
_BEYOND = 40.0


def as_rects(boxes: NDArray[np.float64]) -> object:
    """An (n, 4) array as Qt's rectangles, without a copy; keep it alive during the call."""
    return shiboken6.wrapInstance(boxes.ctypes.data, QRectF)


def as_lines(ends: NDArray[np.float64]) -> object:
    """An (n, 4) array as Qt's lines, without a copy; keep it alive during the call."""
    return shiboken6.wrapInstance(ends.ctypes.data, QLineF)


def scene_font(pixels: int, *, bold: bool = False) -> QFont:
    """A font in scene units, as the layout measured it."""
    font = QFont(SANS)
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def box_rect(item: CanvasItem, index: int) -> QRectF:
    """The rectangle of a box in scene coordinates."""
    x, y, width, height = item.drawing.rects[index]
    return QRectF(x, y, width, height)


def frame_colour(theme: Theme, depth: int) -> QColor:
    """What an expanded call is filled with: two tones in turn, so that nesting shows."""
    return QColor(theme.frame_deep if depth % 2 else theme.frame)


def paint_frame(painter: QPainter, item: CanvasItem, index: int, lod: float, area: QRectF) -> None:
    """An expanded call: a soft panel with its name in the header; `area` is what is looked at."""
    theme, drawing = item.theme, item.drawing
    rect = box_rect(item, index)
    colour = theme.category(drawing.categories[index])
    border, width = _border(item, index, _mixed(colour, QColor(theme.border), 0.55))
    painter.setPen(QPen(border, width))
    fill = frame_colour(theme, int(drawing.depths[index]))
    if rect.adjusted(_RADIUS, _RADIUS, -_RADIUS, -_RADIUS).contains(area):
        # Only its inside is seen: no border, no corners, and a twentieth of the time.
        painter.fillRect(area, fill)
        return
    painter.setBrush(fill)
    # The rest of a frame that reaches far out of sight costs as much as what is seen.
    seen = rect.intersected(area.adjusted(-_BEYOND, -_BEYOND, _BEYOND, _BEYOND))
    painter.drawRoundedRect(seen, _RADIUS + 2, _RADIUS + 2)
    if lod < _TITLE_FROM:
        return
    header = QRectF(rect.x(), rect.y(), rect.width(), HEADER)
    _paint_chevron(painter, QPointF(header.x() + 13, header.center().y()), colour, is_open=True)
    painter.setPen(QColor(theme.text))
    painter.setFont(scene_font(TITLE_PX, bold=True))
    title_width = _draw_elided(painter, header.adjusted(24, 0, -10, 0), drawing.labels[index])
    painter.setPen(QColor(theme.muted))
    painter.setFont(scene_font(SUBTITLE_PX))
    _draw_elided(
        painter, header.adjusted(24 + title_width + 8, 1, -10, 0), drawing.sublabels[index]
    )
    _paint_step_tag(painter, item, index, rect)


def paint_card(painter: QPainter, item: CanvasItem, index: int, lod: float) -> None:
    """A call: name and what it is, with a stripe in its category's colour."""
    theme, drawing = item.theme, item.drawing
    rect = box_rect(item, index)
    pending = item.marks.progress[index] == PENDING if len(item.marks.progress) else False
    colour = theme.category(drawing.categories[index])
    if drawing.kinds[index] == GROUP:
        _paint_stack(painter, rect, theme)
    _paint_glow(painter, item, index, rect)
    border, width = _border(item, index, QColor(theme.border))
    painter.setPen(QPen(border, width, Qt.PenStyle.DashLine if pending else Qt.PenStyle.SolidLine))
    painter.setBrush(_fill(item, index, pending=pending))
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
    if drawing.categories[index] == "placeholder":
        _paint_hatching(painter, rect, colour)
    _paint_stripe(painter, rect, _mixed(colour, QColor(theme.card), 0.45) if pending else colour)
    if lod >= _TITLE_FROM:
        _paint_words(painter, item, index, rect, pending=pending)
    _paint_step_tag(painter, item, index, rect)


def paint_far_cards(painter: QPainter, item: CanvasItem, cards: NDArray[np.intp]) -> None:
    """Cards too small to read: flat rectangles, one call of Qt a colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    categories = np.array([item.drawing.categories[i] for i in cards], dtype=object)
    for name in set(categories):
        boxes = np.ascontiguousarray(item.drawing.rects[cards[categories == name]])
        painter.setBrush(item.theme.category(name))
        painter.drawRects(as_rects(boxes), len(boxes))  # type: ignore[call-overload]  # C++ pointer and count


def paint_far_marks(painter: QPainter, item: CanvasItem) -> None:
    """Rings around the selected, the current and the failing box, seen from any distance."""
    for index, colour in (
        (item.selected, item.theme.accent),
        (item.marks.current, item.theme.step),
        (item.marks.failed, item.theme.failure),
    ):
        if index >= 0:
            pen = QPen(QColor(colour), 4)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box_rect(item, index))


def _fill(item: CanvasItem, index: int, *, pending: bool) -> QColor:
    theme = item.theme
    if index == item.marks.failed:
        return QColor(theme.failure_soft)
    if index == item.marks.current:
        return QColor(theme.step_soft)
    if index == item.selected:
        return QColor(theme.accent_soft)
    return QColor(theme.card_pending if pending else theme.card)


def _border(item: CanvasItem, index: int, plain: QColor) -> tuple[QColor, float]:
    theme = item.theme
    if index == item.marks.failed:
        return QColor(theme.failure), 2.4
    if index == item.marks.current:
        return QColor(theme.step), 2.4
    if index == item.selected:
        return QColor(theme.accent), 2.2
    if index in item.found:
        return QColor(theme.accent), 1.8
    if index == item.hovered:
        return QColor(theme.muted), 1.4
    return plain, 1.0


def _paint_glow(painter: QPainter, item: CanvasItem, index: int, rect: QRectF) -> None:
    """A soft ring around the current, failing or selected card, so that it is found at a glance."""
    if index == item.marks.failed:
        colour = QColor(item.theme.failure)
    elif index == item.marks.current:
        colour = QColor(item.theme.step)
    elif index == item.selected:
        colour = QColor(item.theme.accent)
    else:
        return
    colour.setAlpha(60)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), _RADIUS + 4, _RADIUS + 4)


def _paint_stack(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """A second sheet behind a collapsed call: there is more inside."""
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.setBrush(QColor(theme.frame_deep))
    painter.drawRoundedRect(rect.translated(4, 4), _RADIUS, _RADIUS)


def _paint_stripe(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    stripe = QRectF(rect.x() + 1, rect.y() + 1, _STRIPE, rect.height() - 2)
    painter.drawRoundedRect(stripe, 2.5, 2.5)


def _paint_hatching(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """A dashed border and faint stripes: what is in the box is not known."""
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DashLine))
    faint = QColor(colour)
    faint.setAlpha(46)
    painter.setBrush(QBrush(faint, Qt.BrushStyle.BDiagPattern))
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)


def _paint_words(
    painter: QPainter, item: CanvasItem, index: int, rect: QRectF, *, pending: bool
) -> None:
    theme, drawing = item.theme, item.drawing
    inner = rect.adjusted(_STRIPE + 6, 0, -5, 0)
    if drawing.kinds[index] == GROUP:
        colour = theme.category(drawing.categories[index])
        _paint_chevron(painter, QPointF(inner.x() + 4, rect.center().y()), colour, is_open=False)
        inner.adjust(14, 0, 0, 0)
    painter.setFont(scene_font(TITLE_PX, bold=True))
    painter.setPen(QColor(theme.muted if pending else theme.text))
    middle = rect.center().y()
    has_two = bool(drawing.sublabels[index]) and rect.height() >= 28
    title = QRectF(inner.x(), middle - 15 if has_two else middle - 8, inner.width(), 16)
    _draw_elided(painter, title, drawing.labels[index])
    if has_two:
        painter.setFont(scene_font(SUBTITLE_PX))
        painter.setPen(QColor(theme.muted))
        _draw_elided(
            painter, QRectF(inner.x(), middle + 1, inner.width(), 14), drawing.sublabels[index]
        )


def _paint_chevron(painter: QPainter, at: QPointF, colour: QColor, *, is_open: bool) -> None:
    painter.setPen(
        QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    if is_open:
        points = [at + QPointF(-4, -2), at + QPointF(0, 2.5), at + QPointF(4, -2)]
    else:
        points = [at + QPointF(-2, -4), at + QPointF(2.5, 0), at + QPointF(-2, 4)]
    painter.drawPolyline(points)


def _paint_step_tag(painter: QPainter, item: CanvasItem, index: int, rect: QRectF) -> None:
    """A pointer at the left of the current call, a cross on the failing one."""
    if index not in (item.marks.current, item.marks.failed):
        return
    failed = index == item.marks.failed
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(item.theme.failure if failed else item.theme.step))
    at = QPointF(rect.x(), rect.y() + min(rect.height(), HEADER * 1.4) / 2)
    if failed:
        painter.drawEllipse(at, 8, 8)
        painter.setPen(QPen(QColor(item.theme.card), 2))
        painter.drawLine(at + QPointF(-3, -3), at + QPointF(3, 3))
        painter.drawLine(at + QPointF(-3, 3), at + QPointF(3, -3))
        return
    painter.drawPolygon([at + QPointF(-14, -7), at + QPointF(-2, 0), at + QPointF(-14, 7)])


def _draw_elided(painter: QPainter, rect: QRectF, text: str) -> float:
    """Draw one line of text, its middle cut where it is too wide; gives the width drawn."""
    metrics = QFontMetricsF(painter.font())
    shown = text
    if metrics.horizontalAdvance(text) > rect.width():
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
    return metrics.horizontalAdvance(shown)


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of one colour in another."""
    return QColor.fromRgbF(
        one.redF() * share + other.redF() * (1 - share),
        one.greenF() * share + other.greenF() * (1 - share),
        one.blueF() * share + other.blueF() * (1 - share),
    )
