"""An Embedding looks up whole numbers; these are text."""

import keras
import numpy as np
from keras import layers

words = np.array([["red", "green"], ["blue", "red"]])
model = keras.Sequential([layers.Embedding(100, 8, name="tokens"), layers.Flatten()])
model(words)
