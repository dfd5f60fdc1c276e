"""The compiled engine: graphlay, a layered layout library in Rust. The one file that imports it."""

from __future__ import annotations

from typing import Any

import graphlay

from inspector.errors import LayoutError
from inspector.layout.engine import GroupGraph, GroupLayout, Point

# Above these a group is laid out with less effort, so that one group stays near a second.
_BALANCED_UP_TO = 60
_MAX_DUMMIES = 20_000
_DIRECTIONS = {"top-down": "topbottom", "left-right": "leftright"}
_LAYER_GAP = 40.0
_ARROW_ROOM = 28.0
_GAP_ASIDE = 28.0
_SPACING = {
    "node_gap": 28.0,
    "dummy_gap": 20.0,
    "edge_label_margin": 8.0,
    "isolated_gap": 28.0,
}


class GraphlayEngine:
    """Routes orthogonally, keeps room for labels, turns cycles round."""

    name = "graphlay"

    def layout(self, graph: GroupGraph) -> GroupLayout:
        """See `LayoutEngine.layout`."""
        request = _request(graph)
        try:
            drawing = graphlay.layout(request, options=_options(graph))
        except graphlay.GraphlayError as error:
            raise LayoutError(
                f"graphlay gave up on a group of {len(graph.sizes)} boxes and "
                f"{len(graph.edges)} edges: {error}.",
                fix="Collapse the group, or lay it out with the built-in engine.",
            ) from error
        corners = [
            (node["center"]["x"] - width / 2, node["center"]["y"] - height / 2)
            for node, (width, height) in zip(drawing.nodes, graph.sizes, strict=True)
        ]
        _set_aside(graph, drawing, corners)
        return GroupLayout(
            corners=tuple(corners),
            routes=tuple(
                tuple((point["x"], point["y"]) for point in edge["points"])
                for edge in drawing.edges
            ),
            labels=tuple(_anchor(edge["label_anchor"]) for edge in drawing.edges),
            # A box without edges has no rank there.
            ranks=tuple(node["rank"] or 0 for node in drawing.nodes),
        )


def _request(graph: GroupGraph) -> graphlay.Graph:
    request = graphlay.Graph()
    for index, ((width, height), pin) in enumerate(zip(graph.sizes, graph.pins, strict=True)):
        fields: dict[str, Any] = {"rank": pin} if pin else {}
        request.node(index, width=width, height=height, **fields)
    for (source, target), (width, height) in zip(graph.edges, graph.label_sizes, strict=True):
        room: dict[str, Any] = {"label_size": {"width": width, "height": height}} if width else {}
        request.edge(source, target, **room)
    return request


def _options(graph: GroupGraph) -> dict[str, Any]:
    return {
        "direction": _DIRECTIONS[graph.direction],
        "effort": "balanced" if len(graph.sizes) <= _BALANCED_UP_TO else "fast",
        "spacing": {**_SPACING, "layer_gap": _layer_gap(graph)},
        "limits": {"max_dummies": _MAX_DUMMIES},
    }


def _set_aside(graph: GroupGraph, drawing: graphlay.Layout, corners: list[Point]) -> None:
    """Move boxes without edges beside the rest: graphlay's place is where border lines pass."""
    joined = {end for edge in graph.edges for end in edge}
    alone = [box for box in range(len(corners)) if box not in joined]
    if not alone or not joined:
        return
    axis = 0 if graph.direction == "top-down" else 1
    marks = [corners[box][axis] + graph.sizes[box][axis] for box in joined]
    marks += [point["xy"[axis]] for edge in drawing.edges for point in edge["points"]]
    start = min(corners[box][1 - axis] for box in joined)
    length = max(corners[box][1 - axis] + graph.sizes[box][1 - axis] for box in joined) - start
    across, along, widest = max(marks) + _GAP_ASIDE, start, 0.0
    for box in alone:
        size = graph.sizes[box]
        if along > start and along + size[1 - axis] > start + length:
            across, along, widest = across + widest + _GAP_ASIDE, start, 0.0
        corners[box] = (across, along) if axis == 0 else (along, across)
        along += size[1 - axis] + _GAP_ASIDE
        widest = max(widest, size[axis])


def _layer_gap(graph: GroupGraph) -> float:
    """Room between layers: lines that go sideways carry their labels lengthwise."""
    if graph.direction == "top-down":
        return _LAYER_GAP
    return max((width + _ARROW_ROOM for width, _ in graph.label_sizes if width), default=_LAYER_GAP)


def _anchor(anchor: dict[str, float] | None) -> Point | None:
    return None if anchor is None else (anchor["x"], anchor["y"])
