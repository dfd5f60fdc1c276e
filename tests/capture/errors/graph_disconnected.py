"""Graph disconnected: the second input is not among the model's inputs."""

import keras
from keras import layers

text = keras.Input(shape=(16,), name="text")
price = keras.Input(shape=(1,), name="price")
hidden = layers.Dense(8, name="hidden")(text)
both = layers.Concatenate(name="both")([hidden, price])
score = layers.Dense(1, name="score")(both)
model = keras.Model(inputs=text, outputs=score)
