# The first model of every course: convolutions and pooling, then a classifier, as a Sequential.
# Look at: the shapes on the edges (28, 26, 13, 11, 5), how Flatten gets its 800, and which layer
# holds most of the parameters.
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(10)
model = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(16, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ],
    name="cnn",
)

rng = np.random.default_rng(10)
pictures = rng.uniform(size=(16, 28, 28, 1)).astype("float32")
digits = keras.utils.to_categorical(rng.integers(0, 10, size=16), 10)

model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(pictures, digits, batch_size=8, epochs=1, validation_split=0.25, verbose=0)
print("predictions:", model.predict(pictures[:4], verbose=0).shape)
