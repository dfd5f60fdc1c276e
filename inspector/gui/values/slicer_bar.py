"""The controls above a heatmap: which axes are spread out, and the index on each of the others."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from inspector.gui.look.theme import mono
from inspector.gui.values.slicing import Slicing
from inspector.gui.widgets.drop_down import DropDown
from inspector.gui.widgets.table_panel import set_role


class SlicerBar(QWidget):
    """Made anew for each shape; `changed` carries the new slicing."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self._rows: QWidget | None = None
        self.slicing: Slicing | None = None

    def show_slicing(self, slicing: Slicing) -> None:
        """Show the controls of a slicing."""
        if self.slicing == slicing:
            return
        self.slicing = slicing
        if self._rows is not None:
            self._rows.hide()
            self._rows.deleteLater()
        self._rows = QWidget()
        column = QVBoxLayout(self._rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        if slicing.fixed:
            column.addLayout(self._axes_row(slicing))
        for axis in slicing.fixed:
            column.addLayout(self._index_row(slicing, axis))
        self._layout.addWidget(self._rows)
        self.setVisible(bool(slicing.fixed))

    def _axes_row(self, slicing: Slicing) -> QHBoxLayout:
        count = len(slicing.shape)
        pairs = [(rows, columns) for rows in range(count) for columns in range(rows + 1, count)]
        choice = DropDown()
        choice.setObjectName("axes")
        choice.setAccessibleName("Axes of the heatmap")
        # Five axes have long names: they are cut, rather than the graph squeezed.
        choice.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(12)
        for rows, columns in pairs:
            sizes = f"{slicing.shape[rows]} × {slicing.shape[columns]}"
            choice.addItem(f"{slicing.name(rows)} and {slicing.name(columns)}   ({sizes})")
        choice.setCurrentIndex(pairs.index((slicing.rows or 0, slicing.columns or 0)))
        choice.activated.connect(lambda place: self._change(slicing.spread(*pairs[place])))
        row = QHBoxLayout()
        row.addWidget(set_role(QLabel("Heatmap of"), "muted"))
        row.addWidget(choice, 1)
        return row

    def _index_row(self, slicing: Slicing, axis: int) -> QHBoxLayout:
        last = max(slicing.shape[axis] - 1, 0)
        label = QLabel(_index_text(slicing.indices[axis], last))
        label.setFont(mono(8.5))
        label.setMinimumWidth(70)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(f"axis_{axis}")
        slider.setAccessibleName(f"Index on axis {axis}")
        slider.setRange(0, last)
        slider.setPageStep(max(last // 8, 1))
        slider.setValue(slicing.indices[axis])
        slider.setEnabled(last > 0)
        slider.valueChanged.connect(lambda index: label.setText(_index_text(index, last)))
        slider.valueChanged.connect(lambda index: self._move(axis, index))
        row = QHBoxLayout()
        row.addWidget(set_role(QLabel(slicing.name(axis)), "muted"))
        row.addWidget(slider, 1)
        row.addWidget(label)
        return row

    def _move(self, axis: int, index: int) -> None:
        if self.slicing is not None:
            self.slicing = self.slicing.at(axis, index)
            self.changed.emit(self.slicing)

    def _change(self, slicing: Slicing) -> None:
        self.show_slicing(slicing)
        self.changed.emit(slicing)


def _index_text(index: int, last: int) -> str:
    return f"{index} of 0–{last}"
