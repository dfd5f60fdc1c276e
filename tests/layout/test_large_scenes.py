"""Scenes of many calls: cut into chunks, hubs drawn as stubs, all of it within a second or so."""

import itertools
import time

from handmade_runs import call, edge, run, transformer

from inspector.layout.scene import build_scene, default_expanded, expandable


def test_scene_cuts_a_large_flat_group_into_chunks():
    calls = [call(f"c{number}") for number in range(420)]
    edges = [edge(f"c{n}#0", f"c{n + 1}#0") for n in range(419)]
    made = run(calls, edges)

    scene = build_scene(made, default_expanded(made))

    assert set(scene.kinds) == {"chunk"}
    assert len(scene.ids) == 5
    opened = build_scene(made, expandable(made))
    assert {each.id for each in calls} <= set(opened.ids)


def test_scene_cuts_a_large_group_by_the_names_of_its_calls():
    stages = (("conv2", 30), ("conv3", 60), ("conv4", 90))
    inside = [f"{stage}_{n}_conv" for stage, count in stages for n in range(count)]
    names = ["stem", *inside, "head"]
    edges = [edge(f"{a}#0", f"{b}#0") for a, b in itertools.pairwise(names)]
    made = run([call(name) for name in names], edges)

    scene = build_scene(made, frozenset())

    found = dict(zip(scene.titles, scene.kinds, strict=True))
    assert found == {
        "stem": "call", "conv2": "chunk", "conv3": "chunk", "conv4": "chunk", "head": "call",
    }  # fmt: skip
    assert {each.id for each in made.calls} <= set(build_scene(made, expandable(made)).ids)


def test_scene_cuts_what_is_in_a_large_chunk_by_more_of_the_names():
    names = [f"conv4_block{n}_{part}" for n in range(60) for part in ("conv", "bn", "relu")]
    made = run([call(name) for name in names], [])

    scene = build_scene(made, frozenset())

    assert len(scene.ids) == 60
    assert set(scene.kinds) == {"chunk"}
    assert scene.titles[:2] == ("conv4_block0", "conv4_block1")


def test_scene_draws_stubs_for_a_hub():
    scene = build_scene(transformer(14), frozenset({"m#0"}))

    stubs = [name for name, kind in zip(scene.ids, scene.kinds, strict=True) if kind == "stub"]
    assert len(stubs) == 14
    assert {scene.titles[scene.ids.index(stub)] for stub in stubs} == {"mask"}


def test_default_expanded_stops_before_too_many_boxes():
    opened = default_expanded(transformer(30))

    assert opened == {"m#0"}


def test_scene_of_ten_thousand_calls_takes_about_a_second():
    made = transformer(600)
    assert len(made.calls) > 9_000

    start = time.process_time()
    scene = build_scene(made, expandable(made))

    # Reported, and bounded far above what it takes: an endless layout is what this is for.
    print(f"layout_{len(scene.ids)}_boxes seconds {time.process_time() - start:.2f}")
    assert len(scene.ids) > 9_000
