"""Fused replay on NumPy: the values of a plain one within 1e-6, in fewer steps."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.keras_backend import hook

hook.install("numpy")

import keras  # noqa: E402

from inspector import engine  # noqa: E402
from inspector.engine.replay import Replay  # noqa: E402

layers = keras.layers


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def normalization(x):
    """Batch normalization that is not the identity."""
    layer = layers.BatchNormalization()
    y = layer(x)
    for place, variable in enumerate(layer.weights):
        variable.assign(np.abs(drawn(*variable.shape, seed=place)) + 0.5)
    return y


def dense():
    inputs = x = layers.Input((40,))
    for activation in ("relu", "gelu", "sigmoid"):
        x = normalization(layers.Dense(30, activation=activation)(x))
    return keras.Model(inputs, layers.Dense(7)(x)), (9, 40)


def convolutional(**options):
    inputs = layers.Input((20, 18, 8))
    x = layers.Activation("relu")(normalization(layers.Conv2D(16, 3, **options)(inputs)))
    shortcut = normalization(layers.Conv2D(32, 1)(x))
    y = normalization(layers.Conv2D(32, 1, strides=1)(layers.Activation("tanh")(x)))
    x = layers.Activation("relu")(layers.Add()([shortcut, y]))
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu6")(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x)), (3, 20, 18, 8)


def elementwise():
    inputs = layers.Input((300, 7))
    x = keras.ops.exp(keras.ops.sin(inputs) * 2.0 + 1.0) - inputs
    return keras.Model(inputs, 3.0 - keras.ops.tanh(x) / 2.0), (64, 300, 7)


CASES = {
    "dense": dense,
    "convolutional": convolutional,
    "strided": lambda: convolutional(strides=2),
    "same": lambda: convolutional(padding="same"),
    "dilated": lambda: convolutional(dilation_rate=2),
    "grouped": lambda: convolutional(groups=4),
    "elementwise": elementwise,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("only_changed", [True, False])
def test_fused_replay_gives_the_values_of_a_plain_one(case, only_changed):
    model, shape = CASES[case]()
    x, other = engine.Tensor(drawn(*shape)), drawn(*shape, seed=1)
    with engine.recording() as segment:
        y = model(x, training=False)

    fused = Replay(segment.records, fused=True)
    made = fused.run({x.id: other}, wanted=[y.id], only_changed=only_changed)[y.id]

    expected = Replay(segment.records).run({x.id: other}, wanted=[y.id])[y.id]
    assert np.abs(made - expected).max() <= 1e-6 * np.abs(expected).max()
    (plan,) = fused._plans.values()
    assert len(plan.steps) < len(segment.records)


def test_fused_replay_takes_changed_weights():
    model, shape = convolutional()
    x = engine.Tensor(drawn(*shape))
    with engine.recording() as segment:
        y = model(x, training=False)
    for variable in model.weights:
        changes = {variable.value.id: np.asarray(variable) * 1.5 + 0.1}
        made = Replay(segment.records, fused=True).run(changes, wanted=[y.id], only_changed=True)
        expected = Replay(segment.records).run(changes, wanted=[y.id])[y.id]
        assert np.abs(made[y.id] - expected).max() <= 1e-6 * np.abs(expected).max()


def test_fused_replay_gives_every_value_that_is_wanted():
    model, shape = dense()
    x, other = engine.Tensor(drawn(*shape)), drawn(*shape, seed=1)
    with engine.recording() as segment:
        model(x, training=False)
    wanted = [record.outputs[0].id for record in segment.records]

    made = Replay(segment.records, fused=True).run({x.id: other}, wanted=wanted)

    expected = Replay(segment.records).run({x.id: other}, wanted=wanted)
    assert all(made[key].tobytes() == expected[key].tobytes() for key in wanted)


def test_fused_replay_takes_another_batch_size():
    model, shape = convolutional()
    x, other = engine.Tensor(drawn(*shape)), drawn(5, *shape[1:], seed=1)
    with engine.recording() as segment:
        y = model(x, training=False)

    made = Replay(segment.records, fused=True).run({x.id: other}, wanted=[y.id])[y.id]

    expected = np.asarray(model(other, training=False))
    assert np.abs(made - expected).max() <= 1e-6 * np.abs(expected).max()
