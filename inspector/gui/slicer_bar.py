"""The row of controls above a heatmap: which axes are spread out, and the index of the others."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from inspector.gui.drop_down import DropDown
from inspector.gui.slicing import Slicing
from inspector.gui.table_panel import set_role


class SlicerBar(QWidget):
    """Made anew for each shape; `changed` carries the new slicing."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.slicing: Slicing | None = None

    def show_slicing(self, slicing: Slicing) -> None:
        """Show the controls of a slicing."""
        if self.slicing == slicing:
            return
        self.slicing = slicing
        while (child := self._layout.takeAt(0)) is not None:
            widget = child.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if slicing.rows is not None and slicing.columns is not None and len(slicing.shape) > 2:
            self._add_axes(slicing)
        for axis in slicing.fixed:
            self._add_index(slicing, axis)
        self._layout.addStretch(1)
        self.setVisible(bool(slicing.fixed))

    def _add_axes(self, slicing: Slicing) -> None:
        choice = DropDown()
        choice.setObjectName("axes")
        choice.setAccessibleName("Axes of the heatmap")
        pairs = [
            (rows, columns)
            for rows in range(len(slicing.shape))
            for columns in range(rows + 1, len(slicing.shape))
        ]
        for rows, columns in pairs:
            choice.addItem(f"axes {rows} × {columns}")
        choice.setCurrentIndex(pairs.index((slicing.rows or 0, slicing.columns or 0)))
        choice.activated.connect(lambda place: self._change(slicing.spread(*pairs[place])))
        self._layout.addWidget(choice)

    def _add_index(self, slicing: Slicing, axis: int) -> None:
        spin = QSpinBox()
        spin.setObjectName(f"axis_{axis}")
        spin.setAccessibleName(f"Index on axis {axis}")
        spin.setRange(0, max(slicing.shape[axis] - 1, 0))
        spin.setValue(slicing.indices[axis])
        spin.setWrapping(True)
        spin.valueChanged.connect(lambda index: self._move(axis, index))
        self._layout.addWidget(set_role(QLabel(f"axis {axis}"), "muted"))
        self._layout.addWidget(spin)

    def _move(self, axis: int, index: int) -> None:
        if self.slicing is not None:
            self.slicing = self.slicing.at(axis, index)
            self.changed.emit(self.slicing)

    def _change(self, slicing: Slicing) -> None:
        self.show_slicing(slicing)
        self.changed.emit(slicing)
