"""The weights are asked for before the model has seen an input."""

import keras
from keras import layers

model = keras.Sequential([layers.Dense(8, name="hidden"), layers.Dense(2, name="scores")])
model.count_params()
