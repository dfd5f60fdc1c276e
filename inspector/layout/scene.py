"""The scene: every box and line of a run as arrays, ready to be painted or written.

    outline(run) ─▶ visible_tree(expanded) ─▶ arrange each group ─▶ place all of them ─▶ Scene

Why arrays? The window paints tens of thousands of boxes from them in one call. Why not a scene
per group? Painting, picking and export want one coordinate system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from inspector.layout.engine import Direction
from inspector.layout.graphlay_engine import GraphlayEngine
from inspector.layout.groups import HEADER, GroupArranger
from inspector.layout.layered_engine import LayeredEngine
from inspector.layout.lifting import visible_tree
from inspector.layout.opened import default_expanded, expandable
from inspector.layout.outline import Outline, outline
from inspector.layout.placement import Placed, place
from inspector.trace import Run

__all__ = [
    "LayoutOptions",
    "Scene",
    "build_scene",
    "default_expanded",
    "expandable",
    "new_arranger",
    "scene_of_outline",
]

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class LayoutOptions:
    """How to lay out; `engine` is "graphlay" or "layered" (the built-in one)."""

    direction: Direction = "top-down"
    engine: str = "graphlay"


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Boxes, parents before children, and edges as polylines; y grows downwards.

    ids:         per box: a call's id, "input:…", "stub:…", or the id of a chunk of calls.
    kinds:       "call", "input", "stub" or "chunk".
    rects:       (boxes, 4) x, y, w, h. An expanded group has a header of `header` px on top.
    parents:     index of the box around, -1 at the top.
    categories:  see `category.CATEGORIES`; what a box is coloured by.
    sources, targets: box index per edge. An edge from an expanded group to a call inside it goes
                 on where an outer edge ended at the group's border, and the other way round;
                 one from an expanded group to itself is a tensor that its own ops pass on.
    points, offsets: edge k is points[offsets[k]:offsets[k + 1]].
    labels:      text per edge, "" for none; label_rects is NaN where there is none.
    counts:      how many edges of the run lie side by side in the line.
    edge_members: indices into `run.edges` per edge.
    call_boxes:  call id → index of the box that shows it: its own, or a collapsed one around it.
    notes:       what a reader should know of this layout, for people.
    """

    direction: Direction
    bounds: tuple[float, float, float, float]
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    rects: Float64
    is_group: Flags
    is_expanded: Flags
    parents: Int64
    titles: tuple[str, ...]
    subtitles: tuple[str, ...]
    categories: tuple[str, ...]
    sources: Int64
    targets: Int64
    points: Float64
    offsets: Int64
    labels: tuple[str, ...]
    label_rects: Float64
    counts: Int64
    edge_members: tuple[tuple[int, ...], ...]
    call_boxes: Mapping[str, int]
    notes: tuple[str, ...] = ()
    header: float = HEADER

    def polyline(self, edge: int) -> Float64:
        """The points of one edge, (points, 2)."""
        return self.points[self.offsets[edge] : self.offsets[edge + 1]]

    def rect_of(self, call_id: str) -> tuple[float, float, float, float] | None:
        """Where the call is shown, by its own box or by a collapsed one around it."""
        box = self.call_boxes.get(call_id)
        if box is None:
            return None
        x, y, width, height = (float(number) for number in self.rects[box])
        return (x, y, width, height)


def build_scene(run: Run, expanded: frozenset[str], options: LayoutOptions | None = None) -> Scene:
    """Lay out a run with the given groups expanded; unknown ids are ignored."""
    options = options or LayoutOptions()
    return scene_of_outline(outline(run), expanded, options, new_arranger(options.engine))


def new_arranger(engine: str = "graphlay") -> GroupArranger:
    """An empty memo in front of the engine of that name."""
    own = LayeredEngine()
    return GroupArranger(GraphlayEngine() if engine == "graphlay" else own, fallback=own)


def scene_of_outline(
    lines: Outline, expanded: frozenset[str], options: LayoutOptions, arranger: GroupArranger
) -> Scene:
    """Lay out an outline; the arranger's memo makes the next call on a similar one cheap."""
    before = arranger.fallback_calls
    tree = visible_tree(lines, expanded)
    arranged = arranger.arrange(lines, tree, options.direction)
    placed = place(lines, tree, arranged, options.direction)
    notes: tuple[str, ...] = ()
    if arranger.fallback_calls > before:
        count = arranger.fallback_calls - before
        groups = "group was" if count == 1 else "groups were"
        notes = (f"{count} large {groups} laid out by the built-in engine.",)
    return _scene(placed, options.direction, arranged[-1].size, notes)


def _scene(
    placed: Placed, direction: Direction, size: tuple[float, float], notes: tuple[str, ...]
) -> Scene:
    lengths = [len(route) for route in placed.routes]
    return Scene(
        direction=direction,
        bounds=(0.0, 0.0, size[0], size[1]),
        ids=tuple(placed.ids),
        kinds=tuple(placed.kinds),
        rects=_frozen(np.array(placed.rects, dtype=np.float64).reshape(-1, 4)),
        is_group=_frozen(np.array(placed.is_group, dtype=np.bool_)),
        is_expanded=_frozen(np.array(placed.is_expanded, dtype=np.bool_)),
        parents=_frozen(np.array(placed.parents, dtype=np.int64)),
        titles=tuple(placed.titles),
        subtitles=tuple(placed.subtitles),
        categories=tuple(placed.categories),
        sources=_frozen(np.array(placed.sources, dtype=np.int64)),
        targets=_frozen(np.array(placed.targets, dtype=np.int64)),
        points=_frozen(
            np.array([point for route in placed.routes for point in route], dtype=np.float64)
        ).reshape(-1, 2),
        offsets=_frozen(np.cumsum([0, *lengths], dtype=np.int64)),
        labels=tuple(placed.labels),
        label_rects=_frozen(np.array(placed.label_rects, dtype=np.float64).reshape(-1, 4)),
        counts=_frozen(np.array(placed.counts, dtype=np.int64)),
        edge_members=tuple(placed.members),
        call_boxes=placed.call_boxes,
        notes=notes,
    )


def _frozen(array: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
    array.setflags(write=False)
    return array
