"""Attention scores without the transpose of the keys."""

import numpy as np
from keras import layers, ops


class Attention(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.query = layers.Dense(8, name="query")
        self.key = layers.Dense(8, name="key")

    def call(self, x):
        q = self.query(x)
        k = self.key(x)
        return ops.softmax(ops.matmul(q, k))


sentences = np.zeros((2, 5, 16), dtype="float32")
Attention(name="attention")(sentences)
