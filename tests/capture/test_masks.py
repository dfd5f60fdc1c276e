"""The mask thread."""

from __future__ import annotations

TOKENS = "np.array([[3, 1, 0, 0], [2, 0, 0, 0]])"


def _life(run):
    assert len(run.masks) == 1, (
        run.masks,
        [(c.id, c.class_, c.inputs, c.outputs) for c in run.calls],
    )
    (mask,) = run.masks
    return mask, [(event.what, event.call) for event in mask.events]


def test_mask_is_born_at_embedding_used_by_lstm_and_consumed(watch):
    scene = watch(f"""
        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="embedding"),
            layers.LSTM(3, name="lstm"),
        ], name="m")
        model({TOKENS})
    """)

    mask, events = _life(scene.run("forward"))

    assert mask.born_at == "m/embedding#0"
    assert events == [
        ("born", "m/embedding#0"),
        ("used", "m/lstm#0"),
        ("consumed", "m/lstm#0"),
    ]


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

    mask, _ = _life(scene.run("forward"))
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

    _, events = _life(scene.run("forward"))

    assert ("dropped", "m/flatten#0") in events


def test_mask_is_passed_by_layers_that_keep_it(watch):
    scene = watch(f"""
        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="embedding"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(2, name="dense"),
        ], name="m")
        model({TOKENS})
    """)

    _, events = _life(scene.run("forward"))

    assert ("passed", "m/dropout#0") in events
    assert ("passed", "m/dense#0") in events
    assert not any(what in ("dropped", "consumed") for what, _ in events)


def test_mask_is_consumed_by_a_layer_that_takes_it_as_an_argument(watch):
    scene = watch(f"""
        class Reader(layers.Layer):
            def call(self, x, mask=None):
                return ops.sum(x * ops.cast(mask, "float32")[..., None], axis=1)

        inputs = keras.Input((None,), dtype="int32")
        x = layers.Embedding(9, 4, mask_zero=True, name="embedding")(inputs)
        model = keras.Model(inputs, Reader(name="reader")(x), name="m")
        model({TOKENS})
    """)

    _, events = _life(scene.run("forward"))

    assert [what for what, call in events if call == "m/reader#0"] == ["used", "consumed"]
