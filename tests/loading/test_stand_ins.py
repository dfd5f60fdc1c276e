"""Stand-ins for modules that are not installed."""

from __future__ import annotations

import numpy as np

from inspector.loading.stand_ins import learning, plotting
from inspector.loading.stand_ins.progress import Progress
from inspector.loading.stand_ins.recording import StandIn


def test_stand_in_answers_calls_items_and_operators():
    made = StandIn("cv2").imread("x.png")[0].shape * 2 + 1

    assert isinstance(made, StandIn)
    assert (float(made), len(made), bool(made)) == (0.0, 0, True)
    assert list(made) == []
    assert np.asarray(made).shape == ()


def test_stand_in_gives_as_many_as_an_assignment_wants():
    a, b, c = StandIn("env").step(1)
    (d, e), f = StandIn("x"), 1

    assert all(isinstance(part, StandIn) for part in (a, b, c, d, e))
    assert f == 1


def test_stand_in_gives_the_function_back_when_it_decorates():
    @StandIn("numba").jit
    def double(x):
        return 2 * x

    assert double(2) == 4


def test_class_may_derive_from_a_stand_in():
    class Environment(StandIn("gym").Env):
        def __init__(self):
            super().__init__(1, option=2)
            self.size = 3

    assert Environment().size == 3
    assert isinstance(Environment().render, StandIn)


def test_progress_runs_the_loop():
    bar = Progress(range(3), desc="x")

    assert list(bar) == [0, 1, 2]
    assert len(bar) == 3
    bar.set_postfix(loss=1)


def test_subplots_have_the_form_that_was_asked_for():
    assert isinstance(plotting.subplots()[1], StandIn)
    assert plotting.subplots(1, 3)[1].shape == (3,)
    assert plotting.subplots(nrows=2, ncols=3)[1].shape == (2, 3)
    assert plotting.subplots(1, 1, squeeze=False)[1].shape == (1, 1)


def test_split_keeps_pairs_together():
    x, y = np.arange(20).reshape(10, 2), list(range(10))

    x_train, x_test, y_train, y_test = learning.train_test_split(x, y, test_size=4)

    assert (len(x_train), len(x_test)) == (6, 4)
    assert [row[0] // 2 for row in x_test] == y_test
    assert sorted(y_train + y_test) == y


def test_split_takes_the_last_rows_when_it_does_not_shuffle():
    train, test = learning.train_test_split(np.arange(10), test_size=0.2, shuffle=False)

    assert test.tolist() == [8, 9]
    assert train.tolist() == list(range(8))


def test_min_max_scaler_goes_there_and_back():
    rows = np.array([[1.0, 10.0], [3.0, 20.0], [2.0, 10.0]])
    scaler = learning.MinMaxScaler((-1, 1))

    scaled = scaler.fit_transform(rows)

    assert scaled.min(axis=0).tolist() == [-1, -1]
    assert scaled.max(axis=0).tolist() == [1, 1]
    np.testing.assert_allclose(scaler.inverse_transform(scaled), rows)


def test_labels_become_numbers_and_rows():
    labels = ["b", "a", "c", "a"]

    assert learning.LabelEncoder().fit_transform(labels).tolist() == [1, 0, 2, 0]
    assert learning.LabelBinarizer().fit_transform(labels).tolist()[0] == [0, 1, 0]
    assert learning.OneHotEncoder().fit_transform([["x"], ["y"]]).tolist() == [[1, 0], [0, 1]]
    assert learning.confusion_matrix([0, 1, 1], [0, 1, 0]).tolist() == [[1, 0], [1, 1]]
