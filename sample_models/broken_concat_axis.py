# Broken: `SplitSigns` joins the positive and the negative part of its input along axis 0, the
# batch, where the features (axis 1) were meant, so the kernel no longer fits.
# Look at: the concat inside `split_signs`, whose output has a batch of 8 where 4 went in, and the
# matmul after it that fails.
# The way out: axis=-1.
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class SplitSigns(layers.Layer):
    """Keeps what a ReLU throws away: the negative part, beside the positive one."""

    def build(self, input_shape):
        features = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(2 * features, features), initializer="he_normal", name="kernel"
        )

    def call(self, x):
        centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
        both = tf.concat([tf.nn.relu(centred), tf.nn.relu(-centred)], axis=0)
        return tf.matmul(both, self.kernel)


class Classifier(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.features = layers.Dense(6, name="features")
        self.split_signs = SplitSigns(name="split_signs")
        self.scores = layers.Dense(3, name="scores")

    def call(self, x):
        return self.scores(self.split_signs(self.features(x)))


keras.utils.set_random_seed(16)
model = Classifier(name="classifier")
model(tf.ones((4, 10)))
