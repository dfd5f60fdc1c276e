"""Reshape to a size that the values do not fill."""

import keras
from keras import layers

image = keras.Input(shape=(28, 28, 1), name="image")
x = layers.Conv2D(8, 3, name="conv")(image)
x = layers.MaxPooling2D(2, name="pool")(x)
x = layers.Flatten(name="flat")(x)
x = layers.Reshape((12, 12, 8), name="back")(x)
model = keras.Model(image, x)
