"""Runs wait to be written while the user's code runs, and nobody who asks sees the difference."""

from __future__ import annotations

import pytest

THREE = """
    model = keras.Sequential([layers.Dense(2, name="first")], name="net")
    for size in (1, 2, 3):
        model(np.ones((size, 4), "float32"))
"""


def queue(write):
    """A queue that may take no time while user code runs."""
    from inspector.capture.unwritten import Unwritten

    return Unwritten(write, share=0.0)


class Interrupted(BaseException):
    """What Stop raises in the user's thread, at any line."""


def test_runs_are_the_same_when_they_were_written_at_once_and_at_the_end(watch):
    at_once = watch(THREE, writing_share=1e9).recorder.runs()
    at_the_end = watch(THREE, writing_share=0.0).recorder.runs()

    def told(runs):
        return [
            (run.number, run.kind, [(c.id, c.inputs[0].shape, c.op_count) for c in run.calls])
            for run in runs
        ]

    assert told(at_once) == told(at_the_end)
    assert [run.calls[0].inputs[0].shape for run in at_the_end if run.kind == "forward"] == [
        (1, 4),
        (2, 4),
        (3, 4),
    ]


def test_a_run_is_written_first_when_the_next_one_fails(watch):
    scene = watch(THREE + "    model(np.ones((2, 5), 'float32'))\n", writing_share=0.0)

    runs = [run for run in scene.recorder.runs() if run.kind == "forward"]

    assert [run.failure is None for run in runs] == [True, True, True, False]


def test_nothing_is_written_when_the_share_of_time_is_used_up():
    written = []
    waiting = queue(written.append)
    waiting.add("one")
    waiting.add("two")

    waiting.write_some()

    assert (written, len(waiting)) == ([], 2)


def test_all_are_written_in_order_when_somebody_asks():
    written = []
    waiting = queue(written.append)
    waiting.add("one")
    waiting.add("two")

    waiting.write()

    assert (written, len(waiting)) == (["one", "two"], 0)


def test_a_run_is_not_lost_when_stop_comes_while_it_is_written():
    written = []

    def write(context):
        if not written:
            written.append("begun")
            raise Interrupted
        written.append(context)

    waiting = queue(write)
    waiting.add("one")
    with pytest.raises(Interrupted):
        waiting.write()

    waiting.write()

    assert written == ["begun", "one"]


def test_layers_that_define_equality_and_no_hash_have_lines_of_their_own(watch):
    scene = watch(
        """
        class Same(layers.Layer):
            def __eq__(self, other):
                return isinstance(other, Same)

            def call(self, x):
                return x + 1

        Same(name="a")(np.ones((2, 3), "float32"))
        Same(name="b")(np.ones((2, 3), "float32"))
        """
    )

    runs = [run for run in scene.recorder.runs() if run.kind == "forward"]

    assert scene.error is None
    assert [(run.calls[0].name, run.calls[0].line) for run in runs] == [
        ("a", scene.line('Same(name="a")(')),
        ("b", scene.line('Same(name="b")(')),
    ]
