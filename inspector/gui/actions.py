"""Every command of the window, once: menus, toolbar, keys and the F1 page are made from this.

`run` names the method of the main window; `status` is what the status bar says about it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One command. `icon` names a picture of `icons.py`; `on_toolbar` its place there, 0 for none."""

    id: str
    menu: str
    title: str
    keys: tuple[str, ...]
    status: str
    run: str
    icon: str = ""
    short: str = ""
    on_toolbar: int = 0
    is_checkable: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("open", "&File", "&Open…", ("Ctrl+O",), "Open a model file", "choose_file", "open", "Open", 1),
    Action("reload", "&File", "&Reload", ("Ctrl+R",), "Open the same file again", "reload", "reload", "Reload", 1),
    Action("stop", "&File", "&Stop", ("Shift+F5",), "Stop what the worker is doing; what was recorded stays", "stop_worker", "stop"),
    Action("export", "&File", "&Export diagram…", ("Ctrl+Shift+E",), "Write the visible graph as SVG, PNG, PDF, DOT, GraphML or JSON", "export_diagram", "export", "Export", 5),
    Action("close", "&File", "&Close file", ("Ctrl+W",), "Close the file", "close_file"),
    Action("quit", "&File", "&Quit", ("Ctrl+Q",), "Leave Inspector", "close"),
    Action("continue", "&Step", "&Continue to the end or failure", ("F5",), "Move the cursor to the end of the run, or to its failure", "step_to_end", "end", "To end", 3),
    Action("over", "&Step", "Step &over", ("F10",), "Move to the next call at this level", "step_over", "over", "Over", 3),
    Action("into", "&Step", "Step &into", ("F11",), "Move to the first call inside", "step_into", "into", "Into", 3),
    Action("out", "&Step", "Step o&ut", ("Shift+F11",), "Move to where the enclosing frame returns", "step_out", "out", "Out", 3),
    Action("back", "&Step", "Step &back", ("Shift+F10",), "Move to the call before at this level", "step_back", "back", "Back", 2),
    Action("start", "&Step", "To the &start", ("Ctrl+Home",), "Move to the first call of the run", "step_to_start", "start", "To start", 2),
    Action("previous", "&Step", "&Previous position", ("[",), "Move one position back along the timeline", "step_before"),
    Action("next", "&Step", "&Next position", ("]",), "Move one position forward along the timeline", "step_after"),
    Action("failure", "&Step", "Next &failure", ("F8",), "Go to the next run that failed, at its failing call", "next_failure", "failure"),
    Action("ops", "&Step", "Step through o&ps too", ("Ctrl+Shift+O",), "Stop at every array operation, not only at calls", "toggle_ops", "ops", "Ops", 3, True),
    Action("find", "&Go", "&Find a call…", ("Ctrl+F",), "Find calls by name or class", "find_call", "find"),
    Action("cursor", "&Go", "Show the &cursor", ("Ctrl+.",), "Bring the current call into view", "show_cursor"),
    Action("here", "&Go", "Move the cursor to the &selected call", ("Ctrl+Return",), "Move the cursor to the selected call", "cursor_to_selection"),
    Action("next_run", "&Go", "Next &run", ("Ctrl+PgDown",), "Look at the next run", "next_run"),
    Action("previous_run", "&Go", "Pre&vious run", ("Ctrl+PgUp",), "Look at the run before", "previous_run"),
    Action("fit", "&View", "&Fit the graph", ("Space",), "Show the whole graph", "fit_graph", "fit", "Fit", 4),
    Action("zoom_in", "&View", "Zoom &in", ("Ctrl++", "Ctrl+=", "Shift+Up"), "Zoom in", "zoom_in", "zoom_in", "Zoom in", 4),
    Action("zoom_out", "&View", "Zoom &out", ("Ctrl+-", "Shift+Down"), "Zoom out", "zoom_out", "zoom_out", "Zoom out", 4),
    Action("actual", "&View", "&Actual size", ("Ctrl+0", "Shift+Backspace"), "One to one", "actual_size"),
    Action("expand_all", "&View", "&Expand all", ("Ctrl+Shift+Right",), "Show what is inside every call", "expand_all", "expand", "Expand", 4),
    Action("collapse_all", "&View", "&Collapse all", ("Ctrl+Shift+Left",), "Show the outermost calls only", "collapse_all", "collapse", "Collapse", 4),
    Action("masks", "&View", "Show &masks in the graph", ("Ctrl+M",), "Draw the strand of every mask along the edges that carry it", "toggle_masks", is_checkable=True),
    Action("wheel", "&View", "&Wheel zooms", ("Ctrl+Shift+M",), "The plain wheel zooms and Ctrl+wheel pans", "toggle_wheel", is_checkable=True),
    Action("shortcuts", "&Help", "&Keyboard shortcuts", ("F1",), "List all keys", "show_shortcuts"),
    Action("about", "&Help", "&About Inspector", (), "Version and licences", "show_about"),
)  # fmt: skip
MENUS: tuple[str, ...] = tuple(dict.fromkeys(action.menu for action in ACTIONS))
