"""The skip connection joins 32 filters with 16."""

import keras
from keras import layers

image = keras.Input(shape=(16, 16, 3), name="image")
x = layers.Conv2D(16, 3, padding="same", name="stem")(image)
y = layers.Conv2D(32, 3, padding="same", name="block")(x)
out = layers.Add(name="join")([x, y])
model = keras.Model(image, out)
