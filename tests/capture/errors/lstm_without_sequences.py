"""The first LSTM gives only its last step, the second one wants them all."""

import keras
from keras import layers

words = keras.Input(shape=(20,), name="words")
x = layers.Embedding(1000, 16, name="tokens")(words)
x = layers.LSTM(32, name="first")(x)
x = layers.LSTM(24, name="second")(x)
model = keras.Model(words, x)
