"""Layers of KerasHub (KerasNLP) where it is not installed: the same forms, small and real.

Written from their documentation: a script's own Transformer is shown as it would be, with weights
that train. Where an option only changes values, it is taken and left aside.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


class PositionEmbedding(layers.Layer):
    """A learned vector for each place of a sequence."""

    def __init__(
        self, sequence_length: int, initializer: Any = "glorot_uniform", **kw: Any
    ) -> None:
        super().__init__(**kw)
        self.sequence_length, self.initializer = int(sequence_length), initializer

    def build(self, shape: Any) -> None:
        """Make the vectors."""
        self.position_embeddings = self.add_weight(
            name="embeddings", shape=(self.sequence_length, shape[-1]), initializer=self.initializer
        )

    def call(self, inputs: Any, start_index: int = 0) -> Any:
        """The vectors of the places, for every row."""
        size = ops.shape(inputs)[-2]
        # A length that is not known may be longer than what was asked for.
        places = ops.minimum(ops.arange(size) + start_index, self.sequence_length - 1)
        rows = ops.take(self.position_embeddings, places, axis=0)
        return ops.broadcast_to(rows, ops.shape(inputs))


class SinePositionEncoding(layers.Layer):
    """Sines and cosines of each place."""

    def __init__(self, max_wavelength: float = 10000, **kw: Any) -> None:
        super().__init__(**kw)
        self.max_wavelength = max_wavelength

    def call(self, inputs: Any, start_index: int = 0) -> Any:
        """The encoding, in the shape of the inputs."""
        length, size = ops.shape(inputs)[-2], inputs.shape[-1]
        places = ops.cast(ops.arange(length) + start_index, self.compute_dtype)
        rates = ops.power(
            1.0 / self.max_wavelength, ops.cast(2 * (ops.arange(size) // 2), "float32") / size
        )
        angles = ops.expand_dims(places, 1) * ops.expand_dims(rates, 0)
        is_cosine = ops.cast(ops.arange(size) % 2, self.compute_dtype)
        values = ops.sin(angles) * (1 - is_cosine) + ops.cos(angles) * is_cosine
        return ops.broadcast_to(values, ops.shape(inputs))


class TokenAndPositionEmbedding(layers.Layer):
    """The sum of a token's vector and its place's."""

    def __init__(
        self, vocabulary_size: int, sequence_length: int, embedding_dim: int, *args: Any,
        mask_zero: bool = False, **kw: Any,
    ) -> None:  # fmt: skip
        kw = {key: kw[key] for key in ("name", "dtype") if key in kw}
        super().__init__(**kw)
        self.token_embedding = layers.Embedding(
            vocabulary_size, embedding_dim, mask_zero=mask_zero, name="token_embedding"
        )
        self.position_embedding = PositionEmbedding(sequence_length, name="position_embedding")
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """One vector for each token."""
        tokens = self.token_embedding(inputs)
        return tokens + self.position_embedding(tokens)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """That of the token embedding."""
        return self.token_embedding.compute_mask(inputs)


class _Block(layers.Layer):
    """What encoder and decoder blocks have in common."""

    def __init__(
        self, intermediate_dim: int = 64, num_heads: int = 2, dropout: float = 0.0,
        activation: Any = "relu", layer_norm_epsilon: float = 1e-5, **kw: Any,
    ) -> None:  # fmt: skip
        kw = {key: kw[key] for key in ("name", "dtype") if key in kw}
        super().__init__(**kw)
        self.intermediate_dim, self.num_heads = int(intermediate_dim), int(num_heads)
        self.activation, self.epsilon, self.dropout_rate = activation, layer_norm_epsilon, dropout
        self.supports_masking = True

    def build(self, shape: Any, *others: Any) -> None:
        """Make the parts, as wide as the sequence is."""
        size = shape[-1]
        head = max(size // self.num_heads, 1)
        self.attention = layers.MultiHeadAttention(self.num_heads, head, dropout=self.dropout_rate)
        self.cross_attention = layers.MultiHeadAttention(self.num_heads, head)
        self.norms = [layers.LayerNormalization(epsilon=self.epsilon) for _ in range(3)]
        self.wide = layers.Dense(self.intermediate_dim, activation=self.activation)
        self.narrow = layers.Dense(size)
        self.dropout = layers.Dropout(self.dropout_rate)
        self.built = True

    def _feed_forward(self, x: Any) -> Any:
        return self.norms[2](x + self.dropout(self.narrow(self.wide(x))))


class TransformerEncoder(_Block):
    """Self-attention and a feed-forward block, each added to its input and normalised."""

    def call(
        self, inputs: Any, padding_mask: Any = None, attention_mask: Any = None, **kw: Any
    ) -> Any:
        """A sequence of the same shape."""
        mask = attention_mask
        if mask is None and padding_mask is not None:
            mask = ops.expand_dims(ops.cast(padding_mask, "bool"), 1)
        attended = self.attention(inputs, inputs, attention_mask=mask)
        return self._feed_forward(self.norms[0](inputs + self.dropout(attended)))


class TransformerDecoder(_Block):
    """Causal self-attention, attention to an encoder's sequence if there is one, feed-forward."""

    def call(self, decoder_sequence: Any, encoder_sequence: Any = None, **kw: Any) -> Any:
        """A sequence of the shape of the decoder's."""
        x = decoder_sequence
        attended = self.attention(x, x, use_causal_mask=kw.get("use_causal_mask", True))
        x = self.norms[0](x + self.dropout(attended))
        if encoder_sequence is not None:
            x = self.norms[1](x + self.cross_attention(x, encoder_sequence))
        return self._feed_forward(x)


class FNetEncoder(_Block):
    """Fourier transforms in place of attention."""

    def call(self, inputs: Any) -> Any:
        """A sequence of the same shape."""
        mixed, _ = ops.fft2((ops.cast(inputs, "float32"), ops.zeros_like(inputs, "float32")))
        return self._feed_forward(self.norms[0](inputs + self.dropout(mixed)))


class MaskedLMHead(layers.Layer):
    """A guess of the token at each masked place."""

    def __init__(self, vocabulary_size: Any = None, token_embedding: Any = None, **kw: Any) -> None:
        self.activation = keras.activations.get(kw.pop("activation", None))
        super().__init__(**{key: kw[key] for key in ("name", "dtype") if key in kw})
        size = vocabulary_size or token_embedding.input_dim
        self.norm, self.guess = layers.LayerNormalization(), layers.Dense(size)

    def call(self, inputs: Any, mask_positions: Any) -> Any:
        """Scores over the vocabulary, one row for each place."""
        places = ops.expand_dims(ops.cast(mask_positions, "int32"), -1)
        picked = ops.take_along_axis(inputs, places, axis=1)
        return self.activation(self.guess(self.norm(picked)))


NAMES: dict[str, Any] = {
    made.__name__: made
    for made in (
        PositionEmbedding, SinePositionEncoding, TokenAndPositionEmbedding, TransformerEncoder,
        TransformerDecoder, FNetEncoder, MaskedLMHead,
    )
}  # fmt: skip
