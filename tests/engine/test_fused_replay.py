"""Fused replay on NumPy: the values of a plain one within 1e-6, in fewer steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.keras_backend import hook

hook.install("numpy")

import keras  # noqa: E402

from inspector import engine  # noqa: E402
from inspector.engine import REGISTRY, fused_replay, row_blocks  # noqa: E402
from inspector.engine.replay import Replay  # noqa: E402

layers = keras.layers


@pytest.fixture(autouse=True)
def same_weights():
    keras.utils.set_random_seed(0)


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
    return keras.Model(inputs, layers.Dense(7)(x)), (2300, 40)


def convolutional(**options):
    inputs = layers.Input((20, 18, 8))
    x = layers.Activation("relu")(normalization(layers.Conv2D(16, 3, **options)(inputs)))
    shortcut = normalization(layers.Conv2D(32, 1)(x))
    y = normalization(layers.Conv2D(32, 1, strides=1)(layers.Activation("tanh")(x)))
    x = layers.Activation("relu")(layers.Add()([shortcut, y]))
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu6")(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x)), (60, 20, 18, 8)


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


ONE = ["exp", "tanh", "negative", "relu", "sigmoid", "gelu"]
TWO = ["add", "subtract", "multiply", "divide", "maximum"]
OTHERS = ["row", "matmul", "batch_norm", "softmax"]


@st.composite
def programs(draw):
    """Ops on earlier values, and which of their values are wanted."""
    steps = []
    for number in range(draw(st.integers(2, 12))):
        earlier = st.integers(max(0, number - 3), number + 1)
        kind = draw(st.sampled_from([*ONE, *TWO, *OTHERS]))
        steps.append((kind, draw(earlier), draw(earlier)))
    wanted = draw(st.sets(st.integers(0, len(steps) - 1), max_size=3))
    return steps, sorted(wanted | {len(steps) - 1})


def run_program(steps, values):
    width = values[0].shape[-1]
    row, scale = (engine.Tensor(drawn(width, seed=n)) for n in (2, 3))
    vectors = [engine.Tensor(np.abs(drawn(1, width, seed=n)) + 0.5) for n in (4, 5)]
    kernel = engine.Tensor(drawn(width, width, seed=6))
    for kind, one, other in steps:
        a, b = values[one], values[other]
        if kind in TWO:
            made = REGISTRY[kind](a, b)
        elif kind == "row":
            made = REGISTRY["multiply"](REGISTRY["add"](row, a), scale)
        elif kind == "matmul":
            made = REGISTRY["matmul"](a, kernel)
        elif kind == "batch_norm":
            how = {"axis": 1, "epsilon": 1e-3, "has_scale": False, "has_offset": False}
            made = REGISTRY["batch_norm"](a, *vectors, **how)
        else:
            made = REGISTRY[kind](a, **({"axis": -1} if kind == "softmax" else {}))
        values.append(made)
    return values[-len(steps) :]


@settings(max_examples=60, deadline=None)
@given(programs(), st.booleans())
def test_fused_replay_gives_the_values_of_drawn_programs(program, only_changed):
    """In blocks so small that every chain has several; NaN and infinities where they were."""
    steps, places = program
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        for module in (fused_replay, row_blocks):
            patch.setattr(module, "BLOCK", 8)
        patch.setattr(row_blocks, "_WIDE", 6)
        x, y = (engine.Tensor(drawn(9, 3, seed=n)) for n in range(2))
        with engine.recording() as segment:
            made = run_program(steps, [x, y])
        wanted = [made[place].id for place in places]
        how = {"wanted": wanted, "only_changed": only_changed}
        read = {tensor.id for record in segment.records for tensor in record.inputs}
        changes = {t.id: np.cos(t.data) for t in (x, y) if t.id in read}

        found = Replay(segment.records, fused=True).run(changes, **how)

        right = Replay(segment.records).run(changes, **how)
    for key in wanted:
        size = np.nanmax(np.abs(right[key]), initial=1.0, where=np.isfinite(right[key]))
        np.testing.assert_allclose(found[key], right[key], rtol=1e-4, atol=1e-6 * size)


def test_chain_gives_all_values_that_are_read_outside_of_it():
    x, kernel = engine.Tensor(drawn(300, 256)), engine.Tensor(drawn(256, 256, seed=1))
    with engine.recording() as segment:
        total = REGISTRY["add"](REGISTRY["matmul"](x, kernel), x)
        y = REGISTRY["relu"](REGISTRY["negative"](total))
    changes, wanted = {x.id: np.sin(x.data)}, [total.id, y.id]
    replay = Replay(segment.records, fused=True)

    made = replay.run(changes, wanted=wanted)

    (plan,) = replay._plans.values()
    assert [len(step.targets) for step in plan.steps] == [2]
    right = Replay(segment.records).run(changes, wanted=wanted)
    assert all(np.array_equal(made[key], right[key]) for key in wanted)
