"""GradientTape, tf.Variable, tf.function and custom training steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def test_gradient_of_a_watched_tensor_is_the_derivative(tf: Any) -> None:
    x = tf.constant([1.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * x * x)

    assert tape.gradient(y, x).numpy().tolist() == [3.0, 27.0]


def test_gradient_of_a_tensor_that_was_not_watched_is_none(tf: Any) -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        y = x * x

    assert tape.gradient(y, x) is None


def test_trainable_variables_are_watched_by_being_read(tf: Any) -> None:
    v, frozen = tf.Variable(3.0), tf.Variable(2.0, trainable=False)
    with tf.GradientTape() as tape:
        y = v * v * frozen

    gradients = tape.gradient(y, {"v": v, "frozen": frozen})
    assert float(gradients["v"]) == 12.0
    assert gradients["frozen"] is None


def test_gradient_is_none_or_zero_where_no_path_leads(tf: Any) -> None:
    a, b = tf.Variable(1.0), tf.Variable([2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y = a * 2.0

    assert tape.gradient(y, [a, b])[1] is None
    zeros = tape.gradient(y, [a, b], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert zeros[1].numpy().tolist() == [0.0, 0.0]


def test_tape_that_is_not_persistent_is_asked_once(tf: Any) -> None:
    v = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)

    with pytest.raises(RuntimeError, match="non-persistent"):
        tape.gradient(y, v)


def test_nested_tapes_give_higher_derivatives(tf: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x * x
        first = inner.gradient(y, x)

    assert float(first) == 12.0
    assert float(outer.gradient(first, x)) == 12.0


def test_gradient_is_of_the_value_that_was_used_when_the_variable_changed_since(tf: Any) -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    v.assign(100.0)

    assert float(tape.gradient(y, v)) == 6.0


def test_stop_recording_leaves_the_block_out(tf: Any) -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * 2.0
        with tape.stop_recording():
            z = y * y

    assert tape.gradient(z, v) is None


def test_output_gradients_weight_the_targets(tf: Any) -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x

    found = tape.gradient(y, x, output_gradients=tf.constant([10.0, 1.0]))
    assert found.numpy().tolist() == [20.0, 4.0]


def test_jacobian_has_the_shape_of_target_then_source(tf: Any) -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = tf.reshape(y, (2, 1)) * tf.ones((2, 3))

    assert tape.jacobian(y, x).numpy().tolist() == [[2.0, 0.0], [0.0, 4.0]]
    assert tape.jacobian(z, x).shape == (2, 3, 2)


def test_batch_jacobian_pairs_rows(tf: Any) -> None:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x

    expected = [[[2.0, 0.0], [0.0, 4.0]], [[6.0, 0.0], [0.0, 8.0]]]
    assert tape.batch_jacobian(y, x).numpy().tolist() == expected


def test_custom_gradient_replaces_the_derivative(tf: Any) -> None:
    @tf.custom_gradient
    def doubled(x: Any) -> Any:
        return x * 2.0, lambda upstream: upstream * 7.0

    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = doubled(x)

    assert float(y) == 2.0
    assert float(tape.gradient(y, x)) == 7.0


def test_stop_gradient_lets_nothing_through(tf: Any) -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * tf.stop_gradient(x)

    assert float(tape.gradient(y, x)) == 3.0


def test_gradients_go_to_apply_gradients(tf: Any) -> None:
    v = tf.Variable([1.0, 2.0])
    optimizer = tf.keras.optimizers.SGD(learning_rate=0.5)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(v * v)
    optimizer.apply_gradients(zip(tape.gradient(loss, [v]), [v], strict=True))

    np.testing.assert_allclose(v.numpy(), [0.0, 0.0], atol=1e-6)


def test_variable_assigns_in_place_and_answers_itself(tf: Any) -> None:
    v = tf.Variable([1, 2], name="a/b:0")

    assert v.assign_add([1, 1]) is v
    assert v.numpy().tolist() == [2, 3]
    assert v.assign_sub([2, 2]).numpy().tolist() == [0, 1]
    assert v.dtype == "int32"
    assert [int(x) for x in v] == [0, 1]


def test_variable_of_a_layer_is_one_of_its_weights(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\n"
        "class Scale(tf.keras.layers.Layer):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.scale = tf.Variable(tf.ones((3,)), trainable=True)\n"
        "    def call(self, x):\n"
        "        return x * self.scale\n"
        "layer = Scale()\n"
        "y = layer(tf.ones((2, 3)))\n"
    )

    layer = names["layer"]
    assert layer.trainable_weights == [layer.scale]


def test_function_decorates_functions_and_methods_with_and_without_arguments(tf: Any) -> None:
    @tf.function
    def plain(x: Any) -> Any:
        return x + 1

    class Box(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.count = tf.Variable(0)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def double(self, x: Any) -> Any:
            self.count.assign_add(1)
            return x * 2

    box = Box()

    assert int(plain(1)) == 2
    assert box.double([1.0]).numpy().tolist() == [2.0]
    assert int(box.count) == 1
    assert box.variables == (box.count,)
    assert plain.get_concrete_function()(3) == 4


TRAIN_STEP = """
import numpy as np, tensorflow as tf
from tensorflow import keras
class Custom(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            {loss}
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        {metrics}
        return {{m.name: m.result() for m in self.metrics}}
inputs = keras.Input((4,))
model = Custom(inputs, keras.layers.Dense(1)(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=["mae"])
x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
history = model.fit(x, x.sum(1), epochs=5, batch_size=16, verbose=0).history
"""


@pytest.mark.parametrize(
    ("loss", "metrics"),
    [
        (
            "loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)",
            "self.compiled_metrics.update_state(y, y_pred)",
        ),
        (
            "loss = self.compute_loss(y=y, y_pred=y_pred)",
            "[m.update_state(loss) if m.name == 'loss' else m.update_state(y, y_pred)"
            " for m in self.metrics]",
        ),
    ],
    ids=["keras 2", "keras 3"],
)
def test_custom_train_step_learns(user: Any, loss: str, metrics: str) -> None:
    history = user.run(TRAIN_STEP.format(loss=loss, metrics=metrics))["history"]

    assert history["loss"][-1] < history["loss"][0] / 2
    assert history["mae"][-1] < history["mae"][0]


def test_train_step_of_a_model_without_call_is_enough_for_fit(user: Any) -> None:
    names = user.run(
        "import numpy as np, tensorflow as tf\n"
        "class Pair(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.part = tf.keras.layers.Dense(1)\n"
        "    def train_step(self, data):\n"
        "        with tf.GradientTape() as tape:\n"
        "            loss = tf.reduce_mean(self.part(data) ** 2)\n"
        "        grads = tape.gradient(loss, self.part.trainable_weights)\n"
        "        self.optimizer.apply_gradients(zip(grads, self.part.trainable_weights))\n"
        "        return {'energy': loss}\n"
        "model = Pair()\n"
        "model.compile(optimizer='adam')\n"
        "history = model.fit(np.ones((8, 2), 'float32'), epochs=3, verbose=0).history\n"
    )

    assert len(names["history"]["energy"]) == 3
    assert names["history"]["energy"][-1] < names["history"]["energy"][0]
