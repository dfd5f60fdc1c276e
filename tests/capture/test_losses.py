"""The loss ledger and the updates of training steps."""

from __future__ import annotations

import pytest

from inspector.trace.naming import run_title

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


TWO_TOTALS = """
from inspector.engine import autodiff
from inspector.engine.tape import recording

made = layers.Dense(3, name="made")
judge = layers.Dense(1, name="judge")
x = ops.ones((4, 2))
bce = keras.losses.BinaryCrossentropy(from_logits=True)
judge(made(x))
with recording() as segment:
    fake = judge(made(x))
    gen_loss = bce(np.ones((4, 1)), fake)
    disc_loss = 2.0 * bce(np.zeros((4, 1)), fake) + bce(np.ones((4, 1)), judge(ops.ones((4, 3))))
    for loss in (gen_loss, disc_loss):
        autodiff.gradients(loss, [judge.kernel.value], segment.records)
"""


def test_gradients_of_several_losses_have_a_total_each(watch):
    run = watch(TWO_TOTALS).run("train_step")

    sums = [
        sum(row.value * row.weight for row in run.losses if row.total == place)
        for place in range(len(run.totals))
    ]

    assert run.total_loss is None
    assert [total.name for total in run.totals] == ["gen_loss", "disc_loss"]
    assert sums == pytest.approx([total.value for total in run.totals], rel=1e-6)
    assert [row.total for row in run.losses] == [0, 1, 1]


EVALUATED = TRAINED.replace("model.fit(", "model.said = model.evaluate(")


def test_evaluation_has_the_rows_and_the_total_that_keras_says(watch):
    scene = watch(EVALUATED)

    run = scene.run("forward")

    assert run.total_loss == pytest.approx(scene.recorder.keras_models()["m"].said, rel=1e-6)
    assert sum(row.value * row.weight for row in run.losses) == pytest.approx(
        run.total_loss, rel=1e-6
    )
    assert {row.kind for row in run.losses} == {
        "compiled", "add_loss", "activity_regularizer", "kernel_regularizer",
    }  # fmt: skip
    assert run_title(run) == "m: evaluation"
    assert not run.updates


def test_evaluation_of_ones_own_has_the_losses_that_it_computes(watch):
    scene = watch(
        """
class Own(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.inner = layers.Dense(1, name="inner")

    def call(self, x):
        return self.inner(x)

    def test_step(self, data):
        x, y = data
        loss = keras.losses.MeanSquaredError()(y, self(x))
        return {"loss": loss}

model = Own()
model.compile("sgd")
model.evaluate(np.ones((4, 2)), np.zeros((4, 1)), verbose=0)
model.predict(np.ones((4, 2)), verbose=0)
"""
    )

    evaluated, predicted = (run for run in scene.recorder.runs() if run.kind == "forward")

    assert [(row.kind, row.name) for row in evaluated.losses] == [("custom", "mean_squared_error")]
    assert not predicted.losses
    assert predicted.total_loss is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("    gen_loss = bce(one, two)", "gen_loss"),
        ("self.total: float = a + b", "total"),
        ("total += loss", ""),
        ("check(a == b)", ""),
        ("return a + b", ""),
    ],
)
def test_variable_is_the_one_that_a_line_assigns_to(watch, tmp_path, line, name):
    from inspector.capture.losses import variable_on  # Keras is there once `watch` is

    file = tmp_path / "script.py"
    file.write_text(f"\n{line}\n")

    assert variable_on(str(file), 2) == name
