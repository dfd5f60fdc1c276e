"""One row of numbers over steps, with the cursor on it; imported when the first is shown."""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from inspector.gui.look.theme import Theme, sans

_MOST_DOTS = 200


class SeriesPlot(pg.PlotWidget):
    """A line with dots; numbers that are not finite leave a gap. A click tells the place."""

    place_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Watch over steps")
        self._places = np.zeros(0)
        self._curve = pg.PlotDataItem(connect="finite")
        self._cursor = pg.InfiniteLine(angle=90)
        self.addItem(self._curve)
        self.addItem(self._cursor)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=True, y=False)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        self.setBackground(theme.panel)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(pg.mkPen(theme.muted))
            axis.setTickFont(sans(7.5))
        self.getPlotItem().getAxis("left").setWidth(52)
        self.getPlotItem().setContentsMargins(0, 7, 8, 0)
        self._curve.setPen(pg.mkPen(theme.accent, width=1.5))
        self._curve.setSymbolPen(None)
        self._curve.setSymbolBrush(pg.mkBrush(QColor(theme.accent)))
        self._cursor.setPen(pg.mkPen(theme.step, width=1.5))

    def show_series(
        self, places: tuple[int, ...], values: tuple[float | None, ...], *, has_cursor: bool
    ) -> None:
        """Show values at places, counted from 1 as the status bar counts steps."""
        self._places = np.asarray(places, dtype=np.float64)
        heights = np.array([np.nan if value is None else value for value in values], np.float64)
        heights[~np.isfinite(heights)] = np.nan
        self._curve.setSymbol("o" if len(places) <= _MOST_DOTS else None)
        self._curve.setSymbolSize(5)
        self._curve.setData(self._places + (1 if has_cursor else 0), heights)
        self._cursor.setVisible(has_cursor)
        self.enableAutoRange()

    def show_cursor(self, position: int) -> None:
        """Move the line of the cursor."""
        self._cursor.setPos(position + 1)

    def _clicked(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not len(self._places):
            return
        x = self.getPlotItem().vb.mapSceneToView(event.scenePos()).x()
        offset = 1 if self._cursor.isVisible() else 0
        nearest = int(np.argmin(np.abs(self._places + offset - x)))
        self.place_chosen.emit(int(self._places[nearest]))
