"""The right half of the watches: the chosen one over all steps, or why there is nothing to draw."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.state.watches import Series
from inspector.gui.widgets.table_panel import empty_label, set_role

if TYPE_CHECKING:  # pyqtgraph is imported with the first plot, not with the window
    from inspector.gui.values.series_plot import SeriesPlot

_EMPTY = "Choose a watch to see it over all steps."
_NO_NUMBERS = "It is no single number at any step: reduce it, such as with mean(…) or max(…)."
_NONE_FINITE = "It is NaN or infinite at every step: there is nothing to draw."


class WatchPlot(QWidget):
    """Draws a series; a click moves the cursor to that step, or shows that run."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        super().__init__()
        self._viewpoint, self._appearance = viewpoint, appearance
        self._series: Series | None = None
        self._steps = viewpoint.steps
        self.plot: SeriesPlot | None = None
        self.title = set_role(QLabel(), "muted")
        self.title.setContentsMargins(10, 6, 10, 0)
        self._hint = empty_label(_EMPTY)
        self._drawn = QWidget()
        column = QVBoxLayout(self._drawn)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(self._drawn)
        viewpoint.cursor_moved.connect(self._follow)
        appearance.changed.connect(self._recolour)

    def show_nothing(self) -> None:
        """No watch is chosen."""
        self._series = None
        self._hint.setText(_EMPTY)
        self._stack.setCurrentWidget(self._hint)

    def show_series(self, series: Series) -> None:
        """Draw a watch."""
        numbers = [value for value in series.values if value is not None]
        if not any(map(isfinite, numbers)):
            self._series = None
            self._hint.setText(_NONE_FINITE if numbers else _NO_NUMBERS)
            self._stack.setCurrentWidget(self._hint)
            return
        self._series = series
        plot = self._made_plot()
        what = "calls, by step" if series.over == "step" else "runs of this kind, by run"
        self.title.setText(f"{series.watch.name} at {len(numbers):,} {what}")
        self._steps = self._viewpoint.steps
        places = tuple(self._place_of(place) for place in series.places)
        plot.show_series(places, series.values, has_cursor=series.over == "step")
        self._stack.setCurrentWidget(self._drawn)
        self._follow()

    def _made_plot(self) -> SeriesPlot:
        if self.plot is None:
            # pyqtgraph takes a third of a second to import; most windows do without it.
            from inspector.gui.values.series_plot import SeriesPlot

            self.plot = SeriesPlot(self._appearance.theme)
            self.plot.place_chosen.connect(self._go)
            self._drawn.layout().addWidget(self.plot)  # type: ignore[union-attr]  # set above
        return self.plot

    def _place_of(self, place: str | int) -> int:
        return self._steps.entry_of(place) if isinstance(place, str) else place

    def _go(self, place: int) -> None:
        if self._series is None or self._series.over == "step":
            self._viewpoint.move_to(place)
            return
        for run in self._viewpoint.runs:
            if run.number == place:
                self._viewpoint.show_run(run)

    def _follow(self) -> None:
        if self._steps is not self._viewpoint.steps and self._series is not None:
            # Other steps of the same run: by ops now, or no longer.
            if self._steps.run is self._viewpoint.run:
                self.show_series(self._series)
            return
        if self.plot is not None:
            self.plot.show_cursor(self._viewpoint.position)

    def _recolour(self) -> None:
        if self.plot is not None:
            self.plot.set_theme(self._appearance.theme)
