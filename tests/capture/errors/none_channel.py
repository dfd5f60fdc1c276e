"""A Dense needs to know its last axis when it is built."""

import keras
from keras import layers

signal = keras.Input(shape=(100, None), name="signal")
x = layers.Dense(8, name="project")(signal)
model = keras.Model(signal, x)
