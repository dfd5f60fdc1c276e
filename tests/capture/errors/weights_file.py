"""The saved weights are of 8 units, the layer has 16."""

import os
import tempfile

import keras
from keras import layers

path = os.path.join(tempfile.mkdtemp(), "trained.weights.h5")
trained = keras.Sequential([keras.Input((4,)), layers.Dense(8, name="hidden")])
trained.save_weights(path)
model = keras.Sequential([keras.Input((4,)), layers.Dense(16, name="hidden")])
model.load_weights(path)
