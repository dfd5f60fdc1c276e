"""What-if through a real worker: what lies downstream is computed again, nothing else changes."""

from __future__ import annotations

import queue
import re

import numpy as np
import pytest

from inspector.session.client import Client
from inspector.session.debug_messages import ForgetRun, WhatIf
from inspector.session.protocol import Failed, Opened, OpenFile, ReadTensor, RunUpdated, TensorRead
from inspector.session.values import array_of

SCRIPT = """
import keras, numpy as np
keras.utils.set_random_seed(3)
inputs = keras.Input((3,), name="given")
x = keras.layers.Dense(4, name="first")(inputs)
x = keras.layers.ReLU(name="cut")(x)
x = keras.layers.Dropout(0.5, name="drop")(x)
y = keras.layers.Dense(2, name="last", kernel_regularizer="l2")(x)
net = keras.Model(inputs, y, name="net")
net.compile("sgd", "mse")
net(np.ones((5, 3), "float32"))
net.fit(np.ones((5, 3), "float32"), np.zeros((5, 2), "float32"), verbose=0)
"""


class Session:
    """One open worker; `ask` sends a command and waits for an event of a kind."""

    def __init__(self, path):
        self.events = queue.SimpleQueue()
        self.client = Client(self.events.put)
        self.client.start(file=path)
        self.trace = self.ask(OpenFile(str(path), keep_ops=True), Opened).trace

    def ask(self, command, *kinds):
        self.client.send(command)
        return self.next(*kinds)

    def next(self, *kinds):
        while not isinstance(event := self.events.get(timeout=20), kinds):
            pass
        return event

    def what_if(self, run, *changes):
        event = self.ask(WhatIf(run.number, changes), RunUpdated, Failed)
        # A model that runs again tells its run before it is known as changed.
        while isinstance(event, RunUpdated) and event.run.changes[-len(changes) :] != changes:
            event = self.next(RunUpdated, Failed)
        return event

    def values(self, run, tensor):
        return array_of(self.ask(ReadTensor(1, run.number, tensor), TensorRead))

    def output(self, run, name):
        call = next(call for call in run.calls if call.name == name)
        return self.values(run, call.outputs[0].tensor)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("what_if") / "net.py"
    path.write_text(SCRIPT)
    made = Session(path)
    yield made
    made.client.close()


@pytest.fixture(scope="module")
def forward(session):
    return next(run for run in session.trace.runs if run.kind == "forward")


@pytest.fixture(scope="module")
def step(session):
    return next(run for run in session.trace.runs if run.kind == "train_step")


def test_changed_weight_changes_what_lies_downstream_and_nothing_else(session, forward):
    made = session.what_if(forward, "last.kernel=zeros").run

    assert (("last.kernel=zeros",), forward.number) == (made.changes, made.changed_from)
    assert made.number not in {run.number for run in session.trace.runs}
    assert not session.output(made, "last").any()
    assert session.output(forward, "last").any()
    np.testing.assert_array_equal(session.output(made, "first"), session.output(forward, "first"))


def test_changed_input_and_activation_follow_the_arithmetic(session, forward):
    once = session.what_if(forward, "net/first.output=scale:2").run
    twice = session.what_if(once, "net/first.output=constant:0.5").run

    assert ("net/first.output=scale:2", "net/first.output=constant:0.5") == twice.changes
    assert forward.number == twice.changed_from
    np.testing.assert_allclose(
        session.output(once, "last"), 2 * session.output(forward, "last"), rtol=1e-6
    )
    assert (session.output(twice, "first") == 0.5).all()


def test_changed_value_from_a_file_has_to_fit(session, forward, tmp_path):
    good, bad = tmp_path / "good.npy", tmp_path / "bad.npy"
    np.save(good, np.full((5, 3), 7.0))
    np.save(bad, np.ones((2, 2)))

    made = session.what_if(forward, f"net.input={good}").run
    refused = session.what_if(forward, f"net.input={bad}")

    assert (session.values(made, made.calls[0].inputs[0].tensor) == 7).all()
    assert "shape (2, 2)" in refused.message
    assert "that shape" in refused.fix


def test_loss_of_a_changed_step_is_what_keras_would_have(session, step):
    made = session.what_if(step, "last.kernel=zeros", "last.bias=zeros").run

    assert pytest.approx(0.0, abs=1e-12) == made.total_loss
    assert step.total_loss > 0
    assert {0.0} == {loss.value for loss in made.losses}


def test_training_flag_runs_the_model_again_with_it(session, forward):
    made = session.what_if(forward, "drop.training=on").run

    drop = next(call for call in made.calls if call.name == "drop")
    assert drop.training is True
    assert made.number != forward.number
    assert not next(call for call in forward.calls if call.name == "drop").training
    refused = session.what_if(forward, "cut.training=on")
    assert "takes no training flag" in refused.message


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("last.gamma=zeros", "kernel, bias"),
        ("lost.kernel=zeros", "no call 'lost'"),
        ("last.output[3]=zeros", r"no \[3\]"),
        ("last.kernel=much", "no change"),
        ("last.kernel=lost.npy", "cannot be read"),
        ("last.kernel", "names no change"),
    ],
)
def test_change_that_makes_no_sense_is_refused_and_nothing_happens(session, forward, change, says):
    refused = session.what_if(forward, change)

    assert isinstance(refused, Failed)
    assert re.search(says, f"{refused.message} {refused.fix}")


def test_undone_change_is_gone(session, forward):
    made = session.what_if(forward, "last.bias=constant:1").run

    session.client.send(ForgetRun(made.number))

    answer = session.ask(ReadTensor(2, made.number, made.calls[0].outputs[0].tensor), TensorRead)
    assert "not kept" in answer.problem
    assert session.output(forward, "last").any()
