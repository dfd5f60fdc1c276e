# Broken: the kernel of `Projection` is made for 16 features, but the layer before gives 8.
# Look at: the failing call in red, its two operands, and where the 8 and the 16 come from.
# The way out: make the kernel in `build`, from input_shape[-1].
import keras
import numpy as np
from keras import layers, ops


class Projection(layers.Layer):
    def __init__(self, features, units, **kwargs):
        super().__init__(**kwargs)
        self.kernel = self.add_weight(shape=(features, units), name="kernel")

    def call(self, x):
        return ops.matmul(x, self.kernel)


class Reader(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.squeeze = layers.Dense(8, activation="relu", name="squeeze")
        self.project = Projection(16, 4, name="project")
        self.head = layers.Dense(1, name="head")

    def call(self, x):
        x = self.squeeze(x)
        x = self.project(x)
        return self.head(x)


keras.utils.set_random_seed(15)
model = Reader(name="reader")
model(np.ones((5, 12), dtype="float32"))
