"""The ledger's identity: the rows are Keras' own total, and their arithmetic is their value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.trace import loss_words

DATA = "x = np.arange(24.0).reshape(8, 3) / 24; y = np.ones((8, 1))\n"
NET = DATA + "model = keras.Sequential([keras.Input((3,)), layers.Dense(1, name='d')], name='m')\n"
TWO = (
    DATA
    + """
inputs = keras.Input((3,))
a, b = layers.Dense(1, name="a")(inputs), layers.Dense(2, name="b")(inputs)
model = keras.Model(inputs, [a, b], name="m")
"""
)
CUSTOM = (
    DATA
    + """
class Net(keras.Model):
    def __init__(self):
        super().__init__(name="m")
        self.dense = layers.Dense(1, kernel_regularizer="l2", name="dense")

    def call(self, x):
        return self.dense(x)
"""
)
MODELS = {
    "one": (NET + "model.compile('sgd', 'mse'); model.fit(x, y, verbose=0)", {"compiled"}),
    "class weights": (
        NET + "model.compile('sgd', 'binary_crossentropy')\n"
        "model.fit(x, y, class_weight={0: 1.0, 1: 3.0}, verbose=0)",
        {"compiled"},
    ),
    "sample weights": (
        NET + "model.compile('sgd', 'mae')\n"
        "model.fit(x, y, sample_weight=np.linspace(0, 2, 8), verbose=0)",
        {"compiled"},
    ),
    "loss weights of two outputs": (
        TWO + "model.compile('sgd', ['mse', 'mae'], loss_weights=[0.3, 2.0])\n"
        "model.fit(x, [y, np.ones((8, 2))], verbose=0)",
        {"compiled"},
    ),
    "two outputs in a dict": (
        TWO + "model.compile('sgd', {'a': 'mse', 'b': keras.losses.Huber(reduction='sum')})\n"
        "model.fit(x, {'a': y, 'b': np.ones((8, 2))}, verbose=0)",
        {"compiled"},
    ),
    "regularizers of every kind": (
        DATA + "model = keras.Sequential([keras.Input((3,)), layers.Dense(4, "
        "kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), bias_regularizer='l1', "
        "activity_regularizer='l2', bias_initializer='ones'), layers.Dense(1)], name='m')\n"
        "model.compile('sgd', 'mse'); model.fit(x, y, verbose=0)",
        {"compiled", "kernel_regularizer", "bias_regularizer", "activity_regularizer"},
    ),
    "add_loss in nested layers": (
        DATA + """
class Inner(layers.Layer):
    def call(self, x):
        self.add_loss(ops.mean(ops.abs(x)))
        return x

class Outer(layers.Layer):
    def __init__(self):
        super().__init__(name="outer")
        self.inner = Inner(name="inner")

    def call(self, x):
        self.add_loss(0.5 * ops.sum(ops.square(x)))
        return self.inner(x)

model = keras.Sequential([keras.Input((3,)), Outer(), layers.Dense(1)], name="m")
model.compile("sgd", "mse"); model.fit(x, y, verbose=0)
""",
        {"compiled", "add_loss"},
    ),
    "mask": (
        """
model = keras.Sequential([layers.Embedding(9, 4, mask_zero=True), layers.Dense(1)], name="m")
model.compile("sgd", "mse")
model.fit(np.array([[1, 2, 0], [3, 0, 0]]), np.ones((2, 3, 1)), verbose=0)
""",
        {"compiled"},
    ),
    "compute_loss": (
        CUSTOM + """
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        near = ops.mean(ops.square(y - y_pred))
        far = keras.losses.MeanAbsoluteError()(y, y_pred)
        return near + 0.5 * far - 0.1 * ops.mean(y_pred) + ops.sum(self.losses)

model = Net(); model.compile("sgd"); model.fit(x, y, verbose=0)
""",
        {"custom", "kernel_regularizer"},
    ),
    "compute_loss on top of the compiled one": (
        CUSTOM + """
    def compute_loss(self, *args, **kwargs):
        return super().compute_loss(*args, **kwargs) + 0.01 * ops.sum(ops.square(self.dense.kernel))

model = Net(); model.compile("sgd", "mse"); model.fit(x, y, verbose=0)
""",
        {"compiled", "custom", "kernel_regularizer"},
    ),
    "a mean of several": (
        CUSTOM + """
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        parts = [ops.mean(ops.square(y - y_pred)), ops.mean(ops.abs(y - y_pred))]
        return sum(parts) / 2.0

model = Net(); model.compile("sgd"); model.fit(x, y, verbose=0)
""",
        {"custom"},
    ),
    "variational autoencoder": (
        DATA + """
class Sampling(layers.Layer):
    def call(self, pair):
        mean, log_variance = pair
        self.add_loss(-0.5 * ops.mean(ops.sum(
            1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=1)))
        return mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=1)

inputs = keras.Input((3,))
z = Sampling(name="z")([layers.Dense(2)(inputs), layers.Dense(2)(inputs)])
model = keras.Model(inputs, layers.Dense(3)(z), name="m")
model.compile("sgd", "mse"); model.fit(x, x, verbose=0)
""",
        {"compiled", "add_loss"},
    ),
    "a loss of one's own": (
        NET + """
class Mine(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return 3.0 * ops.mean(ops.abs(y_true - y_pred))

model.compile("sgd", Mine(name="mine")); model.fit(x, y, verbose=0)
""",
        {"compiled"},
    ),
    "own loop with a gradient tape": (
        NET + """
from inspector.engine import gradients, recording
with recording() as segment:
    loss = 2.0 * ops.mean(ops.square(model(x) - y)) + ops.sum(ops.abs(model.layers[0].kernel))
    gradients(loss, [v.value for v in model.trainable_weights], segment.records)
""",
        {"custom"},
    ),
}  # fmt: skip


def _check(scene, run):
    rows = run.losses
    addends = [row.value * row.weight for row in rows]
    scale = max(abs(run.total_loss), *map(abs, addends))
    assert abs(sum(addends) - run.total_loss) <= 1e-6 * scale
    assert all(row.kind != "unaccounted" for row in rows)
    for row in rows:
        how = row.reduction
        if how is None:
            continue
        assert how.factor * how.sum / how.divisor == pytest.approx(row.value, rel=1e-5, abs=1e-7)
        if how.samples is not None:
            samples = scene.recorder.tensor(run.number, how.samples).numpy()
            assert samples.sum() == pytest.approx(row.value, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(("source", "kinds"), MODELS.values(), ids=MODELS)
def test_rows_are_the_total_and_their_arithmetic_is_their_value(watch, source, kinds):
    scene = watch(source)
    assert scene.error is None, scene.error

    run = scene.run("train_step")

    assert {row.kind for row in run.losses} == kinds
    assert all(row.line is not None and row.owner for row in run.losses)
    _check(scene, run)


FLOAT64 = """
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
try:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_regularizer={kind})])
    model.compile("sgd", "mse")
    model.fit(np.eye(3), np.ones((3, 2)), verbose=0)
finally:
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
"""


# Keras itself rounds to float32 when it adds up several terms, also of a model in float64.
@pytest.mark.parametrize(("kind", "precision"), [("None", 1e-12), ("'l2'", 1e-6)])
def test_rows_are_the_total_in_float64(watch, kind, precision):
    run = watch(FLOAT64.format(kind=kind)).run("train_step")

    addends = [row.value * row.weight for row in run.losses]

    assert sum(addends) == pytest.approx(run.total_loss, rel=precision)


def test_row_unaccounted_appears_when_rows_do_not_add_up(watch, monkeypatch):
    from inspector.capture import losses  # imports Keras, which `watch` made ours

    every = losses.terms
    monkeypatch.setattr(losses, "terms", lambda total, known: list(every(total, known))[:1])

    run = watch(MODELS["regularizers of every kind"][0]).run("train_step")

    (rest,) = [row for row in run.losses if row.kind == "unaccounted"]
    assert len(run.losses) == 2
    assert rest.value == pytest.approx(run.total_loss - run.losses[0].value)


HAND = """
inputs = keras.Input((2, 1))
x = layers.Masking()(inputs)
model = keras.Model(inputs, layers.Dense(1, use_bias=False, kernel_initializer="ones")(x), name="m")
model.compile("sgd", keras.losses.MeanSquaredError(reduction={reduction!r}))
model.fit(np.array([[[3.0], [0.0]], [[2.0], [1.0]]]), np.array([[[1.0], [9.0]], [[1.0], [4.0]]]),
          verbose=0{weights})
"""
# Squares: 4, masked, 1, 9.
WORKED = {
    "mean over what is kept": ("sum_over_batch_size", "", 14 / 3, 14.0, 3.0),
    "sum": ("sum", "", 14.0, 14.0, 1.0),
    "weights": (
        "sum_over_batch_size",
        ", sample_weight=np.array([[1.0, 5.0], [2.0, 0.5]])",
        (4 + 2 + 4.5) / 3,
        10.5,
        3.0,
    ),
    "mean by weight": (
        "mean_with_sample_weight",
        ", sample_weight=np.array([[1.0, 5.0], [2.0, 0.5]])",
        (4 + 2 + 4.5) / 3.5,
        10.5,
        3.5,
    ),
}


@pytest.mark.parametrize(
    ("reduction", "weights", "value", "total", "divisor"), WORKED.values(), ids=WORKED
)
def test_arithmetic_is_as_worked_by_hand(watch, reduction, weights, value, total, divisor):
    scene = watch(HAND.format(reduction=reduction, weights=weights))

    (row,) = scene.run("train_step").losses

    assert row.value == pytest.approx(value, rel=1e-6)
    assert row.reduction.sum == pytest.approx(total, rel=1e-6)
    assert row.reduction.divisor == pytest.approx(divisor)
    assert (row.reduction.shape, row.reduction.masked) == ((2, 2), 1)


def test_arithmetic_reads_as_people_say_it(watch):
    scene = watch(HAND.format(reduction="sum_over_batch_size", weights=""))

    (row,) = scene.run("train_step").losses

    assert loss_words.short(row) == "sum over 2 x 2, divided by 3, 1 masked"
    assert loss_words.numbers(row) == "14 / 3 = 4.66667"
    assert loss_words.effects(row) == (
        "The mask leaves out 1 of 4 values: they count 0; the sum is divided by the 3 others.",
    )


def test_samples_are_what_each_of_them_adds(watch):
    scene = watch(HAND.format(reduction="sum_over_batch_size", weights=""))
    run = scene.run("train_step")

    samples = scene.recorder.tensor(run.number, run.losses[0].reduction.samples).numpy()

    assert samples == pytest.approx(np.array([4 / 3, 10 / 3]))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    reduction=st.sampled_from(["sum", "sum_over_batch_size", "mean", "mean_with_sample_weight"]),
    loss=st.sampled_from(["MeanSquaredError", "MeanAbsoluteError", "Huber"]),
    weight=st.sampled_from(["", "steps", "batch"]),
    masks=st.booleans(),
    loss_weight=st.sampled_from([None, 0.25, 3.0]),
    seed=st.integers(0, 999),
)
def test_any_reduction_with_any_weights_and_mask_adds_up(
    watch, reduction, loss, weight, masks, loss_weight, seed
):
    # Weights by sample need a loss by sample, and Keras refuses them together with a mask.
    is_flat = weight == "batch"
    masks = masks and not is_flat
    shape = {"": None, "steps": (3, 4), "batch": (3,)}[weight]
    scene = watch(f"""
        numbers = np.random.default_rng({seed})
        x = numbers.normal(size=(3, 4, 2)) * (numbers.random((3, 4, 1)) < 0.7)
        inputs = keras.Input((4, 2))
        h = layers.Masking()(inputs) if {masks} else inputs
        outputs = layers.Dense(1, kernel_regularizer="l1")(h)
        outputs = layers.Flatten()(outputs) if {is_flat} else outputs
        model = keras.Model(inputs, outputs, name="m")
        model.compile("sgd", keras.losses.{loss}(reduction="{reduction}"),
                      loss_weights={loss_weight})
        weights = None if {shape} is None else numbers.random({shape})
        labels = numbers.normal(size=(3, 4) if {is_flat} else (3, 4, 1))
        model.fit(x, labels, sample_weight=weights, verbose=0)
    """)
    assert scene.error is None, scene.error

    run = scene.run("train_step")

    assert math.isfinite(run.total_loss)
    _check(scene, run)


def test_arithmetic_of_a_loss_of_ones_own_is_read_from_its_ops(watch):
    (row,) = watch(MODELS["a loss of one's own"][0]).run("train_step").losses

    assert (row.name, row.reduction.factor, row.reduction.divisor) == ("mine", 3.0, 8.0)
