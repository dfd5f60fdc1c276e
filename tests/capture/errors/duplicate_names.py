"""Two layers of one name: made in a loop."""

import keras
from keras import layers

inputs = keras.Input(shape=(16,), name="inputs")
x = inputs
for _ in range(3):
    x = layers.Dense(8, activation="relu", name="block")(x)
model = keras.Model(inputs, x)
