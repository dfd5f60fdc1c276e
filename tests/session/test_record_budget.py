"""The worker keeps recorded values within `INSPECTOR_RECORD_MB` and says what it computed again."""

from __future__ import annotations

import queue

import numpy as np
import pytest

from inspector.session import values
from inspector.session.client import Client
from inspector.session.protocol import Opened, OpenFile, ReadTensor, TensorRead
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


def _outputs(path):
    """What the worker answers for every layer's output of the script, in order."""
    events = queue.Queue()
    client = Client(events.put)
    client.start()
    try:
        client.send(OpenFile(str(path)))
        trace = _next(events, Opened).trace
        (run,) = [run for run in trace.runs if run.kind == "forward"]
        answers = []
        for call in run.calls[1:]:
            client.send(ReadTensor(1, run.number, call.outputs[0].tensor, limit=1 << 20))
            answers.append(_next(events, TensorRead))
        return answers
    finally:
        client.close()


def _next(events, kind):
    while True:
        event = events.get(timeout=60)
        if isinstance(event, kind):
            return event


def test_worker_within_its_record_budget_answers_the_same_values(tmp_path, monkeypatch):
    path = tmp_path / "deep.py"
    path.write_text(SCRIPT)
    monkeypatch.setenv("INSPECTOR_RECORD_MB", "1")

    answers = _outputs(path)

    x = np.linspace(-2, 2, 1024 * 128, dtype="float32").reshape(1024, 128)
    for answer in answers:
        x = np.tanh(x)
        assert answer.problem == ""
        np.testing.assert_array_equal(values.array_of(answer), x)
    assert len(answers) == 20
    assert sum(answer.recomputed for answer in answers) >= 18


def test_record_budget_is_half_of_what_is_free_by_default():
    budget = record_budget_bytes(Settings())

    assert 0 < budget <= memory_limit_bytes(Settings()) // 2
    assert record_budget_bytes(Settings(memory_mb=100)) == 50 << 20


@pytest.mark.parametrize(("text", "budget"), [("7", 7 << 20), ("much", None), ("0", None)])
def test_record_budget_is_read_from_the_environment(text, budget):
    settings = settings_from({"INSPECTOR_RECORD_MB": text})

    assert settings.record_mb == (0 if budget is None else 7)
    assert budget is None or record_budget_bytes(settings) == budget
