"""The weights come from a model with one layer less."""

import keras
from keras import layers

small = keras.Sequential([keras.Input((4,)), layers.Dense(8, name="hidden")])
large = keras.Sequential(
    [keras.Input((4,)), layers.Dense(8, name="hidden"), layers.Dense(2, name="scores")]
)
large.set_weights(small.get_weights())
