"""How little of the data is computed: fewer rows of large pictures, fewer rounds of loops."""

from __future__ import annotations

PICTURES = """
import keras, numpy as np
import tensorflow as tf

def net(name):
    return keras.Sequential([keras.Input((128, 128, 3)), keras.layers.GlobalAveragePooling2D(),
                             keras.layers.Dense(1)], name=name)

x, y = np.ones((64, 128, 128, 3), "float32"), np.ones((64, 1), "float32")
arrays, dataset = net("arrays"), net("dataset")
for model in arrays, dataset:
    model.compile("sgd", "mse")
arrays.fit(x, y, batch_size=64, validation_split=0.25)
dataset.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(64), epochs=2)
print("PREDICTED", arrays.predict(x).shape)

class Sized(keras.Model):
    batch_size = 64
    def __init__(self):
        super().__init__(name="sized")
        self.dense = keras.layers.Dense(1)
    def call(self, inputs):
        return self.dense(keras.ops.reshape(inputs, (self.batch_size, -1)))

sized = Sized()
sized.compile("sgd", "mse")
sized.fit(x, y, batch_size=64)
"""


def test_fit_computes_few_rows_when_they_are_large(open_script):
    opened = open_script(PICTURES)

    sizes = {
        model: opened.runs(model, "train_step")[0].calls[0].inputs[0].shape[0]
        for model in ("arrays", "dataset", "sized")
    }
    assert opened.failure is None
    assert sizes == {"arrays": 5, "dataset": 5, "sized": 64}
    assert "PREDICTED (64, 1)" in opened.printed


def test_script_with_a_long_training_loop_opens_quickly_and_says_so(open_script):
    opened = open_script(
        "import keras, numpy as np, time\n"
        "model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(64)])\n"
        "model.compile('sgd', 'mse')\nx = np.ones((4096, 64), 'float32')\n"
        "for step in range(10**6):\n    model(x)\nprint('END')\n"
    )

    assert "END" in opened.printed
    assert "a loop" in opened.replaced
