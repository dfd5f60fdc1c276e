"""One tensor in full: statistics, histogram, heatmap with an index for every other axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.look.theme import Appearance, mono
from inspector.gui.look.wording import number_text, shape_text
from inspector.gui.state.tensor_store import TensorStore, Wanted
from inspector.gui.values.slicer_bar import SlicerBar
from inspector.gui.values.slicing import Slicing, first_slicing, item_slicing
from inspector.gui.widgets.table_panel import empty_label, set_role
from inspector.session.protocol import Statistics, TensorRead
from inspector.session.values import array_of
from inspector.trace import Shape

if TYPE_CHECKING:  # pyqtgraph is imported when the first values arrive, not with the window
    from inspector.gui.values.value_plots import Heatmap, Histogram

# Values mostly come within a frame; only a late answer is worth a word.
_PATIENCE_MS = 150
_STATISTICS = ("min", "max", "mean", "std", "NaN", "Inf", "zeros", "values")


class TensorView(QWidget):
    """Asks the store for the window that its slicing says, and shows it when it arrives.

    number_chosen: a cell of the heatmap was clicked: its tensor and its whole index.
    """

    number_chosen = Signal(int, object)

    def __init__(
        self, appearance: Appearance, store: TensorStore, device: Callable[[], str]
    ) -> None:
        super().__init__()
        self.setObjectName("tensor")
        self._appearance = appearance
        self._store = store
        self._device = device
        self._of: tuple[int, int] | None = None
        self._slicing: Slicing | None = None
        self._wanted: Wanted | None = None
        self._shown: Wanted | None = None
        self._histogram: Histogram | None = None
        self._heatmap: Heatmap | None = None
        self._title = ""
        self._axes: tuple[str, ...] = ()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._say_reading)
        self.slicers = SlicerBar()
        self.texts = QPlainTextEdit()
        self.texts.setReadOnly(True)
        self.texts.setAccessibleName("Texts")
        self.texts.setFont(mono(9))
        self._readout = set_role(QLabel(), "muted")
        self._build()
        self.slicers.changed.connect(self._slice)
        store.arrived.connect(self._take)
        appearance.changed.connect(self._recolour)

    def show_nothing(self, reason: str) -> None:
        """Say why there are no values."""
        self._wanted = self._of = None
        self._empty.setText(reason)
        self._stack.setCurrentWidget(self._empty)

    def show_tensor(
        self, of: tuple[int, int], shape: Shape | None, title: str, axes: tuple[str, ...] = ()
    ) -> None:
        """Show tensor `of` (run, tensor); its slices stay when it is shown already.

        axes: what its axes mean, where that is known.
        """
        self._title = title
        self._axes = axes
        if of != self._of:
            self._of = of
            known = _known_shape(shape)
            self._slicing = None if known is None else first_slicing(known, axes)
        elif self._slicing is not None:
            self._slicing = replace(self._slicing, names=axes)
        self._ask()

    def show_item(self, item: int) -> None:
        """Of the tensor that is shown, show one item of the batch."""
        if self._slicing is not None:
            self._slicing = item_slicing(self._slicing.shape, item, self._axes)
            self._ask()

    @property
    def number_texts(self) -> dict[str, str]:
        """The statistics as shown."""
        return {name: label.text() for name, label in self._numbers.items()}

    @property
    def is_waiting(self) -> bool:
        """Whether values were asked for that have not come yet."""
        return self._wanted is not None and self._wanted != self._shown

    @property
    def reason(self) -> str:
        """Why nothing is shown, empty when something is."""
        return self._empty.text() if self._stack.currentWidget() is self._empty else ""

    def _ask(self) -> None:
        if self._of is None:
            return
        start, stop = self._slicing.bounds if self._slicing else ((), ())
        self._wanted = Wanted(*self._of, start, stop)
        answer = self._store.want(self._wanted)
        if answer is not None:
            self._show(answer)
        elif not self._store.can_read():
            self.show_nothing("No values: they stay in the worker, and none is running.")
        elif not self._patience.isActive():
            self._patience.start()

    def _say_reading(self) -> None:
        """The worker is busy: what is shown is not what was asked for."""
        if self.is_waiting:
            self._empty.setText("Reading values…")
            self._stack.setCurrentWidget(self._empty)

    def _slice(self, slicing: Slicing) -> None:
        self._slicing = slicing
        self._ask()

    def _take(self, wanted: Wanted, answer: TensorRead) -> None:
        if wanted == self._wanted:
            self._show(answer)

    def _show(self, answer: TensorRead) -> None:
        if answer.problem:
            self.show_nothing(f"No values: {answer.problem}")
            return
        if self._slicing is None or self._slicing.shape != answer.shape:
            self._slicing = first_slicing(answer.shape, self._axes)
            self._ask()
            return
        self._shown = self._wanted
        self._name.setText(self._title)
        if answer.dtype == "string":
            self._show_texts(answer)
            return
        self._make_plots()
        self.slicers.show_slicing(self._slicing)
        again = "computed again" if answer.recomputed else ""
        parts = (shape_text(answer.shape), answer.dtype, self._device(), again)
        self._summary.setText("  ·  ".join(part for part in parts if part))
        self._show_statistics(answer.statistics, answer.shape)
        self._show_picture(answer, self._slicing)
        self._stack.setCurrentWidget(self._full)

    def _show_statistics(self, found: Statistics | None, shape: tuple[int, ...]) -> None:
        texts = ["–"] * 7
        if found is not None:
            texts = [
                *map(number_text, (found.minimum, found.maximum, found.mean, found.deviation)),
                *(f"{n:,}" for n in (found.nan_count, found.infinity_count, found.zero_count)),
            ]
        for name, text in zip(_STATISTICS, [*texts, f"{prod(shape):,}"], strict=True):
            self._numbers[name].setText(text)
        for name in ("NaN", "Inf"):
            is_bad = self._numbers[name].text() not in ("0", "–")
            set_role(self._numbers[name], "failure" if is_bad else "")
        if self._histogram is not None:
            counts, edges = (found.histogram, found.edges) if found is not None else ((), ())
            self._histogram.show_counts(counts, edges)

    def _show_texts(self, answer: TensorRead) -> None:
        window = answer.window or (1,)
        lines = [
            f"[{', '.join(map(str, np.unravel_index(place, window)))}]  {text!r}"
            for place, text in enumerate(answer.texts)
        ]
        heading = f"{self._title}    {shape_text(answer.shape)}  ·  {answer.dtype}"
        self.texts.setPlainText("\n".join([heading, "", *lines]))
        self._stack.setCurrentWidget(self.texts)

    def _show_picture(self, answer: TensorRead, slicing: Slicing) -> None:
        if self._heatmap is None:
            return
        self._heatmap.set_names(slicing.name(slicing.rows), slicing.name(slicing.columns))
        self._tell_scale(self._heatmap.show_values(slicing.matrix(array_of(answer))))

    def _tell_scale(self, ends: tuple[float, float]) -> None:
        is_cut = self._slicing is not None and self._slicing.is_cut
        cut = "   first 256" if is_cut else ""
        self._resting = f"blue {number_text(ends[0], 4)}   red {number_text(ends[1], 4)}{cut}"
        self._readout.setText(self._resting)
        more = "; only the first 256 of each axis are drawn" if is_cut else ""
        self._readout.setToolTip(f"The numbers of the deepest blue and the deepest red{more}")

    def _set_own_range(self, is_own: bool) -> None:
        if self._heatmap is not None:
            self._tell_scale(self._heatmap.set_own_range(is_own))

    def _tell_cell(self, row: int, column: int) -> None:
        if self._heatmap is None or row < 0 or self._slicing is None:
            self._readout.setText(self._resting)
            return
        place = self._index_of(self._slicing, row, column)
        value = self._heatmap.value_at(row, column)
        self._readout.setText(f"[{', '.join(map(str, place))}] = {number_text(value)}")

    def _choose_cell(self, row: int, column: int) -> None:
        if self._shown is not None and self._slicing is not None:
            self.number_chosen.emit(self._shown.tensor, self._index_of(self._slicing, row, column))

    @staticmethod
    def _index_of(slicing: Slicing, row: int, column: int) -> tuple[int, ...]:
        place = list(slicing.indices)
        for axis, index in ((slicing.rows, row), (slicing.columns, column)):
            if axis is not None:
                place[axis] = index
        return tuple(place)

    def _make_plots(self) -> None:
        if self._heatmap is not None:
            return
        # pyqtgraph takes a third of a second to import; an empty window does without it.
        from inspector.gui.values.value_plots import Heatmap, Histogram

        theme = self._appearance.theme
        self._histogram, self._heatmap = Histogram(theme), Heatmap(theme)
        self._histogram.setMinimumHeight(80)
        self._heatmap.setMinimumHeight(110)
        self._histogram_place.addWidget(self._histogram)
        self._heatmap_place.addWidget(self._heatmap)
        self._heatmap.hovered.connect(self._tell_cell)
        self._heatmap.clicked.connect(self._choose_cell)
        self._heatmap.setToolTip("Click a cell to see where its number comes from")
        self._log.toggled.connect(self._histogram.set_logarithmic)

    def _recolour(self) -> None:
        if self._histogram is not None and self._heatmap is not None:
            self._histogram.set_theme(self._appearance.theme)
            self._heatmap.set_theme(self._appearance.theme)

    def _build(self) -> None:
        self._empty = empty_label("")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._full = QWidget()
        self._full.setObjectName("tensor_full")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._full)
        self._stack.addWidget(self.texts)
        self._numbers: dict[str, QLabel] = {}
        self._resting = ""
        self._name = set_role(QLabel(), "title")
        self._summary = set_role(QLabel(), "muted")
        self._summary.setFont(mono(8.5))
        self._log = QCheckBox("log counts")
        self._own_range = QCheckBox("own range")
        self._own_range.setToolTip("Spread the colours from the smallest to the largest value")
        self._own_range.toggled.connect(self._set_own_range)
        self._histogram_place, self._heatmap_place = QVBoxLayout(), QVBoxLayout()
        self._readout.setFont(mono(8.5))
        layout = QVBoxLayout(self._full)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(_beside(self._name, self._summary))
        layout.addLayout(self._statistics_grid())
        layout.addLayout(_beside(set_role(QLabel("Histogram"), "muted"), self._log))
        layout.addLayout(self._histogram_place, 2)
        layout.addWidget(self.slicers)
        layout.addLayout(self._heatmap_place, 5)
        # It changes under the mouse and must not push the panel wider.
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        foot = QHBoxLayout()
        foot.addWidget(self._readout, 1)
        foot.addWidget(self._own_range)
        layout.addLayout(foot)

    def _statistics_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        for place, name in enumerate(_STATISTICS):
            row, column = divmod(place, 4)
            value = QLabel("–")
            value.setFont(mono(9))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._numbers[name] = value
            grid.addWidget(set_role(QLabel(name), "muted"), row * 2, column)
            grid.addWidget(value, row * 2 + 1, column)
            grid.setColumnStretch(column, 1)
        return grid


def _known_shape(shape: Shape | None) -> tuple[int, ...] | None:
    if shape is None or None in shape:
        return None
    return tuple(size for size in shape if size is not None)


def _beside(left: QWidget, right: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.addWidget(left)
    layout.addStretch(1)
    layout.addWidget(right)
    return layout
