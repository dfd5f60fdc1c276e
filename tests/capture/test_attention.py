"""The effective masks of attention calls."""

from __future__ import annotations

import numpy as np
import pytest

TOKENS = "np.array([[3, 1, 0], [2, 4, 5]])"
PADDING = np.array([[1, 1, 0], [1, 1, 1]], bool)
CAUSAL = np.tri(3, dtype=bool)
BLOCK = PADDING[:, None, :, None] & PADDING[:, None, None, :]


def _model(layer, call):
    return f"""
tokens = keras.Input((3,), dtype="int32")
x = layers.Embedding(9, 4, mask_zero=True)(tokens)
y = layers.{layer}({call})
model = keras.Model(tokens, y, name="m")
model({TOKENS})
"""


CASES = {
    "padding": ("MultiHeadAttention(2, 2, name='a')", "x, x", BLOCK),
    "padding and causal": (
        "MultiHeadAttention(2, 2, name='a')", "x, x, use_causal_mask=True", BLOCK & CAUSAL
    ),
    "scores shown": (
        "MultiHeadAttention(2, 2, dropout=0.1, name='a')",
        "x, x, use_causal_mask=True",
        BLOCK & CAUSAL,
    ),
    "grouped": (
        "GroupQueryAttention(2, 2, 1, name='a')", "x, x, use_causal_mask=True", BLOCK & CAUSAL
    ),
    "window": (
        "GroupQueryAttention(2, 2, 1, sliding_window=1, name='a')",
        "x, x",
        BLOCK & np.eye(3, dtype=bool),
    ),
    "attention": ("Attention(name='a')", "[x, x]", PADDING[:, None, None, :]),
    "additive": (
        "AdditiveAttention(name='a')",
        "[x, x], use_causal_mask=True",
        PADDING[:, None, None, :] & CAUSAL,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layer", "call", "expected"), CASES.values(), ids=CASES)
def test_effective_mask_is_what_the_softmax_was_given(watch, layer, call, expected):
    scene = watch(_model(layer, call))
    run = scene.run("forward")

    (found,) = run.attention

    values = scene.recorder.tensor(run.number, found.tensor).numpy()
    shape = (2, found.heads, 3, 3)
    assert found.call == "m/a#0"
    assert (np.broadcast_to(values, shape) == np.broadcast_to(expected, shape)).all()
    assert found.blocked == int((~np.broadcast_to(expected, shape).any(-1)).sum())


def test_causal_mask_is_shown_where_only_the_op_knows_of_it(watch):
    scene = watch("""
        x = np.ones((2, 3, 4), "float32")
        layers.MultiHeadAttention(2, 2, name="a")(x, x, use_causal_mask=True)
    """)
    run = scene.run("forward")

    (found,) = run.attention

    assert found.made_of == ("causal: no key after the query",)
    assert (scene.recorder.tensor(run.number, found.tensor).numpy()[0, 0] == CAUSAL).all()


def test_parts_of_the_mask_are_named(watch):
    body = _model("MultiHeadAttention(2, 2, name='a')", "x, x, use_causal_mask=True")

    (found,) = watch(body).run("forward").attention

    assert found.made_of == (
        "padding of the query",
        "padding of the value",
        "causal: no key after the query",
    )


def test_mask_that_was_given_is_named(watch):
    scene = watch("""
        x = np.ones((2, 3, 4), "float32")
        layers.MultiHeadAttention(2, 2)(x, x, attention_mask=np.tri(3, dtype=bool)[None])
    """)

    (found,) = scene.run("forward").attention

    assert found.made_of == ("attention_mask as it was given",)


def test_attention_without_a_mask_has_none(watch):
    scene = watch("layers.MultiHeadAttention(2, 2)(np.ones((2, 3, 4)), np.ones((2, 3, 4)))")

    assert scene.run("forward").attention == ()
