"""Fused replacements against the functions of Keras that they stand for."""

import sys

import keras
import numpy as np
import pytest
from keras import layers

from inspector import engine
from inspector.engine import Tensor, autodiff

nn = sys.modules["keras.src.ops.nn"]
random = np.random.default_rng(3)
x = random.normal(size=(3, 4, 5)).astype("float32")


def original(function):
    """Keras' own function, behind the door and our replacement."""
    return function.__wrapped__.__wrapped__


def run(function, inputs, **constants):
    """Values, gradients and the names of the ops of a run."""
    tensors = [Tensor(array) for array in inputs]
    with engine.recording() as segment:
        output = function(*tensors, **constants)
    names = [record.primitive.name for record in segment.records]
    seed = Tensor(np.cos(np.arange(output.size, dtype="float32")).reshape(output.shape))
    gradients = autodiff.gradients(output, tensors, segment.records, seed)
    return output.numpy(), [g.numpy() for g in gradients], names


@pytest.mark.parametrize("axis", [-1, 2, (1, 2), [-2, -1]])
def test_layer_normalization_is_one_op_with_keras_own_result(axis):
    size = (5,) if axis in (-1, 2) else (4, 5)
    inputs = [x, *random.normal(size=(2, *size)).astype("float32")]

    found = run(nn._layer_normalization, inputs, axis=axis, epsilon=1e-3)
    wanted = run(original(nn._layer_normalization), inputs, axis=axis, epsilon=1e-3)

    assert found[2].count("layer_norm") == 1
    assert "layer_norm" not in wanted[2]
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-5)
    for mine, theirs in zip(found[1], wanted[1], strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-5)


def test_layer_normalization_over_a_leading_axis_stays_with_keras():
    inputs = [x, *random.normal(size=(2, 4)).astype("float32")]

    _, _, names = run(nn._layer_normalization, inputs, axis=1)

    assert "layer_norm" not in names


def test_rms_normalization_is_one_op_with_keras_own_result():
    inputs = [x, random.normal(size=5).astype("float32")]

    found = run(nn._rms_normalization, inputs)
    wanted = run(original(nn._rms_normalization), inputs)

    assert found[2].count("layer_norm") == 1
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-5)
    for mine, theirs in zip(found[1], wanted[1], strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-5)


@pytest.mark.parametrize("layer_class", [layers.LSTM, layers.GRU])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("zero", [False, True])
def test_fused_sequence_treats_masked_steps_like_the_loop(layer_class, backwards, sequences, zero):
    kept = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 1]], bool)
    settings = {
        "return_sequences": sequences,
        "go_backwards": backwards,
        "zero_output_for_mask": zero,
    }
    fused, loop = (layer_class(6, use_cudnn=use, **settings) for use in ("auto", False))
    fused(x, mask=kept)
    loop(x, mask=kept)
    loop.set_weights(fused.get_weights())

    found, names = traced(fused, kept)
    wanted, loop_names = traced(loop, kept)

    assert layer_class.__name__.lower() in names
    assert layer_class.__name__.lower() not in loop_names
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def traced(layer, mask):
    with engine.recording() as segment:
        output = layer(x, mask=mask)
    return keras.ops.convert_to_numpy(output), [r.primitive.name for r in segment.records]


def test_lstm_with_other_activations_runs_step_by_step():
    layer = layers.LSTM(6, activation="relu")

    _, names = traced(layer, None)

    assert "lstm" not in names


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(3, 3, padding="same"),
        layers.Conv2DTranspose(3, 3, strides=2),
        layers.DepthwiseConv2D(3),
        layers.MaxPooling2D(),
        layers.AveragePooling2D(2, padding="same"),
        layers.BatchNormalization(),
        layers.LayerNormalization(),
        layers.Softmax(),
        layers.GlobalMaxPooling2D(),
        layers.Activation("gelu"),
        layers.ConvLSTM1D(3, 3),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_layer_takes_a_batch_of_nothing(layer):
    shape = layer(np.ones((2, 6, 6, 4), "float32")).shape

    assert layer(np.zeros((0, 6, 6, 4), "float32")).shape == (0, *shape[1:])


@pytest.mark.parametrize("layer_class", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_recurrent_layer_takes_a_batch_of_nothing(layer_class):
    layer = layer_class(3, return_sequences=True)
    layer(x)

    assert layer(np.zeros((0, 4, 5), "float32")).shape == (0, 4, 3)
