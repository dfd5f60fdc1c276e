# A model that takes another way in training: Dropout only if asked, and noise on top.
# Look at: the two runs side by side. The one with training=True has two calls more, and its
# output differs from the other's from `dropout` on.
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class CustomDropout(layers.Layer):
    """Dropout written by hand, with the way of training chosen in Python."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, x, training=None):
        if training:
            return tf.nn.dropout(x, rate=self.rate)
        return x


class Classifier(keras.Model):
    def __init__(self, use_noise=True, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(12, activation="relu", name="hidden")
        self.dropout = CustomDropout(0.5, name="dropout")
        self.noise = layers.GaussianNoise(0.1, name="noise") if use_noise else None
        self.scores = layers.Dense(3, name="scores")

    def call(self, x, training=False):
        x = self.hidden(x)
        if training:
            x = self.dropout(x, training=training)
            if self.noise is not None:
                x = self.noise(x, training=training)
        return self.scores(x)


keras.utils.set_random_seed(12)
model = Classifier(name="classifier")
batch = tf.ones((4, 6))
print("inference:", model(batch).shape)
print("training:", model(batch, training=True).shape)
