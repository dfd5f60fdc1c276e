"""Histogram and heatmap of one tensor, with pyqtgraph; imported when values are first shown."""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from inspector.gui.look.theme import Theme, mono, sans
from inspector.gui.values.colouring import Rgba, coloured, diverging, own_range, symmetric_range

_LUMINANCE, _MIDDLE = np.array([0.299, 0.587, 0.114]), 140.0
_MOST_TEXTS, _TEXT_WIDTH, _TEXT_HEIGHT = 400, 54.0, 14.0
_DIGIT_WIDTH = 7.0


class Histogram(pg.PlotWidget):
    """Counts of values by bin; the counts' axis may be logarithmic."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Histogram")
        self._counts: NDArray[np.float64] = np.zeros(0)
        self._edges: NDArray[np.float64] = np.zeros(0)
        self._is_logarithmic = False
        self._bars = pg.PlotCurveItem([0, 1], [0], stepMode="center", fillLevel=0)
        self.addItem(self._bars)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=True, y=False)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        _set_axes(self, theme)
        fill = QColor(theme.accent)
        fill.setAlpha(110)
        self._bars.setPen(pg.mkPen(theme.accent, width=1))
        self._bars.setBrush(pg.mkBrush(fill))

    def show_counts(self, counts: tuple[int, ...], edges: tuple[float, ...]) -> None:
        """Show one histogram; `edges` has one number more than `counts`."""
        self._counts = np.asarray(counts, dtype=np.float64)
        self._edges = np.asarray(edges, dtype=np.float64)
        self._draw()

    def set_logarithmic(self, is_logarithmic: bool) -> None:
        """Show the decimal logarithm of the counts plus one, so that empty bins stay at zero."""
        self._is_logarithmic = is_logarithmic
        self._draw()

    def _draw(self) -> None:
        if not len(self._counts):
            self._bars.setData(x=[0, 1], y=[0])
            return
        heights = np.log10(self._counts + 1) if self._is_logarithmic else self._counts
        self._bars.setData(x=self._edges, y=heights)
        low, high = float(self._edges[0]), float(self._edges[-1])
        self.setXRange(low, high if high > low else low + 1.0, padding=0.02)
        self.setYRange(0, float(heights.max()) or 1.0, padding=0.05)


class CellTexts(pg.GraphicsObject):
    """The numbers in the cells of a small matrix, where they fit."""

    def __init__(self) -> None:
        super().__init__()
        self._values: NDArray[np.float64] = np.zeros((0, 0))
        self._picture: Rgba = np.zeros((0, 0, 4), dtype=np.uint8)

    def show_values(self, values: NDArray[np.float64], picture: Rgba) -> None:
        """Write the numbers of a matrix onto its picture, none when it has too many."""
        self.prepareGeometryChange()
        self._values = values if values.size <= _MOST_TEXTS else np.zeros((0, 0))
        self._picture = picture
        self.update()

    def boundingRect(self) -> QRectF:
        rows, columns = self._values.shape
        return QRectF(0, 0, columns, rows)

    def paint(self, painter: QPainter, *_: object) -> None:
        to_device = painter.worldTransform()
        painter.resetTransform()
        painter.setFont(mono(7.5))
        for (row, column), value in np.ndenumerate(self._values):
            cell = to_device.mapRect(QRectF(column, row, 1, 1))
            if cell.width() < _TEXT_WIDTH or cell.height() < _TEXT_HEIGHT:
                return
            is_light = float(self._picture[row, column, :3] @ _LUMINANCE) > _MIDDLE
            painter.setPen(QColor("#14181f" if is_light else "#ffffff"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{value:.3g}")


class IndexAxis(pg.AxisItem):
    """Numbers the cells of a matrix in their middles; beyond the matrix there is nothing to say."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        # The first cell's number reaches over the corner.
        self.setStyle(hideOverlappingLabels=False)
        self._size = 0

    def set_size(self, size: int) -> None:
        """Number cells from 0 to below `size`."""
        self._size = size
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, length: float) -> list[tuple[int, list[float]]]:
        """Middles of the cells in view, as many as their numbers leave room for."""
        low, high = sorted((low, high))
        step = self._step(abs(length) / max(high - low, 1e-9))
        first = max(int(np.ceil(low - 0.5)), 0)
        end = min(int(np.floor(high - 0.5)) + 1, self._size)
        return [(step, [place + 0.5 for place in range(-(-first // step) * step, end, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The index of the cell around each tick."""
        return [str(int(value)) for value in values]

    def _step(self, pixels: float) -> int:
        """The fewest cells from one number to the next, at so many pixels a cell."""
        is_beside = self.orientation == "bottom"
        needed = len(str(self._size)) * _DIGIT_WIDTH + 8 if is_beside else _TEXT_HEIGHT + 2
        steps = (1, 2, 5, 10, 20, 50, 100, 200)
        return next((step for step in steps if step * pixels >= needed), steps[-1])


class Heatmap(pg.PlotWidget):
    """A matrix in colours, zero in the middle of the scale; hovering tells a cell, a click asks."""

    hovered = Signal(int, int)
    clicked = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._indices = {side: IndexAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, axisItems=self._indices)
        self.setAccessibleName("Heatmap")
        self._values: NDArray[np.float64] = np.zeros((0, 0))
        self._picture = pg.ImageItem(axisOrder="row-major")
        self._table = diverging(is_dark=theme.is_dark)
        self._texts = CellTexts()
        self._is_own_range = False
        self.addItem(self._picture)
        self.addItem(self._texts)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.getPlotItem().getViewBox().invertY(True)
        self.scene().sigMouseMoved.connect(self._moved)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        _set_axes(self, theme)
        self._table = diverging(is_dark=theme.is_dark)
        self._draw()

    def set_own_range(self, is_own: bool) -> tuple[float, float]:
        """Spread the colours from the smallest to the largest value, or evenly around zero."""
        self._is_own_range = is_own
        return self._draw()

    def show_values(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Show a matrix; gives the numbers at the ends of the colour scale."""
        was = self._values.shape
        self._values = values
        ends = self._draw()
        if values.shape != was and values.size:
            rows, columns = values.shape
            # Pictures keep their shape; other matrices fill the room that there is.
            view = self.getPlotItem().getViewBox()
            is_picture = values.size > _MOST_TEXTS and 0.5 <= rows / columns <= 2
            view.setAspectLocked(is_picture)
            view.setRange(QRectF(0, 0, columns, rows), padding=0)
            self._indices["left"].set_size(rows)
            self._indices["bottom"].set_size(columns)
        return ends

    def set_names(self, rows: str, columns: str) -> None:
        """Name the axes: what the rows and the columns are."""
        for side, name in (("left", rows), ("bottom", columns)):
            self.getPlotItem().getAxis(side).setLabel(name)

    def value_at(self, row: int, column: int) -> float:
        """The number under a cell."""
        return float(self._values[row, column])

    def _draw(self) -> tuple[float, float]:
        if not self._values.size:
            self._picture.clear()
            return (-1.0, 1.0)
        ends = (own_range if self._is_own_range else symmetric_range)(self._values)
        picture = coloured(self._values, ends, self._table)
        self._texts.show_values(self._values, picture)
        self._picture.setImage(picture, autoLevels=False)
        return ends

    def _moved(self, at: QPointF) -> None:
        self.hovered.emit(*(self._cell_at(at) or (-1, -1)))

    def _clicked(self, event: MouseClickEvent) -> None:
        cell = self._cell_at(event.scenePos())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(*cell)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        point = self.getPlotItem().getViewBox().mapSceneToView(at)
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        rows, columns = self._values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def _set_axes(plot: pg.PlotWidget, theme: Theme) -> None:
    plot.setBackground(theme.panel)
    plot.setFrameShape(pg.PlotWidget.Shape.NoFrame)
    for side in ("left", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pg.mkPen(theme.border))
        axis.setTextPen(pg.mkPen(theme.muted))
        axis.setTickFont(sans(7.5))
        axis.setStyle(tickLength=-4)
    plot.getPlotItem().getAxis("left").setWidth(38)
    plot.getPlotItem().setContentsMargins(0, 7, 4, 0)
