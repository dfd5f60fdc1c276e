"""Loops of user code that run a model in every round end early; all others run to their end."""

from __future__ import annotations

import pytest

from inspector.compat import compile_user_code, loops


@pytest.fixture
def told(monkeypatch):
    notes = []
    now = [0.0]
    monkeypatch.setattr(loops, "_now", lambda: now[0])
    loops.watch_loops(lambda what, why: notes.append(what))
    yield notes, now
    loops.watch_loops(None)


def run(text, told):
    namespace = {"seen": []}

    def call_model():
        loops.model_called()
        told[1][0] += 1.5  # each call takes so long

    namespace["call_model"] = call_model
    exec(compile_user_code("# keras\n" + text, "script.py"), namespace)
    return namespace["seen"]


def test_loop_ends_after_some_rounds_when_each_runs_a_model(told):
    seen = run("for i in range(100):\n    call_model()\n    seen.append(i)\n", told)

    assert 2 < len(seen) < 10
    assert told[0] == ["a loop"]


def test_while_loop_ends_too_and_keeps_its_else(told):
    text = (
        "i = 0\nwhile i < 100:\n    i += 1\n    call_model()\n    seen.append(i)\n"
        "while i < 50:\n    i += 1\nelse:\n    seen.append('else')\n"
    )
    seen = run(text, told)

    assert len(seen) < 60
    assert seen[-1] == "else"


def test_loop_runs_to_its_end_when_it_runs_no_model(told):
    assert run("for i in range(1000):\n    seen.append(i)\n", told) == list(range(1000))
    assert told[0] == []


def test_short_loop_with_a_model_runs_to_its_end(told):
    assert run("for i in range(3):\n    call_model()\n    seen.append(i)\n", told) == [0, 1, 2]


def test_loop_breaks_and_continues_as_written(told):
    text = (
        "for i in range(9):\n    if i % 2: continue\n    if i > 5: break\n    seen.append(i)\n"
        "else:\n    seen.append('never')\n"
    )
    assert run(text, told) == [0, 2, 4]
