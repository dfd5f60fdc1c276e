"""A worker that stops for real: at breakpoints while a script is opened, and goes on when told."""

from __future__ import annotations

import queue
import time

import pytest

from inspector.session.client import Client
from inspector.session.debug_messages import (
    ChangeValue,
    Continue,
    Evaluate,
    Evaluated,
    Pause,
    Paused,
    Resumed,
    SetBreakpoints,
    StepInto,
    StepOut,
    StepOver,
)
from inspector.session.protocol import (
    Failed,
    Opened,
    OpenFile,
    ReadTensor,
    RunModel,
    RunUpdated,
    TensorRead,
)
from inspector.session.values import array_of
from inspector.trace.breakpoints import parse_breakpoint

SCRIPT = """
import keras, numpy as np

class Block(keras.layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(3, kernel_initializer="ones", name="dense")
        self.scale = scale

    def call(self, x):
        x = self.dense(x)
        return x * self.scale

blocks = [Block(2.0, name="small"), Block(1e30, name="large"), Block(1e30, name="huge")]

class Net(keras.Model):
    def call(self, x):
        for block in blocks:
            x = block(x)
        return x

net = Net(name="net")
net(np.ones((2, 3), "float32"))
print("the end")
"""


class Listener:
    """A client whose events are waited for, one kind at a time."""

    def __init__(self, path, *breakpoints):
        self.events = queue.SimpleQueue()
        self.seen = []
        self.client = Client(self.events.put, environment={"INSPECTOR_OPEN_SECONDS": "3"})
        self.client.start(file=path)
        self.client.send(SetBreakpoints(tuple(map(parse_breakpoint, breakpoints))))
        self.client.send(OpenFile(str(path), keep_ops=True))

    def next(self, *kinds, timeout=60):
        while True:
            event = self.events.get(timeout=timeout)
            self.seen.append(event)
            if isinstance(event, kinds):
                return event


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def listen(script):
    made = []

    def start(*breakpoints):
        made.append(Listener(script, *breakpoints))
        return made[-1]

    yield start
    for listener in made:
        listener.client.close()


def test_worker_waits_at_a_breakpoint_and_shows_the_run_up_to_there(listen):
    here = listen("class:Block")

    paused = here.next(Paused)

    assert ("net/small#0", "enter", "breakpoint") == (paused.call, paused.kind, paused.reason)
    (run,) = [event.run for event in here.seen if isinstance(event, RunUpdated)][-1:]
    assert ["net#0", "net/small#0"] == [call.id for call in run.calls]
    here.client.send(ReadTensor(1, paused.run, run.calls[1].inputs[0].tensor))
    assert [[1.0] * 3] * 2 == array_of(here.next(TensorRead)).tolist()
    # It waits longer than a script may run, without being stopped for it.
    time.sleep(3.5)
    for name in ("large", "huge"):
        here.client.send(Continue())
        assert f"net/{name}#0" == here.next(Paused).call
    here.client.send(Continue())
    assert here.next(Opened).trace.failure is None
    assert "the end\n" in [getattr(event, "text", "") for event in here.seen]


def test_worker_steps_as_a_recorded_run_does(listen):
    here = listen("call:net")

    assert ("net#0", "enter") == _place(here.next(Paused))
    for command, place in [
        (StepInto(), ("net/small#0", "enter")),
        (StepInto(), ("net/small/dense#0", "enter")),
        (StepOut(), ("net/small#0", "exit")),
        (StepOver(), ("net/large#0", "enter")),
        (StepOver(), ("net/huge#0", "enter")),
        (StepInto(), ("net/huge/dense#0", "enter")),
        (StepOver(), ("net/huge#0", "exit")),
        (StepOver(), ("net#0", "exit")),
    ]:
        here.client.send(command)
        assert place == _place(here.next(Paused))
    here.client.send(StepOver())
    here.next(Opened)


def test_condition_stops_where_it_holds_and_expressions_can_be_asked_there(listen):
    here = listen("class:Block if max(abs(y)) > 1e6", "op:multiply if not all(isfinite(y))")

    first = here.next(Paused)

    assert ("net/large#0", "exit") == _place(first)
    here.client.send(
        Evaluate(7, first.run, 'mean(y) / mean(at("net/small").y)', ((first.call, None),))
    )
    assert pytest.approx(3e30, rel=1e-5) == here.next(Evaluated).values[0].number
    here.client.send(Continue())
    second = here.next(Paused)
    assert ("net/huge#0", "op", 0) == (*_place(second), second.op)
    here.client.send(Continue())
    assert ("net/huge#0", "exit") == _place(here.next(Paused))
    here.client.send(Continue())
    here.next(Opened)


def test_line_without_a_call_stops_once_each_time_it_runs(listen):
    here = listen("line:12")
    stops = []

    while isinstance(event := here.next(Paused, Opened), Paused):
        stops.append(_place(event))
        here.client.send(Continue())

    assert [(f"net/{name}#0", "op") for name in ("small", "large", "huge")] == stops


def test_condition_that_cannot_be_asked_stops_once_and_says_why(listen):
    here = listen("class:Dense if max(w.gamma) > 0")

    paused = here.next(Paused)

    assert "no weight called 'gamma'" in paused.problem
    assert "kernel, bias" in paused.problem
    here.client.send(Continue())
    here.next(Opened)


def test_value_changed_while_it_waits_is_what_the_script_goes_on_with(listen):
    here = listen("call:net/small if max(y) > 0", "call:net/large/dense", "call:net if size(y) > 0")
    first = here.next(Paused)

    here.client.send(ChangeValue("net/small.output=constant:2"))
    assert first == here.next(Paused)
    here.client.send(ChangeValue("net/huge.output=zeros"))
    assert "waits at net/small" in here.next(Failed).message
    here.client.send(Continue())
    here.next(Paused)
    here.client.send(ChangeValue("net/large/dense.kernel=scale:0"))
    here.next(Paused)
    here.client.send(ChangeValue("dense.output=zeros"))
    assert "has not returned" in here.next(Failed).message
    here.client.send(Continue())
    last = here.next(Paused)

    here.client.send(Evaluate(1, last.run, 'max(at("large").x)', ((last.call, None),)))
    assert 2.0 == here.next(Evaluated).values[0].number
    here.client.send(Evaluate(2, last.run, "max(abs(y))", ((last.call, None),)))
    assert 0.0 == here.next(Evaluated).values[0].number
    here.client.send(Continue())
    here.next(Opened)


def test_stop_ends_a_script_that_waits(listen):
    here = listen("class:Dense")
    here.next(Paused)

    here.client.stop()

    here.next(Resumed)
    assert "Stopped" == here.next(Opened).trace.failure.type


def test_what_may_not_be_done_while_paused_is_refused_and_the_pause_stays(listen):
    here = listen("class:Dense")
    paused = here.next(Paused)

    here.client.send(RunModel("net"))
    assert "waits at a breakpoint" in here.next(Failed).message
    here.client.send(Evaluate(1, paused.run, "max(", ((paused.call, None),)))
    assert "no expression" in here.next(Failed).message
    here.client.send(SetBreakpoints(()))
    here.client.send(Continue())

    here.next(Opened)


def test_pause_stops_at_the_next_call_also_when_a_model_runs_again(listen):
    here = listen()
    here.next(Opened)

    here.client.send(SetBreakpoints((parse_breakpoint("call:net/large"),)))
    here.client.send(RunModel("net"))
    assert ("net/large#0", "enter") == _place(here.next(Paused))
    here.client.send(Pause())
    here.client.send(Continue())

    paused = here.next(Paused)
    assert ("net/large/dense#0", "pause") == (paused.call, paused.reason)
    here.client.send(Continue())
    while not here.next(RunUpdated).ended:
        pass


def _place(paused):
    return paused.call, paused.kind
