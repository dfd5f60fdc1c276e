"""Without a Flatten the Dense keeps the image's axes, and the labels do not fit."""

import keras
import numpy as np
from keras import layers

x_train = np.zeros((16, 12, 12, 1), dtype="float32")
y_train = keras.utils.to_categorical(np.arange(16) % 10, 10)
model = keras.Sequential(
    [
        keras.Input((12, 12, 1)),
        layers.Conv2D(4, 3, activation="relu", name="conv"),
        layers.Dense(10, activation="softmax", name="scores"),
    ]
)
model.compile(optimizer="sgd", loss="mse")
model.fit(x_train, y_train, batch_size=8, verbose=0)
