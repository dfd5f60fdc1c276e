"""Shapes without values."""

import logging
import tracemalloc

import keras
import pytest
from keras import layers, ops

from inspector.keras_backend import core, symbolic


def spec(function, *shapes, dtype="float32"):
    tensors = [keras.KerasTensor(shape, dtype) for shape in shapes]
    return symbolic.compute_output_spec(function, *tensors)


def test_unknown_axis_stays_unknown():
    assert spec(lambda x: ops.concatenate([x, x], axis=0), (None, 3)).shape == (None, 3)


def test_axis_that_depends_on_an_unknown_one_is_unknown():
    assert spec(lambda x: ops.reshape(x, (-1,)), (None, 3)).shape == (None,)


def test_known_axis_is_computed():
    assert spec(lambda x: ops.reshape(x, (x.shape[0], -1)), (None, 3, 4)).shape == (None, 12)


def test_shape_read_by_user_code_comes_out_unknown():
    found = spec(lambda x: ops.zeros((ops.shape(x)[0], 2)), (None, 3))

    assert found.shape == (None, 2)


def test_dtype_is_promoted():
    assert spec(lambda x: x * 2.0, (None,), dtype="int32").dtype == "float32"


def test_structures_keep_their_form():
    found = spec(lambda x: {"a": x, "b": [x + 1.0, None]}, (None, 2))

    assert found["a"].shape == (None, 2)
    assert found["b"][0].shape == (None, 2)
    assert found["b"][1] is None


def test_code_that_needs_a_value_runs_on_zeros_and_says_so(caplog):
    def function(x):
        return x[:1] if ops.sum(x) > 0 else x

    with caplog.at_level(logging.INFO, logger="inspector.keras_backend.symbolic"):
        found = spec(function, (None, 2))

    assert found.shape == (None, 2)
    assert "ran on zeros" in caplog.text


def test_condition_takes_its_true_branch():
    found = spec(lambda x: ops.cond(ops.sum(x) > 0, lambda: x, lambda: x * 2.0), (None, 2))

    assert found.shape == (None, 2)


def test_loop_of_unknown_length_keeps_its_shapes():
    found = spec(
        lambda x: ops.while_loop(lambda v: ops.sum(v) < 9, lambda v: (v + 1.0,), (x,)), (None, 2)
    )

    assert found[0].shape == (None, 2)


def test_nothing_is_computed_for_a_large_model():
    class Blocks(layers.Layer):
        def __init__(self):
            super().__init__()
            self.first = layers.Conv2D(64, 3, padding="same")
            self.second = layers.Conv2D(64, 3, padding="same")

        def build(self, shape):
            self.first.build(shape)
            self.second.build(shape)

        def call(self, x):
            return ops.relu(x + self.second(ops.relu(self.first(x))))

    block = Blocks()
    block.build((None, 56, 56, 64))
    tracemalloc.start()
    try:
        found = block(keras.Input((56, 56, 64)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.shape == (None, 56, 56, 64)
    # One real activation at batch 83 would be 67 MB.
    assert peak < 10e6


def test_random_draws_advance_nothing():
    generator = keras.random.SeedGenerator(3)
    before = generator.state.value.tolist()

    found = spec(lambda x: x + keras.random.normal(x.shape, seed=generator), (None, 2))

    assert found.shape == (None, 2)
    assert generator.state.value.tolist() == before


def test_mode_is_left_when_the_function_raises():
    with pytest.raises(ZeroDivisionError):
        spec(lambda x: 1 / 0, (None, 2))

    assert core.meta_only is False
    assert symbolic.fill_now is None
