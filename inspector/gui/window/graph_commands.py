"""The window's commands that go about runs, calls and the picture; one method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.layout.scene import LayoutOptions

if TYPE_CHECKING:  # only the names of what the window is made of; it imports this module
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
