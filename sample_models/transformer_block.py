# One block of a transformer over a padded batch: attention, then two Dense layers, each with a
# way around it.
# Look at: the mask of the padding, born at `tokens`, and how MultiHeadAttention combines it with
# the causal mask; the op softmax inside the attention, where a padded key gets weight 0.
import keras
import numpy as np
from keras import layers, ops


class TokenAndPosition(layers.Layer):
    """Adds what a token means and where it stands; hands the padding mask on."""

    def __init__(self, length, vocabulary, width, **kwargs):
        super().__init__(**kwargs)
        self.tokens = layers.Embedding(vocabulary, width, mask_zero=True, name="tokens")
        self.positions = layers.Embedding(length, width, name="positions")

    def compute_mask(self, inputs, mask=None):
        return self.tokens.compute_mask(inputs)

    def call(self, token_ids):
        positions = ops.arange(ops.shape(token_ids)[-1])
        return self.tokens(token_ids) + self.positions(positions)


class TransformerBlock(layers.Layer):
    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.attention = layers.MultiHeadAttention(heads, width // heads, name="attention")
        self.attention_norm = layers.LayerNormalization(name="attention_norm")
        self.expand = layers.Dense(4 * width, activation="gelu", name="expand")
        self.shrink = layers.Dense(width, name="shrink")
        self.output_norm = layers.LayerNormalization(name="output_norm")

    def call(self, x):
        x = self.attention_norm(x + self.attention(x, x, use_causal_mask=True))
        return self.output_norm(x + self.shrink(self.expand(x)))


keras.utils.set_random_seed(14)
tokens = keras.Input(shape=(7,), dtype="int32", name="token_ids")
x = TokenAndPosition(length=7, vocabulary=30, width=16, name="embed")(tokens)
x = TransformerBlock(width=16, heads=2, name="block")(x)
outputs = layers.Dense(30, name="next_token")(x)
model = keras.Model(tokens, outputs, name="transformer")

batch = np.array([[3, 8, 1, 5, 0, 0, 0], [2, 2, 9, 4, 7, 6, 11]])
print("scores:", model(batch).shape)
