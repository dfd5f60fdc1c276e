"""A concatenation on the wrong axis, in a Functional model."""

import keras
from keras import layers

left = keras.Input(shape=(16,), name="left")
right = keras.Input(shape=(24,), name="right")
a = layers.Dense(8, name="a")(left)
b = layers.Dense(12, name="b")(right)
both = layers.Concatenate(axis=0, name="both")([a, b])
model = keras.Model([left, right], both)
