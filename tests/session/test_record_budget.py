"""The worker keeps recorded values within `INSPECTOR_RECORD_MB` and says what it computed again."""

from __future__ import annotations

import queue
from pathlib import Path

import numpy as np
import pytest

from inspector.session import values
from inspector.session.client import Client
from inspector.session.protocol import Opened, OpenFile, Output, ReadTensor, TensorRead
from inspector.session.settings import (
    Settings,
    memory_limit_bytes,
    record_budget_bytes,
    settings_from,
)

# 20 times tanh on 512 KiB: ten times the budget of one MiB.
SCRIPT = """
import keras, numpy as np
from keras import layers

x = np.linspace(-2, 2, 1024 * 128, dtype="float32").reshape(1024, 128)
model = keras.Sequential([layers.Activation("tanh", name=f"act{i}") for i in range(20)])
model(x)
"""


# Sixty layers of 1 MiB each, and what lies within them: 80 MiB forward, 180 with the way back. The
# script says how much memory its process had taken at most before the model ran, and after.
DEEP = """
import resource
import keras, numpy as np
from keras import layers

x = np.random.default_rng(0).normal(size=(8, 64, 32, 16)).astype("float32")
inputs = y = layers.Input((64, 32, 16))
for i in range(20):
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(16, 1)(y)))
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(y))
model.compile("sgd", "mse")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
model(x)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
model.train_on_batch(x, np.zeros((8, 16), "float32"))
"""


class Opening:
    """A script opened by a worker, asked for values."""

    def __init__(self, path):
        self.events = queue.Queue()
        self.client = Client(self.events.put)
        self.printed = ""
        self.path = path

    def __enter__(self):
        self.client.start()
        self.client.send(OpenFile(str(self.path)))
        self.trace = self.next(Opened).trace
        return self

    def __exit__(self, *error):
        self.client.close()

    def next(self, kind):
        while True:
            event = self.events.get(timeout=60)
            if isinstance(event, Output):
                self.printed += event.text
            if isinstance(event, kind):
                return event

    def outputs(self, kind, every=1, limit=1 << 20):
        """What the worker answers for each layer's output in the run of a kind, in order."""
        (run,) = [run for run in self.trace.runs if run.kind == kind]
        answers = []
        for call in run.calls[1::every]:
            self.client.send(ReadTensor(1, run.number, call.outputs[0].tensor, limit=limit))
            answers.append(self.next(TensorRead))
        return answers

    def most_memory_kib(self):
        """The most that the worker has taken so far, as Linux counts it."""
        lines = Path(f"/proc/{self.client.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])


def test_worker_within_its_record_budget_answers_the_same_values(tmp_path, monkeypatch):
    path = tmp_path / "deep.py"
    path.write_text(SCRIPT)
    monkeypatch.setenv("INSPECTOR_RECORD_MB", "1")

    with Opening(path) as opening:
        answers = opening.outputs("forward")

    x = np.linspace(-2, 2, 1024 * 128, dtype="float32").reshape(1024, 128)
    for answer in answers:
        x = np.tanh(x)
        assert answer.problem == ""
        np.testing.assert_array_equal(values.array_of(answer), x)
    assert len(answers) == 20
    assert sum(answer.recomputed for answer in answers) >= 18


def test_model_ten_times_the_budget_is_run_trained_and_read_within_it(tmp_path, monkeypatch):
    path = tmp_path / "deep.py"
    path.write_text(DEEP)
    monkeypatch.setenv("INSPECTOR_RECORD_MB", "8")

    with Opening(path) as opening:
        answers = [
            answer
            for kind in ("forward", "train_step")
            for answer in opening.outputs(kind, every=7, limit=16)
        ]
        most = opening.most_memory_kib()

    assert {answer.problem for answer in answers} == {""}
    assert all(answer.statistics.nan_count == 0 for answer in answers)
    assert sum(answer.recomputed for answer in answers) >= 12
    before, forward = map(int, opening.printed.split())
    # The forward pass alone would take ten times the budget beside what else the process takes.
    # On the way back, what is computed again takes the arrays of several layers for a moment.
    assert forward - before < 3 * (8 << 10)
    assert most - before < 8 * (8 << 10)


def test_record_budget_is_half_of_what_is_free_by_default():
    budget = record_budget_bytes(Settings())

    assert 0 < budget <= memory_limit_bytes(Settings()) // 2
    assert record_budget_bytes(Settings(memory_mb=100)) == 50 << 20


@pytest.mark.parametrize(("text", "budget"), [("7", 7 << 20), ("much", None), ("0", None)])
def test_record_budget_is_read_from_the_environment(text, budget):
    settings = settings_from({"INSPECTOR_RECORD_MB": text})

    assert settings.record_mb == (0 if budget is None else 7)
    assert budget is None or record_budget_bytes(settings) == budget
