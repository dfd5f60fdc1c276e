"""The models that `./dev bench engine` times: each builder gives a forward call and a step.

Imported by `engine_runner.py` once an engine is prepared, so `keras` is whichever was chosen.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

CLASSES = 10


def calls(model, x, y, loss):
    """The two calls that are timed: a forward pass and a training step."""
    model.compile(optimizer="adam", loss=loss)
    ready = ops.convert_to_tensor(x)
    return (lambda: model(ready, training=False)), (lambda: model.train_on_batch(x, y))


def noise(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def labels(count, classes=CLASSES):
    return np.random.default_rng(1).integers(0, classes, size=count)


def classifier(model, x, classes=CLASSES):
    return calls(model, x, labels(len(x), classes), "sparse_categorical_crossentropy")


def mlp():
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    return classifier(model, noise(64, 784))


def resnet50(batch):
    model = keras.applications.ResNet50(weights=None)
    return classifier(model, noise(batch, 224, 224, 3), classes=1000)


def mobilenet():
    model = keras.applications.MobileNetV2(weights=None)
    return classifier(model, noise(1, 224, 224, 3), classes=1000)


def transformer():
    width, length = 256, 128
    inputs = x = layers.Input((length, width))
    for _ in range(4):
        attended = layers.MultiHeadAttention(num_heads=8, key_dim=width // 8)(x, x)
        x = layers.LayerNormalization()(x + attended)
        widened = layers.Dense(4 * width, activation="gelu")(x)
        x = layers.LayerNormalization()(x + layers.Dense(width)(widened))
    outputs = layers.Dense(CLASSES, activation="softmax")(layers.GlobalAveragePooling1D()(x))
    return classifier(keras.Model(inputs, outputs), noise(8, length, width))


def recurrent(layer):
    inputs = layers.Input((100, 64))
    outputs = layers.Dense(CLASSES, activation="softmax")(layer(128)(inputs))
    return classifier(keras.Model(inputs, outputs), noise(32, 100, 64))


class VariationalAutoEncoder(keras.Model):
    """784-512-16-512-784, with the KL divergence as a loss of its own."""

    def __init__(self):
        super().__init__()
        self.encode = layers.Dense(512, activation="relu")
        self.mean, self.log_variance = layers.Dense(16), layers.Dense(16)
        self.decode = layers.Dense(512, activation="relu")
        self.pixels = layers.Dense(784, activation="sigmoid")
        self.seeds = keras.random.SeedGenerator(7)

    def call(self, pictures):
        hidden = self.encode(pictures)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        drawn = keras.random.normal(ops.shape(mean), seed=self.seeds)
        z = mean + ops.exp(0.5 * log_variance) * drawn
        self.add_loss(-0.5 * ops.mean(1 + log_variance - ops.square(mean) - ops.exp(log_variance)))
        return self.pixels(self.decode(z))


def vae():
    x = np.random.default_rng(0).uniform(size=(128, 784)).astype("float32")
    return calls(VariationalAutoEncoder(), x, x, "binary_crossentropy")


class TwoConvolutions(layers.Layer):
    """A layer of one's own, whose shapes Keras finds by calling it symbolically."""

    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(64, 3, padding="same", activation="relu")
        self.second = layers.Conv2D(64, 3, padding="same")

    def call(self, x):
        return x + self.second(self.first(x))


# What is timed of building: no values are computed but the weights' first ones.
BUILDS = {
    "build-resnet50": lambda: keras.applications.ResNet50(weights=None),
    "build-two-convolutions": lambda: TwoConvolutions()(layers.Input((56, 56, 64))),
}

BUILDERS = {
    "mlp": mlp,
    "resnet50-b1": lambda: resnet50(1),
    "resnet50-b8": lambda: resnet50(8),
    "mobilenetv2-b1": mobilenet,
    "transformer": transformer,
    "lstm": lambda: recurrent(layers.LSTM),
    "gru": lambda: recurrent(layers.GRU),
    "vae": vae,
}
