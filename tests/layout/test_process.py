"""The layout process: same scenes as in this process, newest wins, a killed child is no hang."""

import io
import os
import queue
import signal

import numpy as np
import pytest
from handmade_runs import nested, runs, transformer
from hypothesis import given, settings

from inspector.errors import LayoutError
from inspector.layout.child import serve
from inspector.layout.outline import outline
from inspector.layout.process import LayoutClient
from inspector.layout.scene import LayoutOptions, build_scene, expandable
from inspector.layout.wire import (
    pack_outline,
    pack_scene,
    read_frame,
    unpack_outline,
    unpack_scene,
    write_frame,
)


@pytest.fixture
def answers():
    return queue.Queue()


@pytest.fixture
def client(answers):
    made = LayoutClient(answers.put)
    yield made
    made.close()


def same(first, second):
    arrays = ("rects", "points", "offsets", "sources", "targets", "parents", "is_expanded")
    return (
        first.ids == second.ids
        and first.labels == second.labels
        and first.call_boxes == second.call_boxes
        and first.edge_members == second.edge_members
        and all(np.array_equal(getattr(first, n), getattr(second, n)) for n in arrays)
    )


@given(runs())
@settings(max_examples=40, deadline=None)
def test_wire_brings_outlines_and_scenes_over_unchanged(made):
    stream = io.BytesIO()
    scene = build_scene(made, expandable(made))

    write_frame(stream, [pack_outline(outline(made)), pack_scene(scene)])
    stream.seek(0)
    lines, packed = read_frame(stream)

    assert unpack_outline(lines) == outline(made)
    assert same(unpack_scene(packed), scene)


def test_wire_says_nothing_when_a_frame_is_cut_short():
    stream = io.BytesIO()
    write_frame(stream, ["whole"])

    assert read_frame(io.BytesIO(stream.getvalue()[:-1])) is None
    assert read_frame(io.BytesIO(b"")) is None


def test_wire_refuses_a_frame_that_is_too_long():
    with pytest.raises(LayoutError, match="too long"):
        read_frame(io.BytesIO(b"\xff" * 8))


def test_child_keeps_the_outline_between_requests():
    requests, replies = io.BytesIO(), io.BytesIO()
    rows = pack_outline(outline(nested()))
    write_frame(requests, [1, rows, ["outer#0"], "top-down", "graphlay"])
    write_frame(requests, [2, None, [], "left-right", "layered"])
    requests.seek(0)

    serve(requests, replies)

    replies.seek(0)
    scenes = [unpack_scene(read_frame(replies)[1]) for _ in range(2)]
    assert same(scenes[0], build_scene(nested(), frozenset({"outer#0"})))
    how = LayoutOptions(direction="left-right", engine="layered")
    assert same(scenes[1], build_scene(nested(), frozenset(), how))


def test_client_answers_with_the_scene_of_the_request(client, answers):
    number = client.request(nested(), frozenset({"outer#0"}))

    answer = answers.get(timeout=60)

    assert answer.number == number
    assert same(answer.scene, build_scene(nested(), frozenset({"outer#0"})))


def test_client_answers_only_the_newest_request(client, answers):
    made = transformer(40)
    client.request(made, expandable(made))
    client.request(made, frozenset())
    newest = client.request(made, frozenset({"m#0"}))

    answer = answers.get(timeout=60)

    assert answer.number == newest
    assert answers.empty()


def test_client_says_so_when_the_process_dies(client, answers):
    client.request(nested(), frozenset())
    answers.get(timeout=60)
    made = transformer(300)
    number = client.request(made, expandable(made))

    os.kill(client.pid, signal.SIGKILL)

    answer = answers.get(timeout=60)
    assert answer.number == number
    assert isinstance(answer.error, LayoutError)
    assert client.request(nested(), frozenset()) == number + 1
    assert answers.get(timeout=60).scene is not None


def test_client_answers_nothing_after_cancel(client, answers):
    made = transformer(300)
    client.request(made, expandable(made))

    client.cancel()

    newest = client.request(nested(), frozenset())
    assert answers.get(timeout=60).number == newest
