"""Puts arranged groups into one coordinate system and joins the pieces of edges at borders.

A piece inside a group starts where the outer edge reached the group: it comes out from under the
header at that place, goes sideways on a lane of its own, and on along its own route.

    ──────────▼──────   outer edge ends at the group's top
     header   ┆         (the header is painted over the line)
    ──────────┐         join: down, along the lane, down
        ┌─────┘
        ▼ inner route
"""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.layout.engine import Direction, Point
from inspector.layout.groups import HEADER, LANE, Arrangement, shown_subtitle, shown_title
from inspector.layout.lifting import ROOT, Bundle, Level, Place, VisibleTree
from inspector.layout.outline import Outline

Route = tuple[Point, ...]
Rect = tuple[float, float, float, float]
_NO_LABEL = (float("nan"),) * 4
_LANE_START = 8.0
# Less than this beside the outer line, a port's line is moved over instead of jogging.
_SNAP = 14.0


@dataclass(slots=True)
class Placed:
    """Growing lists, one entry per box and one per edge; `Scene` explains each."""

    ids: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)
    is_group: list[bool] = field(default_factory=list)
    is_expanded: list[bool] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    subtitles: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    label_rects: list[tuple[float, ...]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    members: list[tuple[int, ...]] = field(default_factory=list)
    call_boxes: dict[str, int] = field(default_factory=dict)


def place(
    outline: Outline,
    tree: VisibleTree,
    arranged: dict[int, Arrangement],
    direction: Direction,
) -> Placed:
    """Walk the groups from the outside in, adding boxes and joined edges."""
    return _Placement(outline, tree, arranged, direction).run()


class _Placement:
    def __init__(
        self,
        outline: Outline,
        tree: VisibleTree,
        arranged: dict[int, Arrangement],
        direction: Direction,
    ) -> None:
        self._outline = outline
        self._tree = tree
        self._arranged = arranged
        self._down = direction == "top-down"
        self._placed = Placed()
        self._box_of: dict[int, int] = {}

    def run(self) -> Placed:
        pending: list[tuple[int, Point, dict[Place, list[tuple[Bundle, Route]]]]] = [
            (ROOT, (0.0, 0.0), {})
        ]
        while pending:
            group, corner, outer = pending.pop()
            pending += self._place_group(group, corner, outer)
        for index, vertex in enumerate(self._outline.vertices):
            if vertex.kind == "call":
                self._placed.call_boxes[vertex.id] = self._box_of[self._tree.shown[index]]
        return self._placed

    def _place_group(
        self, group: int, corner: Point, outer: dict[Place, list[tuple[Bundle, Route]]]
    ) -> list[tuple[int, Point, dict[Place, list[tuple[Bundle, Route]]]]]:
        """Add the boxes and edges directly in a group; returns the groups inside it.

        outer: the lines that end ("in", source outside) or start ("out", this group) at its border.
        """
        level, arranged = self._tree.levels[group], self._arranged[group]
        stub_boxes = self._add_boxes(group, corner, level, arranged)
        inner: dict[int, dict[Place, list[tuple[Bundle, Route]]]] = {}
        lanes = self._lanes(level, arranged)
        for number, ((source, target), bundle) in enumerate(level.bundles.items()):
            route = tuple((x + corner[0], y + corner[1]) for x, y in arranged.routes[number])
            label = arranged.labels[number]
            shown = (label[0] + corner[0], label[1] + corner[1], label[2], label[3])
            pieces = self._joined(group, (source, target), bundle, route, outer, lanes)
            ends = (
                stub_boxes.get((source, target), self._end_box(group, source)),
                self._end_box(group, target),
            )
            for position, piece in enumerate(pieces):
                self._add_edge(ends, bundle, piece, shown if position == 0 else _NO_LABEL)
            self._note_ends(inner, source, target, bundle, pieces)
        return [
            (child, self._corner(child), inner.get(child, {}))
            for child in reversed(level.children)
            if child in self._arranged
        ]

    def _note_ends(
        self,
        inner: dict[int, dict[Place, list[tuple[Bundle, Route]]]],
        source: Place,
        target: Place,
        bundle: Bundle,
        pieces: list[Route],
    ) -> None:
        """Remember where lines touch the expanded groups in this level, for their insides."""
        for piece in pieces[:1]:
            if target[0] == "child" and target[1] in self._arranged:
                ends = inner.setdefault(target[1], {})
                ends.setdefault(("in", source[1]), []).append((bundle, piece))
            if source[0] == "child" and source[1] in self._arranged:
                starts = inner.setdefault(source[1], {})
                starts.setdefault(("out", source[1]), []).append((bundle, piece))

    def _joined(
        self,
        group: int,
        ends: tuple[Place, Place],
        bundle: Bundle,
        route: Route,
        outer: dict[Place, list[tuple[Bundle, Route]]],
        lanes: dict[Place, int],
    ) -> list[Route]:
        source, target = ends
        if group == ROOT:
            return [route]
        box = self._placed.rects[self._box_of[group]]
        if source[0] == "in" and ends not in self._arranged[group].stubbed:
            far = self._placed.rects[self._end_box(group, target)]
            starts = [line[-1] for _, line in outer.get(source, [])[:1]]
            route = self._enter(box, route, starts[0] if starts else None, lanes[source], far)
        if target[0] != "out":
            return [route]
        shared: list[Point | None] = [
            line[0]
            for outside, line in outer.get(("out", group), [])
            if not bundle.tensors.keys().isdisjoint(outside.tensors)
        ]
        far = self._placed.rects[self._end_box(group, source)]
        return [self._leave(box, route, end, lanes[target], far) for end in shared or [None]]

    def _enter(self, box: Rect, route: Route, start: Point | None, lane: int, far: Rect) -> Route:
        x, y, _, _ = box
        along = _LANE_START + LANE * lane
        first = route[0]
        if self._down:
            at = start[0] if start is not None and abs(start[1] - y) < 1 else first[0]
            route = _snapped(route, at, 0, far)
            first = route[0]
            border = y + HEADER
            joint = [(at, border), (at, border + along), (first[0], border + along)]
        else:
            at = start[1] if start is not None and abs(start[0] - x) < 1 else first[1]
            route = _snapped(route, at, 1, far)
            first = route[0]
            joint = [(x, at), (x + along, at), (x + along, first[1])]
        return _simplified((*joint, *route))

    def _leave(self, box: Rect, route: Route, end: Point | None, lane: int, far: Rect) -> Route:
        x, y, width, height = box
        last = route[-1]
        along = _LANE_START + LANE * lane
        if self._down:
            bottom = y + height
            at = end[0] if end is not None and abs(end[1] - bottom) < 1 else last[0]
            route = _snapped(route[::-1], at, 0, far)[::-1]
            last = route[-1]
            joint = [(last[0], bottom - along), (at, bottom - along), (at, bottom)]
        else:
            right = x + width
            at = end[1] if end is not None and abs(end[0] - right) < 1 else last[1]
            route = _snapped(route[::-1], at, 1, far)[::-1]
            last = route[-1]
            joint = [(right - along, last[1]), (right - along, at), (right, at)]
        return _simplified((*route, *joint))

    def _lanes(self, level: Level, arranged: Arrangement) -> dict[Place, int]:
        """A lane number per port, in the order of the ports along the border."""
        across = 0 if self._down else 1
        ports: dict[Place, float] = {}
        for (source, target), route in zip(level.bundles, arranged.routes, strict=True):
            if source[0] == "in":
                ports.setdefault(source, route[0][across])
            if target[0] == "out":
                ports.setdefault(target, route[-1][across])
        lanes: dict[Place, int] = {}
        for side in ("in", "out"):
            ordered = sorted((at, place) for place, at in ports.items() if place[0] == side)
            lanes.update({place: lane for lane, (_, place) in enumerate(ordered)})
        return lanes

    def _add_boxes(
        self, group: int, corner: Point, level: Level, arranged: Arrangement
    ) -> dict[tuple[Place, Place], int]:
        parent = self._box_of.get(group, -1)
        for child, at, size in zip(level.children, arranged.corners, arranged.sizes, strict=False):
            vertex = self._outline.vertices[child]
            self._box_of[child] = len(self._placed.ids)
            self._add_box(vertex.id, vertex.kind, parent, (*_shifted(at, corner), *size))
            self._placed.is_group.append(vertex.is_group)
            self._placed.is_expanded.append(child in self._arranged)
            self._placed.titles.append(shown_title(vertex.title))
            self._placed.subtitles.append(shown_subtitle(vertex.subtitle))
            self._placed.categories.append(vertex.category)
        stubs = {}
        first = len(level.children)
        rects = zip(arranged.corners[first:], arranged.sizes[first:], strict=True)
        for stub, (at, size) in zip(arranged.stubs, rects, strict=True):
            hub = self._outline.vertices[stub.source[1]]
            use = stub.target[1]
            stubs[(stub.source, stub.target)] = len(self._placed.ids)
            name = f"stub:{hub.id}>{self._outline.vertices[use].id}:{group}"
            self._add_box(name, "stub", parent, (*_shifted(at, corner), *size))
            self._placed.is_group.append(False)
            self._placed.is_expanded.append(False)
            self._placed.titles.append(shown_title(hub.title))
            self._placed.subtitles.append("")
            self._placed.categories.append("stub")
        return stubs

    def _add_box(self, name: str, kind: str, parent: int, rect: Rect) -> None:
        self._placed.ids.append(name)
        self._placed.kinds.append(kind)
        self._placed.parents.append(parent)
        self._placed.rects.append(rect)

    def _add_edge(
        self, ends: tuple[int, int], bundle: Bundle, route: Route, label: tuple[float, ...]
    ) -> None:
        has_label = label[0] == label[0]  # NaN marks "no room"
        self._placed.sources.append(ends[0])
        self._placed.targets.append(ends[1])
        self._placed.routes.append(route)
        self._placed.labels.append(bundle.label if has_label else "")
        self._placed.label_rects.append(label)
        self._placed.counts.append(bundle.count)
        self._placed.members.append(tuple(sorted(set(bundle.edges))))

    def _end_box(self, group: int, place: Place) -> int:
        """The box at an end of a piece: a child, or for a port the group itself."""
        return self._box_of[place[1]] if place[0] == "child" else self._box_of[group]

    def _corner(self, vertex: int) -> Point:
        x, y, _, _ = self._placed.rects[self._box_of[vertex]]
        return (x, y)


def _shifted(point: Point, by: Point) -> Point:
    return (point[0] + by[0], point[1] + by[1])


def _snapped(route: Route, at: float, axis: int, far: Rect) -> Route:
    """Move the first stretch of a line sideways to `at`, when that is a small step.

    far: the box at the other end; a straight line moves whole, if it still ends on that box.
    """
    own = route[0][axis]
    if not 0 < abs(own - at) <= _SNAP:
        return route
    moved: list[Point] = []
    for position, point in enumerate(route):
        if point[axis] != own:
            return (*moved, *route[position:])
        moved.append((at, point[1]) if axis == 0 else (point[0], at))
    return tuple(moved) if far[axis] + 4 < at < far[axis] + far[axis + 2] - 4 else route


def _simplified(route: Route) -> Route:
    """The same line without repeated points and without points on a straight stretch."""
    kept: list[Point] = []
    for point in route:
        if kept and abs(kept[-1][0] - point[0]) < 0.25 and abs(kept[-1][1] - point[1]) < 0.25:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept) if len(kept) > 1 else (route[0], route[-1])


def _straight(first: Point, middle: Point, last: Point) -> bool:
    return (first[0] == middle[0] == last[0]) or (first[1] == middle[1] == last[1])
