# A skip connection whose layer is made inside `call`, as many first drafts do.
# Look at: `Add` is a new layer in every run, since `call` makes one each time. It has no weights,
# so nothing is lost here; a Dense made in the same place would start anew at every call.
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class SkipBlock(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(units, activation="relu", name="inner")
        self.outer = layers.Dense(units, name="outer")

    def call(self, x):
        transformed = self.outer(self.inner(x))
        return layers.Add()([x, transformed])


class SkipModel(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widen = layers.Dense(8, name="widen")
        self.skip = SkipBlock(8, name="skip")
        self.head = layers.Dense(1, name="head")

    def call(self, x):
        return self.head(tf.nn.relu(self.skip(self.widen(x))))


keras.utils.set_random_seed(11)
model = SkipModel(name="skip_model")
print("once:", model(tf.ones((2, 4))).shape)
print("twice:", model(tf.zeros((2, 4))).shape)
