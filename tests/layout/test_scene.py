"""Scenes: nothing overlaps, every line ends where it should, chunks and hubs stay readable."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from handmade_runs import add, call, edge, nested, run, runs, tensor, transformer
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import LayoutError
from inspector.layout.engine import GroupGraph
from inspector.layout.graphlay_engine import GraphlayEngine
from inspector.layout.groups import GroupArranger
from inspector.layout.layered_engine import LayeredEngine
from inspector.layout.outline import outline
from inspector.layout.scene import (
    LayoutOptions,
    build_scene,
    default_expanded,
    expandable,
    scene_of_outline,
)
from inspector.trace import Failure, TensorRef

options = st.builds(
    LayoutOptions,
    direction=st.sampled_from(["top-down", "left-right"]),
    engine=st.sampled_from(["graphlay", "layered"]),
)


def overlap(first, second):
    apart = (
        first[0] >= second[0] + second[2]
        or second[0] >= first[0] + first[2]
        or first[1] >= second[1] + second[3]
        or second[1] >= first[1] + first[3]
    )
    return not apart


def on_border(scene, box, point):
    """On the rectangle, or on the lower edge of an expanded group's header."""
    x, y, width, height = scene.rects[box]
    inside = x - 1 <= point[0] <= x + width + 1 and y - 1 <= point[1] <= y + height + 1
    lines = [point[0] - x, x + width - point[0], point[1] - y, y + height - point[1]]
    if scene.is_expanded[box]:
        lines.append(point[1] - y - scene.header)
    return bool(inside and min(abs(line) for line in lines) <= 1)


@given(runs(), options, st.booleans())
@settings(max_examples=120, deadline=None)
def test_scene_lets_no_siblings_overlap_and_keeps_children_inside(made, how, everything):
    scene = build_scene(made, expandable(made) if everything else default_expanded(made), how)

    for first, second in itertools.combinations(range(len(scene.ids)), 2):
        if scene.parents[first] == scene.parents[second]:
            assert not overlap(scene.rects[first], scene.rects[second])
    for box, parent in enumerate(scene.parents):
        if parent >= 0:
            x, y, width, height = scene.rects[box]
            left, top, wide, high = scene.rects[parent]
            assert left <= x
            assert top + scene.header <= y
            assert x + width <= left + wide
            assert y + height <= top + high


@given(runs(), options)
@settings(max_examples=120, deadline=None)
def test_scene_ends_every_edge_on_its_boxes(made, how):
    scene = build_scene(made, expandable(made), how)

    for number in range(len(scene.sources)):
        line = scene.polyline(number)
        assert len(line) >= 2
        assert on_border(scene, scene.sources[number], line[0])
        assert on_border(scene, scene.targets[number], line[-1])


@given(runs(), options)
@settings(max_examples=60, deadline=None)
def test_scene_is_the_same_twice(made, how):
    first, second = (build_scene(made, expandable(made), how) for _ in range(2))

    assert first.ids == second.ids
    assert first.labels == second.labels
    assert np.array_equal(first.rects, second.rects)
    assert np.array_equal(first.points, second.points)


@given(runs(), options)
@settings(max_examples=60, deadline=None)
def test_scene_puts_labels_on_no_box(made, how):
    scene = build_scene(made, expandable(made), how)

    closed = scene.rects[~scene.is_expanded]
    shown = [rect for rect in scene.label_rects if not np.isnan(rect[0])]
    assert not [pair for pair in itertools.product(shown, closed) if overlap(*pair)]


@given(runs(), st.data())
@settings(max_examples=60, deadline=None)
def test_scene_shows_every_call_somewhere(made, data):
    groups = sorted(expandable(made))
    opened = data.draw(st.sets(st.sampled_from(groups))) if groups else set()

    scene = build_scene(made, frozenset(opened))

    assert set(scene.call_boxes) == {each.id for each in made.calls}
    for each in made.calls:
        shown = scene.ids[scene.call_boxes[each.id]]
        assert each.id == shown or (shown not in opened and each.path.startswith(shown[:-2]))


def test_scene_lifts_edges_to_a_collapsed_group():
    scene = build_scene(nested(), frozenset())

    pairs = {
        (scene.ids[source], scene.ids[target])
        for source, target in zip(scene.sources, scene.targets, strict=True)
    }
    assert pairs == {("input:0", "outer#0"), ("outer#0", "head#0")}


def test_scene_continues_edges_inside_an_expanded_group():
    scene = build_scene(nested(), frozenset({"outer#0", "outer/inner#0"}))

    lines = {
        (scene.ids[source], scene.ids[target]): scene.polyline(number)
        for number, (source, target) in enumerate(zip(scene.sources, scene.targets, strict=True))
    }
    outer, inner = (
        lines["outer/first#0", "outer/inner#0"],
        lines["outer/inner#0", "outer/inner/a#0"],
    )
    assert outer[-1][0] == inner[0][0]
    assert inner[0][1] == outer[-1][1] + scene.header
    leaving, after = (
        lines["outer/inner/b#0", "outer/inner#0"],
        lines["outer/inner#0", "outer/last#0"],
    )
    assert tuple(leaving[-1]) == tuple(after[0])


def test_scene_merges_parallel_edges_with_a_count():
    calls = [call("a", outputs=[(8, 4), (8, 4)]), call("b"), call("c")]
    edges = [
        edge("a#0", "b#0"),
        edge("a#0", "b#0", index=1),
        edge("a#0", "c#0"),
        edge("a#0", "c#0", index=1, shape=(8, 9)),
    ]

    scene = build_scene(run(calls, edges), frozenset())

    assert scene.counts.tolist() == [2, 2]
    assert scene.labels == ("(8, 4) ×2", "2 tensors")
    assert scene.edge_members == ((0, 1), (2, 3))


def test_scene_counts_a_tensor_twice_when_one_call_takes_it_twice():
    scene = build_scene(run([call("a"), call("b")], [edge("a#0", "b#0")] * 2), frozenset())

    assert scene.counts.tolist() == [2]
    assert scene.labels == ("(8, 4) ×2",)


def test_scene_counts_one_tensor_once_when_it_goes_to_a_group_and_into_it():
    calls = [call("a"), call("g"), call("g/b", "g#0", depth=1)]

    scene = build_scene(run(calls, [edge("a#0", "g#0"), edge("a#0", "g/b#0")]), frozenset())

    assert scene.counts.tolist() == [1]


def test_scene_starts_a_line_at_the_inner_call_that_made_the_tensor():
    calls = [
        call("g", outputs=[tensor(9)], ops=[add(1, 2, out=9)]),
        call("g/a", "g#0", depth=1, outputs=[tensor(1)]),
        call("g/b", "g#0", depth=1, outputs=[tensor(2)]),
        call("h"),
    ]

    scene = build_scene(run(calls, [edge("g#0", "h#0")]), frozenset({"g#0"}))

    pairs = {
        (scene.ids[source], scene.ids[target])
        for source, target in zip(scene.sources, scene.targets, strict=True)
    }
    assert pairs == {("g/a#0", "g#0"), ("g/b#0", "g#0"), ("g#0", "h#0")}


def test_scene_draws_a_skip_that_a_groups_own_ops_make():
    calls = [
        call("s", outputs=[tensor(1)]),
        call("g", inputs=[tensor(1)], outputs=[tensor(9)], ops=[add(1, 2, out=9)]),
        call("g/a", "g#0", depth=1, inputs=[tensor(1)], outputs=[tensor(2)]),
        call("h"),
    ]
    edges = [edge("s#0", "g#0"), edge("s#0", "g/a#0"), edge("g#0", "h#0")]

    scene = build_scene(run(calls, edges), frozenset({"g#0"}))

    pairs = [
        (scene.ids[source], scene.ids[target])
        for source, target in zip(scene.sources, scene.targets, strict=True)
    ]
    assert ("g#0", "g#0") in pairs
    skip = scene.polyline(pairs.index(("g#0", "g#0")))
    assert skip[0][1] == scene.rects[1][1] + scene.header or skip[0][1] < skip[-1][1]


def test_scene_tells_two_inputs_of_one_shape_apart():
    call_ = call("pair", inputs=[TensorRef(None, (8, 4), "float32")] * 2)
    made = run([call_], [edge(None, "pair#0"), edge(None, "pair#0")])

    scene = build_scene(made, frozenset())

    assert scene.kinds == ("call", "input", "input")
    assert scene.titles[1:] == ("inputs 1", "inputs 2")


def test_scene_knows_an_input_beside_a_tensor_of_the_same_shape():
    calls = [
        call("a", inputs=[tensor(7)], outputs=[tensor(8)]),
        call("both", inputs=[tensor(8), tensor(7)]),
    ]
    edges = [edge(None, "a#0"), edge("a#0", "both#0"), edge(None, "both#0")]

    scene = build_scene(run(calls, edges), frozenset())

    assert scene.kinds.count("input") == 1


def test_scene_knows_an_input_that_comes_through_ops():
    calls = [
        call("g", inputs=[tensor(7), tensor(6)], ops=[add(7, 1, out=9)]),
        call("g/a", "g#0", depth=1, inputs=[tensor(9, (8, 1))]),
    ]
    edges = [edge(None, "g#0"), edge(None, "g#0"), edge(None, "g/a#0")]

    scene = build_scene(run(calls, edges), frozenset({"g#0"}))

    assert scene.kinds.count("input") == 2
    assert [scene.ids[box] for box in scene.targets.tolist()].count("g/a#0") == 1


def test_scene_numbers_the_later_calls_of_a_shared_layer():
    again = replace(call("shared"), id="shared#1", call_index=1)

    scene = build_scene(run([call("shared"), again], []), frozenset())

    assert scene.titles == ("shared", "shared#1")


def test_scene_joins_uses_of_one_input_at_one_vertex():
    calls = [call("a", inputs=[tensor(7)]), call("b", inputs=[tensor(7)])]

    scene = build_scene(run(calls, [edge(None, "a#0"), edge(None, "b#0")]), frozenset())

    assert scene.kinds.count("input") == 1


def test_scene_lays_out_identical_groups_the_same():
    scene = build_scene(transformer(6), expandable(transformer(6)))

    sizes = {tuple(scene.rects[scene.ids.index(f"m/block_{n}#0")][2:]) for n in range(1, 5)}
    assert len(sizes) == 1


def test_default_expanded_opens_the_way_to_the_failing_call():
    made = run(nested().calls, nested().edges, failure=Failure("outer/inner/a#0", "E", "no"))

    assert {"outer#0", "outer/inner#0"} <= default_expanded(made)


def test_scene_of_an_empty_run_is_empty():
    scene = build_scene(run([], []), frozenset())

    assert scene.ids == ()
    assert scene.points.shape == (0, 2)


class RefusingEngine:
    name = "refusing"

    def layout(self, graph):
        raise LayoutError("too tangled.", fix="Collapse it.")


def test_scene_says_so_when_the_built_in_engine_stood_in():
    arranger = GroupArranger(RefusingEngine(), fallback=LayeredEngine())

    scene = scene_of_outline(outline(nested()), frozenset(), LayoutOptions(), arranger)

    assert scene.notes == ("1 large group was laid out by the built-in engine.",)
    assert len(scene.ids) == 3


def test_graphlay_refuses_what_is_too_tangled():
    count = 400
    chain = [(n, n + 1) for n in range(count - 1)]
    fan = [(n, count - 1) for n in range(count - 2)]
    edges = tuple(chain + fan)
    graph = GroupGraph(((80.0, 40.0),) * count, ("",) * count, edges, ((0.0, 0.0),) * len(edges))

    with pytest.raises(LayoutError) as caught:
        GraphlayEngine().layout(graph)

    assert "built-in engine" in caught.value.fix


def test_scene_draws_the_skip_of_a_run_input():
    calls = [
        call("g", inputs=[tensor(1)], outputs=[tensor(9)], ops=[add(1, 2, out=9)]),
        call("g/a", "g#0", depth=1, inputs=[tensor(1)], outputs=[tensor(2)]),
        call("h", inputs=[tensor(9)]),
    ]
    edges = [edge(None, "g#0"), edge(None, "g/a#0"), edge("g#0", "h#0")]

    scene = build_scene(run(calls, edges), frozenset({"g#0"}))

    pairs = zip(scene.sources.tolist(), scene.targets.tolist(), strict=True)
    assert (0, 0) in set(pairs)
    assert scene.ids[0] == "g#0"


def test_scene_of_very_deep_nesting_is_laid_out():
    calls, above = [], None
    for depth in range(1500):
        calls.append(call(f"c{depth}", above, depth=depth))
        above = calls[-1].id
    made = run(calls, [edge(None, above)])

    scene = build_scene(made, expandable(made))

    assert len(scene.ids) == 1501
