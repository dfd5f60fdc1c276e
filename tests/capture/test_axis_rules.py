"""What layers do to axes: handed on with the same size, or set by what the words say."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.keras_backend import hook

hook.install("numpy")

import keras  # noqa: E402  # after the hook

from inspector.capture import axis_rules  # noqa: E402

layers = keras.layers
IMAGE, SEQUENCE, ROW = (2, 9, 11, 3), (2, 7, 5), (2, 6)

RULES = [
    (lambda: layers.Dense(4), ROW, [(0, 0), "Dense(4)"]),
    (lambda: layers.Dense(4), SEQUENCE, [(0, 0), (0, 1), "Dense(4)"]),
    (lambda: layers.Embedding(10, 4), ROW, [(0, 0), (0, 1), "Embedding(4)"]),
    (lambda: layers.LSTM(4), SEQUENCE, [(0, 0), "LSTM(4)"]),
    (lambda: layers.GRU(4, return_sequences=True), SEQUENCE, [(0, 0), (0, 1), "GRU(4)"]),
    (
        lambda: layers.Bidirectional(layers.LSTM(4)),
        SEQUENCE,
        [(0, 0), "2 x LSTM(4) in Bidirectional"],
    ),
    (
        lambda: layers.Conv2D(4, 3, strides=2),
        IMAGE,
        [
            (0, 0),
            "Conv2D (kernel 3, stride 2, padding 'valid') of 9",
            "Conv2D (kernel 3, stride 2, padding 'valid') of 11",
            "Conv2D(4)",
        ],
    ),
    (lambda: layers.Conv2D(4, 3, padding="same"), IMAGE, [(0, 0), (0, 1), (0, 2), "Conv2D(4)"]),
    (lambda: layers.Conv1D(4, 3, padding="causal"), SEQUENCE, [(0, 0), (0, 1), "Conv1D(4)"]),
    (lambda: layers.DepthwiseConv2D(1), IMAGE, [(0, 0), (0, 1), (0, 2), (0, 3)]),
    (
        lambda: layers.MaxPooling2D((2, 11)),
        IMAGE,
        [
            (0, 0),
            "MaxPooling2D (pool 2, stride 2) of 9",
            "MaxPooling2D (pool 11, stride 11) of 11",
            (0, 3),
        ],
    ),
    (lambda: layers.GlobalAveragePooling2D(), IMAGE, [(0, 0), (0, 3)]),
    (lambda: layers.Flatten(), IMAGE, [(0, 0), "9 x 11 x 3 from Flatten"]),
    (lambda: layers.Reshape((3, 2)), ROW, [(0, 0), "Reshape((3, 2))", "Reshape((3, 2))"]),
    (lambda: layers.Permute((2, 1)), SEQUENCE, [(0, 0), (0, 2), (0, 1)]),
    (lambda: layers.RepeatVector(4), ROW, [(0, 0), "RepeatVector(4)", (0, 1)]),
    (
        lambda: layers.ZeroPadding2D(((1, 1), (0, 0))),
        IMAGE,
        [(0, 0), "ZeroPadding2D of 9", (0, 2), (0, 3)],
    ),
    (lambda: layers.Dropout(0.5), IMAGE, [(0, 0), (0, 1), (0, 2), (0, 3)]),
]


@pytest.mark.parametrize(("make", "shape", "expected"), RULES)
def test_axis_is_told_for_each_axis_of_the_output(make, shape, expected):
    layer, given = make(), keras.KerasTensor(shape)
    output = layer(given)

    found = [
        axis_rules.step(layer, [given], output.shape, axis) for axis in range(len(output.shape))
    ]

    assert [step if isinstance(step, str) else (0, step[1]) for step in found] == expected


def test_joined_axis_is_told_by_its_parts():
    parts = [keras.KerasTensor((None, 3, 5)), keras.KerasTensor((None, 4, 5))]
    layer = layers.Concatenate(axis=1)
    output = layer(parts)

    assert axis_rules.step(layer, parts, output.shape, 1) == "3 + 4 from Concatenate(axis=1)"
    assert axis_rules.step(layer, parts, output.shape, 2) == (parts[0], 2)


def test_layer_with_a_call_of_the_users_own_has_no_rule():
    class Odd(layers.Dense):
        def call(self, x):
            return keras.ops.sum(super().call(x), axis=0)

    given = keras.KerasTensor((3, 5))
    layer = Odd(4)

    assert axis_rules.step(layer, [given], (4,), 0) is None
    assert np.shape(layer(np.ones((3, 5)))) == (4,)
