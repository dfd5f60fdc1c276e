"""Saved models, notebooks, folders and weights, through a real worker. About 5 s a test."""

from __future__ import annotations

import json
import queue
import subprocess
import sys

import numpy as np
import pytest

from inspector.session.blocking import BlockingSession
from inspector.session.client import Client, open_file
from inspector.session.protocol import (
    ApplyWeights,
    Failed,
    Lost,
    Opened,
    OpenFile,
    RunUpdated,
)

# Made in a process of its own: these tests import no Keras.
MAKE = """
import sys
from inspector.keras_backend import hook
hook.install("numpy")
import keras
from keras import layers
keras.utils.set_random_seed(3)
class Mine(layers.Layer):
    def call(self, x): return x + 1
    def get_config(self): return super().get_config()
row = keras.Input((4,), name="row")
keras.Model(row, layers.Dense(2)(layers.Lambda(lambda x: x * 2, output_shape=(4,))(Mine()(row))),
            name="own").save("own.keras")
plain = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first")], name="plain")
plain.save_weights("plain.weights.h5")
plain.save("plain.keras")
keras.Sequential([keras.Input((4,)), layers.Dense(5, name="first")]).save_weights("wide.weights.h5")
"""
SCRIPT = """import keras, numpy as np
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="first")], name="model")
model(np.ones((2, 4), "float32"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, root):
    made = tmp_path_factory.mktemp("saved")
    environment = {"PYTHONPATH": str(root), "PATH": "/usr/bin", "KERAS_HOME": str(made / "home")}
    subprocess.run([sys.executable, "-c", MAKE], cwd=made, env=environment, check=True)
    (made / "script.py").write_text(SCRIPT)
    return made


def test_archive_without_its_classes_opens_with_placeholders_marked(folder):
    trace = open_file(folder / "own.keras").trace

    assert trace.failure is None
    forward = trace.runs[-1]
    marked = {call.name: call for call in forward.calls if call.placeholder}
    assert [call.class_ for call in marked.values()] == ["Mine", "Lambda"]
    assert [call.outputs[0].shape for call in marked.values()] == [(2, 4), (2, 4)]
    assert "was not run" in marked["lambda"].placeholder
    (source,) = trace.sources
    line = source.text.splitlines()[marked["mine"].line - 1 :][:3]
    assert marked["mine"].file == source.file
    assert '"class_name": "Mine"' in "".join(line)
    assert {note.what for note in trace.replaced} >= {"layer mine (Mine)", "layer lambda (Lambda)"}


def test_weights_are_applied_to_an_open_script_and_misfits_leave_it_as_it_was(folder):
    events: queue.SimpleQueue = queue.SimpleQueue()
    client = Client(events.put)
    client.start()
    client.send(OpenFile(str(folder / "script.py")))
    _until(events, Opened)

    client.send(ApplyWeights(str(folder / "wide.weights.h5")))
    refused = _until(events, Failed)
    client.send(ApplyWeights(str(folder / "plain.weights.h5")))
    run = _until(events, RunUpdated).run
    client.close()

    assert "first/kernel: expected [4, 3], found [4, 5]" in refused.message
    assert run.kind == "forward"
    assert run.calls[0].inputs[0].shape == (2, 4)


def _until(events, kind):
    while True:
        event = events.get(timeout=60)
        assert not isinstance(event, Lost), event
        if isinstance(event, kind) and getattr(event, "ended", True):
            return event


def test_given_weights_make_a_script_compute_what_the_saved_model_does(folder):
    outputs = []
    for name, weights in (("script.py", folder / "plain.weights.h5"), ("plain.keras", None)):
        options = {"weights": str(weights) if weights else None, "input_specs": ("float32[2,4]",)}
        with BlockingSession(folder / name, **options) as session:
            trace = session.opened().trace
            run = trace.runs[-1]
            tensor = run.calls[0].outputs[0]
            answer = session.answer(session.ask(run.number, tensor.tensor, (0, 0), (2, 3)))
            outputs.append(np.frombuffer(answer.data, "float32"))

    np.testing.assert_array_equal(*outputs)


def test_notebook_tells_cells_and_keeps_the_models_before_a_failing_one(tmp_path):
    cells = [
        "%matplotlib inline\nimport keras\nfrom keras import layers",
        "a = keras.Sequential([keras.Input((4,)), layers.Dense(3)], name='a')\n",
        "!pip install x\nraise RuntimeError('no')",
        "b = keras.Sequential([keras.Input((4,)), layers.Dense(2)], name='b')",
    ]
    path = tmp_path / "book.ipynb"
    code = [{"cell_type": "code", "source": cell} for cell in cells]
    path.write_text(json.dumps({"cells": code, "nbformat": 4}))

    trace = open_file(path).trace

    assert [model.name for model in trace.models] == ["a", "b"]
    assert (trace.failure.file, trace.failure.line) == (f"{path} cell 3", 2)
    assert [source.text for source in trace.sources] == cells
    forward = [run for run in trace.runs if run.kind == "forward"]
    assert (forward[0].calls[1].file, forward[0].calls[1].line) == (f"{path} cell 2", 1)
    assert "%matplotlib inline" in {note.what for note in trace.replaced}


def test_function_of_a_package_is_called_and_its_imports_work(tmp_path):
    package = tmp_path / "pkg" / "nets"
    package.mkdir(parents=True)
    for place in (package, package.parent):
        (place / "__init__.py").touch()
    (package.parent / "sizes.py").write_text("UNITS = 7\n")
    (package / "net.py").write_text(
        "import keras\nfrom ..sizes import UNITS\n"
        "def build(units=UNITS):\n"
        "    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)], name='net')\n"
        "def other(): raise RuntimeError\n"
    )

    trace = open_file(package / "net.py", attribute="build").trace

    assert trace.failure is None
    (forward,) = [run for run in trace.runs if run.kind == "forward"]
    assert forward.calls[-1].outputs[0].shape == (2, 7)
    assert "build()" in {note.what for note in trace.replaced}


def test_function_that_wants_arguments_is_said_to(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("import keras\ndef build(units, depth): return None\n")

    failure = open_file(path, attribute="build").trace.failure

    assert "build needs arguments: units, depth" in failure.message


def test_damaged_archive_is_told_and_the_worker_survives(folder, tmp_path):
    whole = (folder / "plain.keras").read_bytes()
    path = tmp_path / "flipped.keras"
    path.write_bytes(whole[:400] + bytes(200) + whole[600:])

    result = open_file(path)

    assert result.lost is None
    assert result.nothing_ran
    assert result.trace.failure.type == "DamagedFile"
    assert "Copy or download it again" in result.trace.failure.fix
