"""A model of two inputs, called with one."""

import keras
import numpy as np
from keras import layers

text = keras.Input(shape=(16,), name="text")
price = keras.Input(shape=(1,), name="price")
both = layers.Concatenate(name="both")([text, price])
model = keras.Model([text, price], layers.Dense(1, name="score")(both), name="two_inputs")
reviews = np.zeros((4, 16), dtype="float32")
model(reviews)
