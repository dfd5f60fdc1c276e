"""Values of two runs, read in slices and compared."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inspector.errors import CaptureError
from inspector.session.blocking import BlockingSession
from inspector.session.protocol import ReadTensor
from inspector.session.value_difference import Side, slices, tensor_difference
from inspector.session.values import read
from inspector.trace import Run

RUN = Run(model="m", kind="forward", training=False, seed=0)
MODEL = """
import keras, numpy as np
model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dropout(0.5)], name="small")
model(np.ones((2, 4), "float32"))
"""


class Store:
    """Answers like a worker that holds these arrays."""

    def __init__(self, *arrays):
        self.arrays = arrays
        self.asked = []

    def ask(self, run, tensor, start, stop):
        self.asked.append((start, stop))
        return ReadTensor(len(self.asked), run, tensor, start, stop, with_statistics=False)

    def answer(self, question):
        values = self.arrays[question.tensor]
        return read(question, values, "string" if values.dtype == object else values.dtype.name)


def difference(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return tensor_difference(
        "output 0", a.shape, (Side(Store(a), RUN), 0), (Side(Store(b), RUN), 0)
    )


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (5,), (7, 3), (2, 3, 4), (1, 9, 1, 2)])
@pytest.mark.parametrize("most", [1, 2, 5, 12, 1000])
def test_slices_cover_every_value_once(shape, most):
    counts = np.zeros(shape, int)

    for start, stop in slices(shape, most):
        window = tuple(map(slice, start, stop))
        counts[window] += 1
        assert counts[window].size <= most

    assert np.all(counts == 1)


def test_tensor_difference_is_nothing_when_values_are_equal():
    found = difference([1.0, math.nan, math.inf], [1.0, math.nan, math.inf])

    assert (found.maximum, found.relative, found.differing, found.size) == (0.0, 0.0, 0, 3)


def test_tensor_difference_is_relative_to_the_largest_value():
    found = difference([0.0, 10.0], [1.0, 10.0])

    assert (found.maximum, found.relative, found.differing) == (1.0, 0.1, 1)


@pytest.mark.parametrize("other", [math.nan, math.inf, -math.inf])
def test_tensor_difference_is_infinite_when_one_side_is_not_finite(other):
    found = difference([1.0, 2.0], [1.0, other])

    assert (found.maximum, found.relative, found.differing) == (math.inf, math.inf, 1)


@pytest.mark.parametrize(
    ("a", "b", "differing"),
    [
        ([True, False], [True, True], 1),
        (np.array([0, 255], "uint8"), np.array([255, 255], "uint8"), 1),
        (np.array(["a", "b"], object), np.array(["a", "c"], object), 1),
        ([1 + 1j], [1 - 1j], 1),
        ([], [], 0),
    ],
)
def test_tensor_difference_counts_values_of_any_dtype(a, b, differing):
    assert difference(a, b).differing == differing


def test_tensor_difference_reads_large_tensors_in_slices(monkeypatch):
    monkeypatch.setattr(slices, "__defaults__", (100,))
    a = np.arange(6000.0).reshape(60, 100)
    b = a.copy()
    b[59, 99] += 6.0
    store = Store(a)

    found = tensor_difference("x", a.shape, (Side(store, RUN), 0), (Side(Store(b), RUN), 0))

    assert len(store.asked) == 60
    assert (found.maximum, found.differing, found.size) == (6.0, 1, 6000)


def test_tensor_difference_says_why_when_values_are_gone():
    with_problem = Store(np.ones(3))
    with_problem.answer = lambda question: read(question, np.ones(3), "float32").__class__(
        question.request, 0, 0, (), "", problem="freed"
    )

    found = tensor_difference(
        "x", (3,), (Side(with_problem, RUN), 0), (Side(Store(np.ones(3)), RUN), 0)
    )

    assert (found.problem, found.relative) == ("freed", None)


def test_blocking_session_opens_runs_and_reads(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)

    with BlockingSession(tmp_path / "model.py") as session:
        trace = session.opened().trace
        run = session.run_model("small", training=True)
        tensor = run.calls[0].outputs[0]
        answer = session.answer(session.ask(run.number, tensor.tensor, (0, 0), (2, 3)))

    assert {"build", "forward"} == {r.kind for r in trace.runs}
    assert run.training
    assert answer.window == (2, 3)
    assert answer.statistics is None
    assert len(answer.data) == 24


def test_blocking_session_draws_the_same_noise_when_the_seed_is_the_same(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)

    with BlockingSession(tmp_path / "model.py") as session:
        session.opened()
        drawn = []
        for seed in (0, 0, 1, 2, 3):
            run = session.run_model("small", training=True, seed=seed)
            asked = session.ask(run.number, run.calls[0].outputs[0].tensor, (0, 0), (2, 3))
            drawn.append(session.answer(asked).data)

    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_blocking_session_raises_when_there_is_no_such_model(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)

    with BlockingSession(tmp_path / "model.py") as session:
        session.opened()
        with pytest.raises(CaptureError, match="no model called 'other'"):
            session.run_model("other")


def test_blocking_session_says_so_when_the_worker_is_gone(tmp_path):
    (tmp_path / "model.py").write_text(MODEL + "import ctypes\nctypes.string_at(0)\n")

    with BlockingSession(tmp_path / "model.py") as session:
        result = session.opened()
        answer = session.answer(session.ask(0, 0, (), ()))
        with pytest.raises(CaptureError, match="worker is gone"):
            session.run_model("small")

    assert result.lost is not None
    assert any(run.kind == "forward" for run in result.trace.runs)
    assert "gone" in answer.problem
