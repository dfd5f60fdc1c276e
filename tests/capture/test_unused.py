"""Layers that were made but never called."""

from __future__ import annotations

MODEL = """
class Net(keras.Model):
    def __init__(self):
        super().__init__(name="net")
        self.used = layers.LSTM(2, name="used")
        self.forgotten = layers.Dense(3, name="forgotten")

    def call(self, x):
        return self.used(x)

net = Net()
"""


def test_layer_is_unused_when_its_model_ran_without_it(watch):
    scene = watch(MODEL + "net(np.ones((2, 3, 4)))")

    (net,) = scene.recorder.models()

    assert [(layer.owner, layer.name, layer.line) for layer in net.unused] == [
        ("net", "forgotten", scene.line("layers.Dense(3"))
    ]


def test_nothing_is_unused_when_the_model_never_ran(watch):
    scene = watch(MODEL)

    (net,) = scene.recorder.models()

    assert net.unused == ()
