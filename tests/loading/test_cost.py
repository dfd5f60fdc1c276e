"""How much a model computes, and what is done about those that compute much."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from inspector.loading.cost import multiplications
from inspector.loading.policies import batches


def convolution():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs))


def test_convolution_multiplies_its_kernel_at_each_pixel() -> None:
    assert multiplications(convolution()) == 8 * 8 * 3 * 3 * 3 * 4


def test_nested_and_subclassed_models_count_what_is_inside() -> None:
    class Pair(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = convolution(), convolution()

    inner = convolution()
    inputs = keras.Input((8, 8, 3))

    assert multiplications(keras.Model(inputs, inner(inputs))) == multiplications(inner)
    assert multiplications(Pair()) == 2 * multiplications(inner)


def test_embedding_multiplies_nothing_and_attention_each_pair() -> None:
    tokens = keras.Input((10,))
    x = layers.Embedding(1000, 4)(tokens)

    assert multiplications(keras.Model(tokens, x)) == 0
    assert multiplications(keras.Model(tokens, layers.Attention()([x, x]))) == 2 * 10 * 10 * 4


def test_nothing_is_known_of_a_model_before_it_runs() -> None:
    class Later(keras.Model):
        pass

    assert multiplications(Later()) is None


@pytest.mark.parametrize(("work", "rows"), [(100_000, 32), (1000, 10), (150, 2), (1, 1)])
def test_batch_is_cut_by_what_the_model_makes_of_it(monkeypatch, work: int, rows: int) -> None:
    monkeypatch.setattr(batches, "_HEAVY_PASS", work)
    inputs = keras.Input((10,))
    model = keras.Model(inputs, layers.Dense(10, use_bias=False)(inputs))

    assert batches.fewer_rows(model, np.zeros((64, 10), "float32"), 32) == rows
