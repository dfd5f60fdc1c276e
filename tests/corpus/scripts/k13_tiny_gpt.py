"""A miniature GPT with causal attention, RMSNorm and rotary embeddings, in Keras 3 ops."""
import string
import random
import numpy as np
import keras
from keras import layers, ops, random as krandom

vocab_size = 5000
maxlen = 64
embed_dim = 96
num_heads = 4
batch_size = 32


class RMSNorm(layers.Layer):
    def __init__(self, eps=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")

    def call(self, x):
        return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + self.eps) * self.scale


def rotary(x):
    length, dim = x.shape[1], x.shape[-1]
    freqs = 1.0 / (10000.0 ** (ops.arange(0, dim, 2, dtype="float32") / dim))
    angles = ops.outer(ops.arange(length, dtype="float32"), freqs)
    cos, sin = ops.cos(angles)[None, :, None, :], ops.sin(angles)[None, :, None, :]
    x1, x2 = ops.split(x, 2, axis=-1)
    return ops.concatenate([x1 * cos - x2 * sin, x1 * sin + x2 * cos], axis=-1)


class CausalSelfAttention(layers.Layer):
    def __init__(self, dim, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.head_dim = heads, dim // heads
        self.qkv = layers.Dense(3 * dim, use_bias=False)
        self.proj = layers.Dense(dim, use_bias=False)

    def call(self, x):
        b, t, d = ops.shape(x)
        qkv = ops.reshape(self.qkv(x), (b, t, 3, self.heads, self.head_dim))
        q, k, v = qkv[:, :, 0], qkv[:, :, 1], qkv[:, :, 2]
        q, k = rotary(q), rotary(k)
        scores = ops.einsum("bthd,bshd->bhts", q, k) / ops.sqrt(float(self.head_dim))
        mask = ops.tril(ops.ones((t, t), dtype="bool"))
        scores = ops.where(mask, scores, -1e9)
        out = ops.einsum("bhts,bshd->bthd", ops.softmax(scores, axis=-1), v)
        return self.proj(ops.reshape(out, (b, t, d)))


class Block(layers.Layer):
    def __init__(self, dim, heads, **kwargs):
        super().__init__(**kwargs)
        self.norm1, self.norm2 = RMSNorm(), RMSNorm()
        self.attn = CausalSelfAttention(dim, heads)
        self.up, self.gate = layers.Dense(4 * dim), layers.Dense(4 * dim, activation="silu")
        self.down = layers.Dense(dim)

    def call(self, x):
        x = x + self.attn(self.norm1(x))
        h = self.norm2(x)
        return x + self.down(self.up(h) * self.gate(h))


class GPT(keras.Model):
    def __init__(self, n_layers=2, **kwargs):
        super().__init__(**kwargs)
        self.embed = layers.Embedding(vocab_size, embed_dim)
        self.blocks = [Block(embed_dim, num_heads, name=f"block_{i}") for i in range(n_layers)]
        self.norm = RMSNorm()

    def call(self, tokens):
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x)
        return ops.matmul(self.norm(x), ops.transpose(self.embed.embeddings))


tokens = np.random.randint(0, vocab_size, size=(256, maxlen + 1))
x, y = tokens[:, :-1], tokens[:, 1:]
model = GPT()
model.compile(
    optimizer=keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(1e-3, 1000, warmup_target=3e-3, warmup_steps=100)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
model.fit(x, y, batch_size=batch_size, epochs=3)
model.summary()


def generate(prompt, steps=20, temperature=0.8):
    ids = list(prompt)
    for _ in range(steps):
        window = np.array([ids[-maxlen:]])
        logits = model(window)[0, -1] / temperature
        nxt = krandom.categorical(logits[None], 1)
        ids.append(int(nxt[0, 0]))
    return ids


print(generate([1, 2, 3]))
