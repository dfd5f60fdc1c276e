"""The gradient of a gradient through Keras' layers, as a gradient penalty takes it.

The penalty's gradient to the inputs and to every weight is compared with central differences of
the penalty in a random direction: in float64 where Keras computes in it (its promotion rules make
float32 of most pairs of float64), and else as exactly as float32 allows.
"""

from __future__ import annotations

import numpy as np
import pytest

from inspector.keras_backend import hook

hook.install("numpy")

import keras  # noqa: E402

from inspector import engine  # noqa: E402

layers, ops = keras.layers, keras.ops
ROW, SEQUENCE, IMAGE = (3, 6), (2, 5, 6), (2, 6, 6, 4)


class SelfAttention(layers.Layer):
    """Query, key and value are one and the same tensor."""

    def call(self, x):
        output, scores = layers.Attention(dtype="float64")([x, x], return_attention_scores=True)
        return ops.sum(output, axis=-1) + ops.sum(ops.square(scores), axis=-1)


class Masked(layers.Layer):
    def __init__(self, inner):
        super().__init__(dtype="float64")
        self.inner = inner

    def call(self, x):
        return self.inner(x, mask=np.array([[1, 1, 0, 1, 1], [1, 1, 1, 0, 0]], bool))


def causal_attention(x):
    heads = ops.reshape(x, (2, 5, 2, 3))
    bias = ops.reshape(ops.sum(x, axis=-1), (2, 1, 1, 5))
    return ops.dot_product_attention(heads, heads * 2.0, heads, bias=bias, is_causal=True)


def recurrent(kind, **how):
    return lambda: kind(3, return_sequences=True, dtype="float64", **how)


CASES = {
    "dense_gelu": (lambda: layers.Dense(4, "gelu", dtype="float64"), ROW),
    "dense_softmax": (lambda: layers.Dense(4, "softmax", dtype="float64"), ROW),
    "dense_log_softmax": (lambda: layers.Dense(4, "log_softmax", dtype="float64"), ROW),
    "dense_silu": (lambda: layers.Dense(4, "silu", dtype="float64"), ROW),
    "conv": (lambda: layers.Conv2D(3, 3, activation="elu", dtype="float64"), IMAGE),
    "strided_conv": (lambda: layers.Conv2D(3, 3, strides=2, padding="same", activation="tanh",
                                           dtype="float64"), IMAGE),
    "depthwise": (lambda: layers.DepthwiseConv2D(3, activation="tanh", dtype="float64"), IMAGE),
    "transposed": (lambda: layers.Conv2DTranspose(2, 3, strides=2, activation="tanh",
                                                  dtype="float64"), IMAGE),
    "batch_norm": (lambda: layers.BatchNormalization(dtype="float64"), IMAGE),
    "layer_norm": (lambda: layers.LayerNormalization(dtype="float64"), SEQUENCE),
    "rms_norm": (lambda: layers.RMSNormalization(dtype="float64"), SEQUENCE),
    "group_norm": (lambda: layers.GroupNormalization(2, dtype="float64"), IMAGE),
    "max_pool": (lambda: layers.MaxPooling2D(2, dtype="float64"), IMAGE),
    "average_pool": (lambda: layers.AveragePooling2D(3, 2, dtype="float64"), IMAGE),
    "self_attention": (lambda: SelfAttention(dtype="float64"), SEQUENCE),
    "causal_attention": (lambda: layers.Lambda(causal_attention, dtype="float64"), SEQUENCE),
    "multi_head_attention": (lambda: layers.MultiHeadAttention(2, 3, dtype="float64"), SEQUENCE),
    "lstm": (recurrent(layers.LSTM), SEQUENCE),
    "lstm_masked_backwards": (lambda: Masked(recurrent(layers.LSTM, go_backwards=True)()),
                              SEQUENCE),
    "gru": (recurrent(layers.GRU), SEQUENCE),
    "gru_reset_before": (recurrent(layers.GRU, reset_after=False), SEQUENCE),
    "gru_masked_backwards": (lambda: Masked(recurrent(layers.GRU, go_backwards=True)()), SEQUENCE),
}  # fmt: skip


def run(layer, x):
    if isinstance(layer, layers.MultiHeadAttention):
        return layer(x, x)
    if isinstance(layer, layers.BatchNormalization | Masked):
        return layer(x, training=True) if not isinstance(layer, Masked) else layer(x)
    return layer(x)


def penalty(layer, x, seed):
    """The sum of squares of the gradient to x, with the record to go back through."""
    with engine.recording() as segment:
        y = run(layer, x)
        target = (y * engine.Tensor(seed.normal(size=y.shape))).sum() + (y * y).sum() * 0.5
        (gradient,) = engine.gradients(target, [x], list(segment.records))
        total = (gradient * gradient).sum()
    return total, segment.records


@pytest.mark.parametrize("case", CASES)
def test_gradient_of_a_gradient_penalty_is_the_central_difference(case):
    make, shape = CASES[case]
    keras.utils.set_random_seed(0)
    layer, numbers = make(), np.random.default_rng(1)
    x = numbers.normal(size=shape)
    run(layer, engine.Tensor(x))
    trained = list(layer.trainable_variables)

    own = engine.Tensor(x.copy())
    total, records = penalty(layer, own, np.random.default_rng(2))
    weights = [variable.value for variable in trained]
    found = engine.gradients(total, [own, *weights], list(records))

    values = [x, *map(np.array, weights)]
    ways = [numbers.normal(size=value.shape) for value in values]
    moved = []
    exact = all(t.dtype != "float32" for record in records for t in record.outputs)
    step, tolerance = (1e-5, 1e-5) if exact else (3e-3, 1e-2)
    for sign in (step, -step):
        for variable, value, way in zip(trained, values[1:], ways[1:], strict=True):
            variable.assign(value + sign * way)
        there = engine.Tensor(x + sign * ways[0])
        moved.append(float(penalty(layer, there, np.random.default_rng(2))[0]))
    expected = (moved[0] - moved[1]) / (2 * step)
    parts = [
        0.0 if gradient is None else float((gradient.numpy() * way).sum())
        for gradient, way in zip(found, ways, strict=True)
    ]
    assert abs(sum(parts) - expected) <= tolerance * sum(map(abs, parts))
