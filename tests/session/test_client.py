"""A session with a real worker: open, run again, read values."""

from __future__ import annotations

import json
import queue
import sys

import numpy as np
import pytest

from inspector.errors import UsageError
from inspector.session import values
from inspector.session.client import Client, open_file
from inspector.session.protocol import (
    Failed,
    Hello,
    Lost,
    Opened,
    OpenFile,
    ReadTensor,
    RunModel,
    RunUpdated,
    TensorRead,
)

SCRIPT = """
import keras, numpy as np
from keras import layers

class Attend(keras.Model):
    def __init__(self):
        super().__init__(name="attend")
        self.project = layers.Dense(4)

    def call(self, query, context, training=False):
        return self.project(query) + self.project(context)

attend = Attend()
attend(np.ones((2, 3, 4), "float32"), np.zeros((2, 3, 4), "float32"))

left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
pair = keras.Model({"left": left, "right": right}, layers.Add()([left, right]), name="pair")
pair({"left": np.ones((1, 3)), "right": np.full((1, 3), 2.0)})
"""


class Session:
    """A client whose events wait in a queue."""

    def __init__(self):
        self.events = queue.Queue()
        self.seen = []
        self.client = Client(self.events.put)
        self.client.start()

    def next(self, *kinds):
        """The next event of one of these kinds."""
        while True:
            event = self.events.get(timeout=60)
            self.seen.append(event)
            if isinstance(event, kinds):
                return event

    def run(self, command):
        """Send a command that runs something; the run it made, or the failure."""
        self.client.send(command)
        while True:
            event = self.next(RunUpdated, Failed)
            if isinstance(event, Failed) or event.ended:
                return event


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    path = tmp_path_factory.mktemp("opened") / "script.py"
    path.write_text(SCRIPT)
    session = Session()
    session.client.send(OpenFile(str(path)))
    session.trace = session.next(Opened).trace
    yield session
    session.client.close()


def forward_run(session, model):
    return next(r for r in session.trace.runs if r.model == model and r.kind == "forward")


def test_opened_trace_holds_all_that_was_told_before(opened):
    assert isinstance(opened.seen[0], Hello)
    assert [model.name for model in opened.trace.models] == ["attend", "pair"]
    assert {run.number for run in opened.trace.runs} == {
        event.run.number for event in opened.seen if isinstance(event, RunUpdated)
    }
    assert opened.trace.failure is None


def test_values_of_an_output_are_read(opened):
    run = forward_run(opened, "pair")
    output = run.calls[0].outputs[0]

    opened.client.send(ReadTensor(7, run.number, output.tensor))
    answer = opened.next(TensorRead)

    assert (answer.request, answer.shape, answer.dtype) == (7, (1, 3), "float32")
    np.testing.assert_array_equal(values.array_of(answer), np.full((1, 3), 3.0))
    assert answer.statistics.mean == 3.0


def test_reading_says_why_when_there_is_no_such_tensor(opened):
    opened.client.send(ReadTensor(8, 0, 10**9))

    assert "not kept" in opened.next(TensorRead).problem


@pytest.mark.parametrize("model", ["attend", "pair"])
def test_model_runs_again_on_its_recorded_inputs(opened, model):
    before = forward_run(opened, model)

    event = opened.run(RunModel(model))

    assert event.run.failure is None
    assert event.run.number > before.number
    shapes = [[ref.shape for ref in run.calls[0].inputs] for run in (before, event.run)]
    assert shapes[0] == shapes[1]


def test_model_runs_on_given_inputs_in_order(opened):
    specs = ("float32[5,2,4]", "float32[5,2,4]")

    event = opened.run(RunModel("attend", input_specs=specs, training=True))

    assert [ref.shape for ref in event.run.calls[0].inputs] == [(5, 2, 4), (5, 2, 4)]
    assert event.run.training


def test_model_runs_on_given_inputs_by_name(opened):
    specs = ("right=float32[2,3]:1..1", "left=float32[2,3]:0..0")

    event = opened.run(RunModel("pair", input_specs=specs))
    opened.client.send(ReadTensor(1, event.run.number, event.run.calls[0].outputs[0].tensor))

    np.testing.assert_array_equal(values.array_of(opened.next(TensorRead)), np.ones((2, 3)))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (RunModel("nobody"), "no model called 'nobody'"),
        (RunModel("pair", input_specs=("float32[2,3]",)), "takes 2 inputs"),
        (RunModel("pair", input_specs=("x=float32[2,3]", "left=float32[2,3]")), "none called 'x'"),
        (RunModel("pair", input_specs=("a.npy", "b.npy")), "cannot be read"),
        (RunModel("pair", input_specs=("nonsense", "b")), "not an input"),
        (OpenFile("other.py"), "has run a file already"),
    ],
)
def test_session_goes_on_when_a_command_is_wrong(opened, command, message):
    failed = opened.run(command)

    assert isinstance(failed, Failed)
    assert message in failed.message
    assert failed.fix
    assert opened.client.is_alive


def test_nothing_runs_when_the_file_is_no_python(tmp_path):
    path = tmp_path / "data.py"
    path.write_bytes(bytes(range(256)))

    result = open_file(path)

    assert result.nothing_ran
    assert result.trace.failure.type == "NotPython"


@pytest.mark.parametrize(
    ("content", "line"), [("import keras\ndef f(:\n", 2), ("x = (\n", 1), ("", None)]
)
def test_nothing_runs_when_the_file_cannot_be_compiled(tmp_path, content, line):
    path = tmp_path / "wrong.py"
    path.write_text(content)

    result = open_file(path)

    assert result.nothing_ran
    assert result.trace.failure.line == line


def test_something_ran_when_a_script_misses_a_file_of_its_own(tmp_path):
    path = tmp_path / "reads.py"
    path.write_text("open('missing.bin')")

    result = open_file(path)

    assert not result.nothing_ran
    assert result.trace.failure.type == "FileNotFoundError"
    assert "missing.bin" in result.trace.failure.fix


def test_client_reports_the_loss_once_when_python_has_no_inspector(tmp_path):
    fake = tmp_path / "python"
    found = {"version": list(sys.version_info[:2]), "packages": {"keras": "3.15.1"}}
    fake.write_text(
        f"#!/bin/sh\nif [ $1 = -I ]; then echo '{json.dumps(found)}'; exit 0; fi\n"
        "echo no such module >&2\nexit 1\n"
    )
    fake.chmod(0o755)

    result = open_file(tmp_path / "any.py", python=str(fake))

    assert result.lost == Lost(1, "The worker process ended by itself with exit code 1.")


def test_client_refuses_a_python_that_is_not_there():
    with pytest.raises(UsageError, match="There is no Python at"):
        Client(print).start("/nowhere/python")


def test_client_sends_no_event_after_it_was_closed():
    session = Session()
    session.next(Hello)

    session.client.close()

    assert not session.client.is_alive
    assert session.events.empty()


def test_window_side_imports_neither_keras_nor_the_engine():
    import subprocess

    code = (
        "import sys, inspector.session.client, inspector.session.values;"
        "bad = {'keras', 'inspector.engine', 'inspector.loading', 'inspector.capture', 'cupy'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
