"""Lays out one group after another from the inside out, and identical groups only once.

    for each expanded group, deepest first:
        local vertices  = children, ports on the border, stubs of hubs
        key             = their sizes, the edges in local numbers, the direction
        layout          = memo[key] or engine.layout(...)
        size of the box = content + header + padding     (a child's size for the group around it)

A hub is a vertex with so many uses in one group that its lines would hide everything else (an
attention mask beside thirty blocks): each use gets a small stub with the hub's name instead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from inspector.errors import LayoutError
from inspector.layout.border_ports import tightened
from inspector.layout.engine import (
    Direction,
    GroupGraph,
    GroupLayout,
    LayoutEngine,
    Pin,
    Point,
    Size,
)
from inspector.layout.labels import label_rects
from inspector.layout.lifting import ROOT, Level, Place, VisibleTree
from inspector.layout.outline import Outline, Vertex
from inspector.layout.text import LABEL_PX, SUBTITLE_PX, TITLE_PX, elide, text_width

HEADER = 32.0
PADDING = 18.0
LANE = 6.0
_BORDER_GAP = 8.0
_GRID = 8
_MAX_TEXT = 300.0
_TEXT_MARGIN = 24.0
_GROUP_SIGN = 18.0
_HUB_USES = 12
_NO_FRAME = -1.0
_PORT: Size = (1.0, 1.0)
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stub:
    """A small copy of a hub beside one of its uses."""

    source: Place
    target: Place


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One group with its content placed, relative to the group's top left corner.

    corners: of the children, then of the stubs (`stubs` in the same order).
    routes:  one per bundle of the level, in the level's order.
    labels:  x, y, w, h per bundle; NaN where there is no label or no room.
    """

    size: Size
    corners: tuple[Point, ...]
    sizes: tuple[Size, ...]
    routes: tuple[tuple[Point, ...], ...]
    labels: Float64
    stubs: tuple[Stub, ...] = ()
    stubbed: frozenset[tuple[Place, Place]] = frozenset()


@dataclass(slots=True)
class GroupArranger:
    """Keeps the memo of identical groups; one lives as long as its layout process."""

    engine: LayoutEngine
    fallback: LayoutEngine
    layouts: dict[GroupGraph, tuple[GroupLayout, Float64]] = field(default_factory=dict)
    framed: dict[tuple[GroupGraph, int, float], Arrangement] = field(default_factory=dict)
    engine_calls: int = 0
    fallback_calls: int = 0

    def arrange(
        self, outline: Outline, tree: VisibleTree, direction: Direction
    ) -> dict[int, Arrangement]:
        """An arrangement for the root (-1) and for every expanded group."""
        arranged: dict[int, Arrangement] = {}
        for group in _inside_out(outline, tree):
            arranged[group] = self._arrange_one(outline, tree, group, arranged, direction)
        return arranged

    def _arrange_one(
        self,
        outline: Outline,
        tree: VisibleTree,
        group: int,
        arranged: dict[int, Arrangement],
        direction: Direction,
    ) -> Arrangement:
        level = tree.levels[group]
        local = _LocalGraph(outline, level)
        sizes = tuple(
            arranged[child].size if child in arranged else box_size(outline.vertices[child])
            for child in level.children
        )
        texts = _label_texts(outline, tree, group)
        graph = local.graph(sizes, texts, direction)
        least_width = _NO_FRAME if group == ROOT else header_width(outline.vertices[group])
        key = (graph, local.children, least_width)
        if key not in self.framed:
            self.framed[key] = _with_frame(key, *self._layout(graph))
        return replace(self.framed[key], stubs=local.stubs, stubbed=local.stubbed)

    def _layout(self, graph: GroupGraph) -> tuple[GroupLayout, Float64]:
        if graph not in self.layouts:
            self.engine_calls += 1
            try:
                layout = self.engine.layout(graph)
            except LayoutError:
                # Counted, and said in the scene: another engine draws the same graph differently.
                self.fallback_calls += 1
                layout = self.fallback.layout(graph)
            labels = label_rects(graph, layout)
            self.layouts[graph] = (tightened(graph, layout, labels), labels)
        return self.layouts[graph]


class _LocalGraph:
    """Numbers for the vertices of one level: children, ports in use, then stubs of hubs."""

    def __init__(self, outline: Outline, level: Level) -> None:
        self._outline = outline
        self._level = level
        uses = Counter(source for source, _ in level.bundles)
        self.stubbed = frozenset(ends for ends in level.bundles if uses[ends[0]] > _HUB_USES)
        self.stubs = tuple(Stub(*ends) for ends in level.bundles if ends in self.stubbed)
        self.number: dict[Place, int] = {}
        for child in level.children:
            self.number[("child", child)] = len(self.number)
        self.children = len(self.number)
        for ends in level.bundles:
            for place in ends:
                is_hub = ends in self.stubbed and place == ends[0]
                if place not in self.number and not is_hub:
                    self.number[place] = len(self.number)

    def graph(
        self, sizes: tuple[Size, ...], texts: tuple[str, ...], direction: Direction
    ) -> GroupGraph:
        pins: list[Pin] = [""] * len(sizes)
        for place in list(self.number)[self.children :]:
            pins.append("first" if place[0] == "in" else "last")
        ports = len(self.number) - self.children
        pins += [""] * len(self.stubs)
        stub_sizes = tuple(stub_size(self.title(stub)) for stub in self.stubs)
        return GroupGraph(
            sizes=sizes + (_PORT,) * ports + stub_sizes,
            pins=tuple(pins),
            edges=self._edges(),
            label_sizes=tuple(label_size(text) for text in texts),
            direction=direction,
        )

    def title(self, stub: Stub) -> str:
        return self._outline.vertices[stub.source[1]].title

    def _edges(self) -> tuple[tuple[int, int], ...]:
        edges = []
        stub = len(self.number)
        for source, target in self._level.bundles:
            if (source, target) in self.stubbed:
                edges.append((stub, self.number[target]))
                stub += 1
            else:
                edges.append((self.number[source], self.number[target]))
        return tuple(edges)


def box_size(vertex: Vertex) -> Size:
    """Size of a collapsed box, in steps so that names of similar length share a layout."""
    width = max(
        text_width(shown_title(vertex.title), TITLE_PX, bold=True),
        text_width(shown_subtitle(vertex.subtitle), SUBTITLE_PX),
    )
    sign = _GROUP_SIGN if vertex.is_group else 0.0
    return (max(80.0, _round_up(width + sign + _TEXT_MARGIN)), 40.0)


def stub_size(title: str) -> Size:
    """Size of a stub: one small line."""
    return (_round_up(text_width(shown_title(title), SUBTITLE_PX) + _TEXT_MARGIN), 20.0)


def header_width(vertex: Vertex) -> float:
    """Least width of an expanded group, for its title and subtitle side by side."""
    title = text_width(shown_title(vertex.title), TITLE_PX, bold=True)
    subtitle = text_width(shown_subtitle(vertex.subtitle), SUBTITLE_PX)
    return _round_up(title + subtitle + _GROUP_SIGN + 2 * _TEXT_MARGIN)


def shown_title(title: str) -> str:
    """The title as it is drawn, cut in its middle when it is very long."""
    return elide(title, TITLE_PX, _MAX_TEXT, bold=True)


def shown_subtitle(subtitle: str) -> str:
    """The subtitle as it is drawn."""
    return elide(subtitle, SUBTITLE_PX, _MAX_TEXT)


def label_size(text: str) -> Size:
    """Room that an edge's label takes; (0, 0) for none."""
    return (_round_up(text_width(text, LABEL_PX) + 6.0), 16.0) if text else (0.0, 0.0)


def _round_up(width: float) -> float:
    return float(-(-width // _GRID) * _GRID)


def _inside_out(outline: Outline, tree: VisibleTree) -> list[int]:
    depths = {ROOT: 0}
    for group in tree.levels:
        # A loop, not a recursion: models may nest deeper than Python's stack.
        path, above = [], group
        while above not in depths:
            path.append(above)
            above = outline.vertices[above].parent
        for below, index in enumerate(reversed(path), start=1):
            depths[index] = depths[above] + below
    return sorted(tree.levels, key=lambda group: (-depths[group], group))


def _label_texts(outline: Outline, tree: VisibleTree, group: int) -> tuple[str, ...]:
    """A label per bundle, left out on the pieces inside a border that only repeat the outer one."""
    outer: dict[Place, set[str]] = {}
    if group != ROOT:
        around = tree.levels[outline.vertices[group].parent]
        for (source, target), bundle in around.bundles.items():
            if target == ("child", group):
                outer.setdefault(("in", source[1]), set()).add(bundle.shape)
            elif source == ("child", group):
                outer.setdefault(("out", group), set()).add(bundle.shape)
    texts = []
    for (source, target), bundle in tree.levels[group].bundles.items():
        repeated = outer.get(source, set()) if source[0] == "in" else set()
        if target[0] == "out":
            repeated = repeated | outer.get(("out", group), set())
        texts.append("" if bundle.shape in repeated else bundle.label)
    return tuple(texts)


def _with_frame(
    key: tuple[GroupGraph, int, float], layout: GroupLayout, labels: Float64
) -> Arrangement:
    """Shift the content to positive coordinates, inside header, padding and lanes."""
    graph, children, least_width = key
    low, high = _bounds(graph, layout, labels)
    before, after = _insets(graph, least_width == _NO_FRAME)
    needed = high[0] - low[0] + before[0] + after[0]
    width = max(needed, least_width)
    right, down = before[0] + (width - needed) / 2 - low[0], before[1] - low[1]
    # After the children come ports, which are no boxes, then stubs.
    ports = sum(1 for pin in graph.pins if pin)
    boxes = [*range(children), *range(children + ports, len(graph.sizes))]
    return Arrangement(
        size=(width, high[1] - low[1] + before[1] + after[1]),
        corners=tuple(
            (layout.corners[box][0] + right, layout.corners[box][1] + down) for box in boxes
        ),
        sizes=tuple(graph.sizes[box] for box in boxes),
        routes=tuple(tuple((x + right, y + down) for x, y in route) for route in layout.routes),
        labels=labels + np.array((right, down, 0.0, 0.0)),
    )


def _bounds(graph: GroupGraph, layout: GroupLayout, labels: Float64) -> tuple[Point, Point]:
    if not layout.corners:
        return (0.0, 0.0), (0.0, 0.0)
    corners = np.array(layout.corners, dtype=np.float64)
    ends = corners + np.array(graph.sizes, dtype=np.float64)
    points = [corners, ends]
    points += [np.array(route, dtype=np.float64) for route in layout.routes]
    seen = labels[~np.isnan(labels[:, 0])]
    points += [seen[:, :2], seen[:, :2] + seen[:, 2:]]
    everything = np.concatenate(points)
    left, top = everything.min(axis=0).tolist()
    right, bottom = everything.max(axis=0).tolist()
    return (left, top), (right, bottom)


def _insets(graph: GroupGraph, is_root: bool) -> tuple[Point, Point]:
    """Room before (left, top) and after (right, bottom) the content; lanes join outer lines."""
    if is_root:
        return (PADDING, PADDING), (PADDING, PADDING)
    lanes_in = _BORDER_GAP + LANE * (graph.pins.count("first") + 1)
    lanes_out = _BORDER_GAP + LANE * (graph.pins.count("last") + 1)
    if graph.direction == "top-down":
        return (PADDING, HEADER + lanes_in), (PADDING, lanes_out)
    return (lanes_in, HEADER + PADDING), (lanes_out, PADDING)
