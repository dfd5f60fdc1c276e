"""The box in the toolbar that says which run is in view, and lets one choose another."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSizePolicy

from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.drop_down import DropDown
from inspector.trace import Trace
from inspector.trace.naming import numbered_title


class RunChooser(DropDown):
    """One entry a run; the number of runs that were not kept is in the tool tip."""

    def __init__(self, viewpoint: Viewpoint) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self.setObjectName("runs")
        self.setAccessibleName("Run")
        self.setMaximumWidth(340)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(20)
        self.setPlaceholderText("No run yet")
        self.activated.connect(self._choose)
        viewpoint.trace_changed.connect(self._fill)
        viewpoint.run_changed.connect(self._follow)
        self._fill()

    def _fill(self) -> None:
        trace = self._viewpoint.trace
        wanted = run_titles(trace) if trace else []
        if [self.itemText(place) for place in range(self.count())] != wanted:
            self.clear()
            self.addItems(wanted)
            for place, run in enumerate(self._viewpoint.runs):
                tip = f"{len(run.calls)} calls" + (", failed" if run.failure else "")
                self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.setEnabled(bool(wanted))
        not_kept = sum(model.runs_not_kept for model in trace.models) if trace else 0
        self.setToolTip(f"{not_kept} more runs were not kept" if not_kept else "The run in view")
        self._follow()

    def _follow(self) -> None:
        numbers = [run.number for run in self._viewpoint.runs]
        number = self._viewpoint.run.number
        shown = numbers.index(number) if number in numbers and self._viewpoint.run.calls else -1
        if shown < 0 and len(numbers) and self._viewpoint.run in self._viewpoint.runs:
            shown = self._viewpoint.runs.index(self._viewpoint.run)
        self.setCurrentIndex(shown)

    def _choose(self, place: int) -> None:
        self._viewpoint.show_run(self._viewpoint.runs[place])


def run_titles(trace: Trace) -> list[str]:
    """What the runs of a trace are called."""
    return [
        numbered_title(place, run) + ("  ✕" if run.failure else "")
        for place, run in enumerate(trace.runs, 1)
    ]
