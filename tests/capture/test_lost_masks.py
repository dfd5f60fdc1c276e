"""Masks that are lost: where, why, and what to do about it."""

from __future__ import annotations

import pytest

from tests.capture.mask_lives import TOKENS, dropped, functional, life, words_of


def test_mask_is_dropped_by_an_operator_and_the_line_is_named(watch):
    scene = watch(f"""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.embedding = layers.Embedding(10, 4, mask_zero=True, name="embedding")
                self.lstm = layers.LSTM(3, name="lstm")

            def call(self, tokens):
                x = self.embedding(tokens)
                x = x * 2.0
                return self.lstm(x)

        Net()({TOKENS})
    """)

    mask, _ = life(scene.run("forward"))
    dropped = [event for event in mask.events if event.what == "dropped"]

    assert [(event.line, event.op) for event in dropped] == [
        (scene.line("x = x * 2.0"), "multiply")
    ]


def test_mask_is_dropped_by_a_layer_that_does_not_support_masks(watch):
    scene = watch(f"""
        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="embedding"),
            layers.Flatten(name="flatten"),
        ], name="m")
        model({TOKENS})
    """)

    _, events = life(scene.run("forward"))

    assert ("dropped", "m/flatten#0") in events


DROPS = {
    "sum": ("y = x + x", "Add()"),
    "number": ("y = x * 2.0", "supports_masking"),
    "op": ("y = ops.relu(x)", "supports_masking"),
    "slice": ("y = x[:, 1:]", "mask[...]"),
    "reshape": ("y = ops.reshape(x, (-1, 2, 8))", "supports_masking"),
    "layer": ("y = layers.Conv1D(4, 1, name='c')(x)", "mask=mask"),
    "lambda": ("y = layers.Lambda(lambda t: t * 2)(x)", "mask=lambda"),
}


@pytest.mark.parametrize(("body", "advice"), DROPS.values(), ids=DROPS)
def test_drop_names_line_reason_and_what_to_do(watch, body, advice):
    scene = functional(watch, body, "layers.LSTM(2, name='l')(y)")

    (event,) = dropped(scene.run("forward"))

    assert event.line == scene.line(body)
    assert event.reason
    assert advice in event.fix


def test_sum_with_an_input_without_mask_drops_it(watch):
    scene = functional(
        watch, "w = layers.Embedding(9, 4)(tokens)\ny = layers.Add(name='add')([x, w])", "y"
    )

    (event,) = dropped(scene.run("forward"))

    assert event.call == "m/add#0"
    assert "only when all its inputs have one" in event.reason


def test_layer_that_uses_a_mask_but_hands_none_on_drops_it(watch):
    scene = watch(f"""
        class Keep(layers.Layer):
            def call(self, x, mask=None):
                return x * ops.cast(mask, x.dtype)[..., None]

        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True), Keep(name="keep"), layers.LSTM(2)
        ], name="m")
        model({TOKENS})
    """)

    mask, _ = life(scene.run("forward"))

    assert words_of(mask, "m/keep#0") == ["used", "dropped"]
    assert "Keep.__init__" in mask.events[-1].fix


def test_mask_that_attention_takes_off_its_input_is_dropped_there(watch):
    scene = watch(f"""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="n")
                self.e = layers.Embedding(10, 4, mask_zero=True)
                self.a = layers.MultiHeadAttention(2, 2, name="a")
                self.l = layers.LSTM(2, name="l")

            def call(self, tokens):
                x = self.e(tokens)
                return self.a(x, x), self.l(x)

        Net()({TOKENS})
    """)

    (event,) = dropped(scene.run("forward"))

    assert event.call == "n/a#0"
    assert "takes the masks off" in event.reason


def test_mask_lost_between_the_last_layer_and_the_output_isdropped(watch):
    scene = watch(f"""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="n")
                self.e = layers.Embedding(10, 4, mask_zero=True)

            def call(self, tokens):
                return ops.mean(self.e(tokens), axis=1)

        Net()({TOKENS})
    """)

    (event,) = dropped(scene.run("forward"))

    assert (event.op, event.line) == ("mean", scene.line("ops.mean"))
