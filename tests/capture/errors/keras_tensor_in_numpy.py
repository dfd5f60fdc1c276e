"""A KerasTensor given to a function of NumPy's."""

import keras
import numpy as np
from keras import layers

inputs = keras.Input(shape=(10,), name="readings")
hidden = layers.Dense(8, name="hidden")(inputs)
scaled = np.log1p(hidden)
model = keras.Model(inputs, layers.Dense(1)(scaled))
