"""The window's commands that go about runs, calls and the picture; one method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.layout.scene import LayoutOptions

if TYPE_CHECKING:  # only the names of what the window is made of; it imports this module
    from PySide6.QtWidgets import QStatusBar

    from inspector.gui.graph.scenes import SceneSource
    from inspector.gui.panels.run_chooser import RunChooser
    from inspector.gui.state.viewpoint import Viewpoint
    from inspector.gui.window.menus import Commands
    from inspector.gui.window.window_parts import Parts


class GraphCommands:
    """Mixed into the main window, which has these parts; `actions.py` names the methods."""

    viewpoint: Viewpoint
    parts: Parts
    commands: Commands
    chooser: RunChooser
    scenes: SceneSource

    if TYPE_CHECKING:

        def statusBar(self) -> QStatusBar: ...

    # Stepping

    def step_to_end(self) -> None:
        self._move(self.viewpoint.steps.end())

    def step_to_start(self) -> None:
        self._move(0)

    def step_over(self) -> None:
        self._move(self.viewpoint.steps.over(self.viewpoint.position))

    def step_into(self) -> None:
        position = self.viewpoint.steps.into(self.viewpoint.position)
        self.parts.graph.reveal(self.viewpoint.steps[position].call)
        self._move(position)

    def step_out(self) -> None:
        self._move(self.viewpoint.steps.out(self.viewpoint.position))

    def step_back(self) -> None:
        self._move(self.viewpoint.steps.back(self.viewpoint.position))

    def step_before(self) -> None:
        self._move(self.viewpoint.steps.before(self.viewpoint.position))

    def step_after(self) -> None:
        self._move(self.viewpoint.steps.into(self.viewpoint.position))

    def toggle_ops(self) -> None:
        is_on = self.commands.actions["ops"].isChecked()
        self.viewpoint.set_granularity("op" if is_on else "call")
        if is_on:
            self.parts.bring_forward("Ops")

    def next_failure(self) -> None:
        runs = self.viewpoint.runs
        here = next((i for i, run in enumerate(runs) if run is self.viewpoint.run), 0)
        for run in (*runs[here + 1 :], *runs[: here + 1]):
            if run.failure is not None:
                self.viewpoint.show_run(run)
                return
        self.statusBar().showMessage("No run of this file failed", 5000)

    def _move(self, position: int) -> None:
        if position != self.viewpoint.position:
            self.viewpoint.move_to(position)
            return
        self.show_cursor()
        if len(self.viewpoint.steps):
            end = "first" if position == 0 else "last"
            self.statusBar().showMessage(f"This is the {end} step of the run", 3000)

    # Going about

    def find_call(self) -> None:
        self.parts.find.open_bar()

    def show_cursor(self) -> None:
        step = self.viewpoint.step
        if step is not None:
            self.viewpoint.select(step.call)
            self.parts.graph.view.bring_into_view(step.call)

    def cursor_to_selection(self) -> None:
        if self.viewpoint.selected is not None:
            self.viewpoint.go_to_call(self.viewpoint.selected)

    def next_run(self) -> None:
        self._change_run(1)

    def previous_run(self) -> None:
        self._change_run(-1)

    def _change_run(self, by: int) -> None:
        place = self.chooser.currentIndex() + by
        if 0 <= place < len(self.viewpoint.runs):
            self.viewpoint.show_run(self.viewpoint.runs[place])

    # The picture

    def fit_graph(self) -> None:
        self.parts.graph.view.fit()

    def zoom_in(self) -> None:
        self.parts.graph.view.zoom_in()

    def zoom_out(self) -> None:
        self.parts.graph.view.zoom_out()

    def actual_size(self) -> None:
        self.parts.graph.view.zoom_to_actual_size()

    def expand_all(self) -> None:
        self.parts.graph.expand_all()

    def collapse_all(self) -> None:
        self.parts.graph.collapse_all()

    def toggle_masks(self) -> None:
        view = self.parts.graph.view
        view.canvas.shows_masks = self.commands.actions["masks"].isChecked()
        view.viewport().update()

    def toggle_direction(self) -> None:
        is_sideways = self.commands.actions["sideways"].isChecked()
        self.scenes.options = LayoutOptions("left-right" if is_sideways else "top-down")
        self.parts.graph.lay_out_anew()

    def toggle_wheel(self) -> None:
        self.parts.graph.view.wheel_zooms = self.commands.actions["wheel"].isChecked()
