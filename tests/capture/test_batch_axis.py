"""Which axis is the batch: by two runs on prime sizes, which nobody else gets to see."""

from __future__ import annotations

import pytest

from inspector.keras_backend import hook
from inspector.session.client import open_file
from inspector.trace import TensorRef

SCRIPT = """
import keras, numpy as np
from keras import layers, ops
given = keras.Input((6, 4))
seq = keras.Model(given, layers.Dense(3)(layers.LSTM(5, return_sequences=True)(given)), name="seq")
seq(np.ones((2, 6, 4), "float32"))
class Fold(keras.Model):
    def __init__(self):
        super().__init__(name="fold")
        self.dense = layers.Dense(2)
    def call(self, x):
        y = self.dense(ops.reshape(x, (-1, 4)))
        return ops.transpose(ops.reshape(y, (-1, 6, 2)), (1, 0, 2))
Fold()(np.ones((3, 6, 4), "float32"))
class Fixed(keras.Model):
    def call(self, x):
        return ops.reshape(x, (3, 24))
Fixed(name="fixed")(np.ones((3, 6, 4), "float32"))
"""


@pytest.fixture(scope="module")
def axis_names():
    hook.install("numpy")  # before anything that imports Keras
    from inspector.capture import batch_axis

    return batch_axis.axis_names


@pytest.mark.parametrize(
    ("small", "large", "names"),
    [
        ((5, 28, 3), (7, 28, 3), ("batch", "", "")),
        ((80, 5), (112, 7), ("batch × 16", "batch")),
        ((6,), (8,), ("batch + 1",)),
        ((4,), (6,), ("batch - 1",)),
        ((25,), (49,), ("batch × batch",)),
        ((3,), (9,), ("changes with the batch",)),
        ((3, 4), (3, 4), ()),
        ((3, 4), (3,), ()),
        (None, (3,), ()),
    ],
)
def test_axes_are_named_by_how_their_sizes_follow_the_batch(axis_names, small, large, names):
    refs = [TensorRef(None, shape, "float32") for shape in (small, large)]

    assert axis_names(*refs, (5, 7)) == names


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    path = tmp_path_factory.mktemp("batch") / "script.py"
    path.write_text(SCRIPT)
    return open_file(path, name_batch=True).trace


def outputs(trace, model):
    """The labels of each call's output in the forward run of a model, by the call's name."""
    (run,) = [one for one in trace.runs if one.model == model and one.kind == "forward"]
    labels = {axes.tensor: axes.labels for axes in run.axes}
    return {call.name: labels.get(call.outputs[0].tensor) for call in run.calls}


def test_batch_is_named_in_every_call(named):
    assert {labels[0] for labels in outputs(named, "seq").values()} == {"batch"}


def test_batch_is_found_where_a_model_moves_or_folds_it(named):
    found = outputs(named, "fold")

    assert found["dense_1"][0] == "batch × 6"
    assert found["fold"][1] == "batch"
    assert found["fold"][0] != "batch"


def test_model_of_a_fixed_batch_is_noted(named):
    (note,) = [one for one in named.replaced if one.what == "the batch axis of fixed"]

    assert "does not run on a batch of 5" in note.why


def test_runs_made_to_find_out_are_in_no_trace(named):
    sizes = {run.calls[0].inputs[0].shape[0] for run in named.runs if run.kind == "forward"}

    assert sizes == {2, 3}
    assert named.failure is None
