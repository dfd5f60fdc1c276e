# Broken, but nothing raises: the mask of the padding is lost on the way, so the LSTM reads the
# padding as if it were words, and the answer depends on how long the batch was padded.
# Look at: the mask, born at `tokens` and dropped by `scale`, a layer that does not say
# supports_masking; `reader` gets no mask.
# The way out: `self.supports_masking = True` in Scale.__init__.
import keras
import numpy as np


class Scale(keras.layers.Layer):
    """Multiplies by one learned factor."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


keras.utils.set_random_seed(17)
words = keras.Input(shape=(None,), dtype="int32", name="words")
x = keras.layers.Embedding(input_dim=10, output_dim=6, mask_zero=True, name="tokens")(words)
x = Scale(name="scale")(x)
x = keras.layers.LSTM(5, name="reader")(x)
outputs = keras.layers.Dense(2, activation="softmax", name="verdict")(x)
model = keras.Model(words, outputs, name="mask_lost")

sentences = [[7, 3, 9], [4, 2], [5, 8, 6, 1, 2, 3]]
short = keras.ops.convert_to_numpy(model(keras.utils.pad_sequences(sentences, padding="post")))
long = keras.ops.convert_to_numpy(
    model(keras.utils.pad_sequences(sentences, padding="post", maxlen=12))
)
print("changed by padding, and should not:", float(np.abs(short - long).max()))
