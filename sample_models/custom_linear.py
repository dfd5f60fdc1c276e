# A layer of one's own: y = x W + b, with the weights made in `build`, when the input is known.
# Look at: the first call of each Linear, where `kernel` and `bias` come to life; the two ops
# (matmul, add) inside it; and the same layer used three times below, which is three calls.
import keras
import numpy as np
from keras import ops


class Linear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x):
        return ops.matmul(x, self.kernel) + self.bias


keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
batch = rng.normal(size=(4, 6)).astype("float32")

# Called on its own, in plain code.
linear = Linear(3, name="linear")
print("alone:", linear(batch).shape)
print("again:", linear(batch * 2).shape)

# The same class inside a model.
model = keras.Sequential(
    [keras.Input(shape=(6,)), Linear(8), keras.layers.ReLU(), Linear(2)], name="two_linear"
)
print("in a model:", model(batch).shape)
