"""Attention with shared heads, and what asks for another way to the same values."""

import numpy as np
import pytest
from keras import ops

from inspector import engine
from inspector.engine import Tensor, autodiff
from inspector.errors import InspectorError

RANDOM = np.random.default_rng(3)


def operand(heads, length=3):
    return RANDOM.normal(size=(2, length, heads, 4)).astype("float32")


def test_key_heads_are_shared_by_groups_of_query_heads():
    query, key, value = operand(6), operand(2, 5), operand(2, 5)

    shared = ops.dot_product_attention(query, key, value)

    # Heads 0, 1 and 2 of the query look at head 0 of the key.
    for head in range(6):
        alone = ops.dot_product_attention(
            query[:, :, [head]], key[:, :, [head // 3]], value[:, :, [head // 3]]
        )
        np.testing.assert_allclose(shared[:, :, [head]], alone, rtol=1e-6, atol=1e-6)


def test_gradient_of_a_shared_head_is_the_sum_of_its_groups():
    query, value = operand(4), operand(2)
    key = Tensor(operand(2))
    repeated = Tensor(np.repeat(key.numpy(), 2, axis=2))

    def gradient(tensor, values):
        with engine.recording() as segment:
            output = ops.sum(ops.dot_product_attention(query, tensor, values) ** 2)
        (found,) = autodiff.gradients(output, [tensor], segment.records)
        return found.numpy()

    apart = gradient(repeated, np.repeat(value, 2, axis=2))

    summed = apart.reshape(2, 3, 2, 2, 4).sum(axis=3)
    np.testing.assert_allclose(gradient(key, value), summed, rtol=1e-5, atol=1e-6)


def test_query_heads_that_are_no_multiple_of_the_key_heads_are_refused():
    with pytest.raises((ValueError, InspectorError), match=r"\(2, 3, 3, 4\)"):
        ops.dot_product_attention(operand(3), operand(2), operand(2))


def test_flash_attention_gives_the_same_values():
    query, key, value = operand(2), operand(2), operand(2)

    flash = ops.dot_product_attention(query, key, value, is_causal=True, flash_attention=True)

    plain = ops.dot_product_attention(query, key, value, is_causal=True)
    np.testing.assert_array_equal(flash, plain)


def test_synchronized_moments_are_those_of_the_one_device():
    images = RANDOM.normal(size=(4, 5, 5, 3)).astype("float32")

    alone, together = (
        ops.moments(images, axes=(0, 1), synchronized=synchronized)
        for synchronized in (False, True)
    )

    np.testing.assert_array_equal(alone, together)
