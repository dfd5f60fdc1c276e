"""The loss ledger and the updates of training steps."""

from __future__ import annotations

import pytest

TRAINED = """
class Block(layers.Layer):
    def __init__(self):
        super().__init__(name="block")
        self.inner = layers.Dense(4, kernel_regularizer="l2", activity_regularizer="l1",
                                  name="inner")

    def call(self, x):
        h = self.inner(x)
        self.add_loss(0.25 * ops.mean(h * h))
        return h

model = keras.Sequential([Block(), layers.Dense(1, name="head")], name="m")
model.compile("sgd", loss="mse")
model.fit(np.ones((8, 3)), np.zeros((8, 1)), batch_size=8, verbose=0)
"""


def test_rows_add_up_to_keras_total_when_model_is_trained(watch):
    scene = watch(TRAINED)

    run = scene.run("train_step")

    assert sum(row.value * row.weight for row in run.losses) == pytest.approx(
        run.total_loss, rel=1e-6
    )


def test_rows_name_owner_kind_and_line(watch):
    scene = watch(TRAINED)

    rows = {row.kind: row for row in scene.run("train_step").losses}

    assert set(rows) == {"compiled", "add_loss", "activity_regularizer", "kernel_regularizer"}
    assert rows["add_loss"].owner == "m/block"
    assert rows["add_loss"].line == scene.line("self.add_loss")
    assert rows["kernel_regularizer"].owner.endswith("inner/kernel")
    assert rows["activity_regularizer"].owner == "m/block/inner"


def test_updates_have_gradient_and_delta_norms(watch):
    scene = watch(TRAINED)

    updates = {u.weight.rpartition("/")[0]: u for u in scene.run("train_step").updates}

    assert len(scene.run("train_step").updates) == 4
    assert all(update.gradient_norm > 0 and update.delta_norm > 0 for update in updates.values())


def test_compiled_rows_carry_loss_weights_when_model_has_two_outputs(watch):
    scene = watch("""
        inputs = keras.Input((3,))
        a = layers.Dense(1, name="a")(inputs)
        b = layers.Dense(1, name="b")(inputs)
        model = keras.Model(inputs, [a, b], name="m")
        model.compile("sgd", loss=["mse", "mae"], loss_weights=[0.5, 2.0])
        model.fit(np.ones((4, 3)), [np.zeros((4, 1)), np.zeros((4, 1))], verbose=0)
    """)

    run = scene.run("train_step")

    assert [row.weight for row in run.losses] == [0.5, 2.0]
    assert sum(row.value * row.weight for row in run.losses) == pytest.approx(
        run.total_loss, rel=1e-6
    )


def test_weight_without_gradient_is_listed_with_none(watch):
    scene = watch("""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.used = layers.Dense(1, name="used")
                self.cut = layers.Dense(1, name="cut")

            def call(self, x):
                return self.used(x) + ops.stop_gradient(self.cut(x))

        net = Net()
        net.compile("sgd", loss="mse")
        net.fit(np.ones((4, 3)), np.zeros((4, 1)), verbose=0)
    """)

    updates = {u.weight: u for u in scene.run("train_step").updates}

    assert updates["net/cut/kernel"].gradient_norm is None
    assert updates["net/used/kernel"].gradient_norm > 0


def test_backward_ops_stand_apart_with_the_call_they_go_back_through(watch):
    run = watch(TRAINED).run("train_step")

    calls = {op.call for op in run.backward}

    assert "m/block/inner#0" in calls
    assert None in calls
    assert all(op.call is None for call in run.calls for op in call.ops)


def test_total_is_the_unscaled_loss_in_mixed_precision(watch):
    run = watch("""
        keras.config.set_dtype_policy("mixed_float16")
        try:
            model = keras.Sequential([keras.Input((3,)), layers.Dense(1, dtype="float32")])
            model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), "mse")
            history = model.fit(np.ones((4, 3)), np.zeros((4, 1)), verbose=0)
        finally:
            keras.config.set_dtype_policy("float32")
        print("loss", history.history["loss"])
    """).run("train_step")

    (row,) = run.losses

    assert (row.kind, row.weight) == ("compiled", 1.0)
    assert run.total_loss == pytest.approx(row.value, rel=1e-6)
    assert all(0 < update.gradient_norm < 100 for update in run.updates)
