"""Both layout engines keep the same promises."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.layout.border_ports import tightened
from inspector.layout.engine import GroupGraph, GroupLayout
from inspector.layout.graphlay_engine import GraphlayEngine
from inspector.layout.labels import label_rects
from inspector.layout.layered_engine import LayeredEngine

ENGINES = [GraphlayEngine(), LayeredEngine()]
engines = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


@st.composite
def graphs(draw, *, acyclic=True, parallel=True):
    count = draw(st.integers(1, 14))
    sizes = draw(
        st.lists(
            st.tuples(st.sampled_from([80.0, 120.0, 304.0]), st.sampled_from([20.0, 40.0, 200.0])),
            min_size=count,
            max_size=count,
        )
    )
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = draw(st.lists(ends, max_size=24))
    edges = [tuple(sorted(pair)) if acyclic else pair for pair in pairs if pair[0] != pair[1]]
    if not parallel:
        edges = list(dict.fromkeys(edges))
    labels = draw(
        st.lists(
            st.sampled_from([(0.0, 0.0), (64.0, 16.0)]), min_size=len(edges), max_size=len(edges)
        )
    )
    pins = [""] * count
    sources = {source for source, _ in edges}
    targets = {target for _, target in edges}
    if draw(st.booleans()) and acyclic:
        if 0 in sources and 0 not in targets:
            pins[0], sizes[0] = "first", (1.0, 1.0)
        if count - 1 in targets and count - 1 not in sources:
            pins[-1], sizes[-1] = "last", (1.0, 1.0)
    direction = draw(st.sampled_from(["top-down", "left-right"]))
    return GroupGraph(tuple(sizes), tuple(pins), tuple(edges), tuple(labels), direction)


def overlap(first, second):
    """Whether two (x, y, w, h) cover common ground."""
    return (
        first[0] < second[0] + second[2] - 0.01
        and second[0] < first[0] + first[2] - 0.01
        and first[1] < second[1] + second[3] - 0.01
        and second[1] < first[1] + first[3] - 0.01
    )


def on_border(point, rect):
    x, y, width, height = rect
    inside = x - 0.6 <= point[0] <= x + width + 0.6 and y - 0.6 <= point[1] <= y + height + 0.6
    distances = (point[0] - x, x + width - point[0], point[1] - y, y + height - point[1])
    return inside and min(abs(distance) for distance in distances) <= 0.6


def rects(graph: GroupGraph, layout: GroupLayout):
    return [(*corner, *size) for corner, size in zip(layout.corners, graph.sizes, strict=True)]


@engines
@given(graph=graphs(acyclic=False))
@settings(max_examples=60, deadline=None)
def test_engine_lets_no_boxes_overlap(engine, graph):
    placed = rects(graph, engine.layout(graph))

    assert not [pair for pair in itertools.combinations(placed, 2) if overlap(*pair)]


@engines
@given(graph=graphs(acyclic=False))
@settings(max_examples=60, deadline=None)
def test_engine_routes_every_edge_from_box_to_box(engine, graph):
    layout = engine.layout(graph)

    placed = rects(graph, layout)
    assert len(layout.routes) == len(graph.edges)
    for (source, target), route in zip(graph.edges, layout.routes, strict=True):
        assert on_border(route[0], placed[source])
        assert on_border(route[-1], placed[target])


@engines
@given(graph=graphs())
@settings(max_examples=60, deadline=None)
def test_engine_ranks_increase_along_edges_when_acyclic(engine, graph):
    layout = engine.layout(graph)

    for source, target in graph.edges:
        assert layout.ranks[source] < layout.ranks[target]


@engines
@given(graph=graphs())
@settings(max_examples=60, deadline=None)
def test_engine_puts_ports_in_the_first_and_last_rank(engine, graph):
    layout = engine.layout(graph)

    for pin, rank in zip(graph.pins, layout.ranks, strict=True):
        assert pin != "first" or rank == 0
        assert pin != "last" or rank == max(layout.ranks)


@engines
@given(graph=graphs(acyclic=False))
@settings(max_examples=30, deadline=None)
def test_engine_gives_the_same_layout_twice(engine, graph):
    assert engine.layout(graph) == engine.layout(graph)


@engines
def test_engine_lays_out_an_empty_group(engine):
    layout = engine.layout(GroupGraph((), (), (), ()))

    assert layout == GroupLayout((), (), (), ())


@engines
def test_engine_flows_in_the_direction_asked_for(engine):
    sizes, pins, labels = ((100.0, 40.0),) * 3, ("",) * 3, ((0.0, 0.0),) * 2
    edges = ((0, 1), (1, 2))

    down = engine.layout(GroupGraph(sizes, pins, edges, labels, "top-down")).corners
    right = engine.layout(GroupGraph(sizes, pins, edges, labels, "left-right")).corners

    assert down[0][1] < down[1][1] < down[2][1]
    assert right[0][0] < right[1][0] < right[2][0]


def test_built_in_engine_uses_side_channels_for_very_long_edges():
    count = 40
    chain = [(n, n + 1) for n in range(count - 1)]
    graph = GroupGraph(
        ((100.0, 40.0),) * count,
        ("",) * count,
        (*chain, (0, count - 1)),
        ((0.0, 0.0),) * count,
    )

    layout = LayeredEngine().layout(graph)

    right = max(x for x, _ in layout.corners) + 100
    assert max(x for x, _ in layout.routes[-1]) > right


def crosses(start, end, rect):
    """Whether a right-angled stretch goes through the inside of a box."""
    x, y, width, height = rect
    return (
        min(start[0], end[0]) < x + width - 1
        and max(start[0], end[0]) > x + 1
        and min(start[1], end[1]) < y + height - 1
        and max(start[1], end[1]) > y + 1
    )


@engines
# Lifting merges parallel edges; graphlay leads many of them round a small box's own corner.
@given(graph=graphs(parallel=False))
@settings(max_examples=100, deadline=None)
def test_engine_routes_no_edge_through_a_box(engine, graph):
    layout = engine.layout(graph)
    layout = tightened(graph, layout, label_rects(graph, layout))

    placed = rects(graph, layout)
    hits = [
        (edge, box)
        for edge, route in enumerate(layout.routes)
        for box, rect in enumerate(placed)
        if not graph.pins[box]
        if any(crosses(*stretch, rect) for stretch in itertools.pairwise(route))
    ]
    assert not hits


@engines
@given(graph=graphs())
@settings(max_examples=60, deadline=None)
def test_labels_cover_no_box_and_no_other_label(engine, graph):
    layout = engine.layout(graph)

    labels = [rect for rect in label_rects(graph, layout) if not np.isnan(rect[0])]
    placed = rects(graph, layout)
    assert not [pair for pair in itertools.product(labels, placed) if overlap(*pair)]
    assert not [pair for pair in itertools.combinations(labels, 2) if overlap(*pair)]
