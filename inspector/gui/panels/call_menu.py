"""The menu of one call, by the right mouse button in the graph and in the tree of calls."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from inspector.gui.graph.graph_panel import GraphPanel
from inspector.gui.state.viewpoint import Viewpoint


def call_menu(
    parent: QWidget,
    viewpoint: Viewpoint,
    graph: GraphPanel,
    call_id: str,
    *,
    break_at: Callable[[str], object],
    what_if: Callable[[str, bool], object],
) -> QMenu:
    """What can be done with a call; `break_at` takes a place, `what_if` a change."""
    menu = QMenu(parent)
    call = viewpoint.steps.calls[call_id]
    menu.addAction("Move the cursor here", lambda: viewpoint.go_to_call(call_id))
    if viewpoint.steps.children[call_id]:
        title = "Collapse" if call_id in graph.expanded else "Expand"
        menu.addAction(title, lambda: graph.toggle(call_id))
    menu.addAction("Show in the graph", lambda: graph.show_call(call_id))
    others = [c.id for c in viewpoint.run.calls if c.layer_id == call.layer_id]
    if len(others) > 1:
        menu.addAction(
            f"Mark all {len(others)} calls of this layer",
            lambda: graph.mark_found(frozenset(others)),
        )
    menu.addSeparator()
    menu.addAction("Break here (F9)", lambda: break_at(f"call:{call.path}"))
    menu.addAction(f"Break at every {call.class_}", lambda: break_at(f"class:{call.class_}"))
    modes = menu.addMenu("What if it ran")
    modes.addAction("in training mode", lambda: what_if(f"{call.path}.training=on", True))
    modes.addAction("in inference mode", lambda: what_if(f"{call.path}.training=off", True))
    menu.addSeparator()
    if call.file is not None:
        file, line = call.file, call.line or 0
        menu.addAction("Show the source line", lambda: viewpoint.source_requested.emit(file, line))
    menu.addAction("Copy the path", lambda: QGuiApplication.clipboard().setText(call.path))
    return menu
