"""The mask thread."""

from __future__ import annotations

import pytest

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


LINE = """
tokens = keras.Input((4,), dtype="int32")
x = layers.Embedding(10, 4, mask_zero=True, name="e")(tokens)
"""


def _functional(watch, body, outputs):
    """The forward pass of a Functional model on a masked embedding `x`."""
    return watch(
        f"{LINE}{body}\nmodel = keras.Model(tokens, {outputs}, name='m')\nmodel({TOKENS})\n"
    )


def _words(mask, call):
    return [event.what for event in mask.events if event.call == call]


def _dropped(run):
    return [event for mask in run.masks for event in mask.events if event.what == "dropped"]


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
    scene = _functional(watch, body, "layers.LSTM(2, name='l')(y)")

    (event,) = _dropped(scene.run("forward"))

    assert event.line == scene.line(body)
    assert event.reason
    assert advice in event.fix


def test_mask_of_two_inputs_is_merged_into_one_that_goes_on(watch):
    scene = _functional(
        watch,
        "w = layers.Embedding(9, 4, mask_zero=True, name='f')(tokens)\n"
        "y = layers.LSTM(2, name='l')(layers.Add(name='add')([x, w]))",
        "y",
    )

    first, second, joined = scene.run("forward").masks

    assert [m.events[-1].into for m in (first, second)] == [joined.id] * 2
    assert _words(first, "m/add#0") == ["merged"]
    assert _words(joined, "m/l#0") == ["used", "consumed"]


def test_sum_with_an_input_without_mask_drops_it(watch):
    scene = _functional(
        watch, "w = layers.Embedding(9, 4)(tokens)\ny = layers.Add(name='add')([x, w])", "y"
    )

    (event,) = _dropped(scene.run("forward"))

    assert event.call == "m/add#0"
    assert "only when all its inputs have one" in event.reason


def test_mask_that_a_layer_computes_again_is_the_same_mask(watch):
    scene = watch(f"""
        class Embed(layers.Layer):
            def __init__(self):
                super().__init__(name="embed")
                self.tokens = layers.Embedding(9, 4, mask_zero=True, name="tokens")

            def compute_mask(self, ids, mask=None):
                return self.tokens.compute_mask(ids)

            def call(self, ids):
                return self.tokens(ids) + 1.0

        keras.Sequential([Embed(), layers.LSTM(2, name="l")], name="m")({TOKENS})
    """)

    mask, events = _life(scene.run("forward"))

    assert mask.masked == 5
    assert events == [
        ("born", "m/embed/tokens#0"),
        ("passed", "m/embed#0"),
        ("used", "m/l#0"),
        ("consumed", "m/l#0"),
    ]


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

    mask, _ = _life(scene.run("forward"))

    assert _words(mask, "m/keep#0") == ["used", "dropped"]
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

    (event,) = _dropped(scene.run("forward"))

    assert event.call == "n/a#0"
    assert "takes the masks off" in event.reason


def test_mask_lost_between_the_last_layer_and_the_output_is_dropped(watch):
    scene = watch(f"""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="n")
                self.e = layers.Embedding(10, 4, mask_zero=True)

            def call(self, tokens):
                return ops.mean(self.e(tokens), axis=1)

        Net()({TOKENS})
    """)

    (event,) = _dropped(scene.run("forward"))

    assert (event.op, event.line) == ("mean", scene.line("ops.mean"))


def test_mask_of_user_code_is_born_where_it_was_made(watch):
    scene = watch(f"""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="n")
                self.e = layers.Embedding(10, 4)
                self.l = layers.LSTM(2, name="l")

            def call(self, tokens):
                kept = ops.not_equal(tokens, 0)
                return self.l(self.e(tokens), mask=kept)

        Net()({TOKENS})
    """)

    mask, events = _life(scene.run("forward"))

    assert mask.events[0].line == scene.line("kept = ")
    assert events == [("born", "n#0"), ("used", "n/l#0"), ("consumed", "n/l#0")]


def test_mask_weights_the_loss_and_the_metrics(watch):
    scene = watch(f"""
        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True), layers.Dense(1)
        ], name="m")
        model.compile("sgd", "mse", metrics=["mae"])
        model.fit({TOKENS}, np.ones((2, 4, 1)), verbose=0)
    """)

    mask, _ = _life(scene.run("train_step"))

    uses = [event.reason for event in mask.events if event.what == "used"]
    assert uses == [
        "weights the loss: masked values count 0",
        "weights the metric mae: masked values count 0",
    ]


def test_trace_knows_one_mask_by_one_id_on_every_tensor(watch):
    scene = watch(f"""
        keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.Dense(2),
        ], name="m")({TOKENS})
    """)

    run = scene.run("forward")

    carried = {ref.mask for call in run.calls for ref in call.outputs if ref.mask is not None}
    assert carried == {run.masks[0].id}


def test_values_mask_of_cross_attention_is_used_and_ends_there(watch):
    scene = watch(f"""
        one, two = keras.Input((4,)), keras.Input((4,))
        x = layers.Embedding(9, 4, mask_zero=True, name="e")(one)
        w = layers.Embedding(9, 4, mask_zero=True, name="f")(two)
        y = layers.MultiHeadAttention(2, 2, name="a")(x, w)
        keras.Model([one, two], y, name="m")([{TOKENS}, {TOKENS}[:, ::-1].copy()])
    """)

    of_query, of_value = sorted(scene.run("forward").masks, key=lambda mask: mask.born_at)

    assert _words(of_query, "m/a#0") == ["used", "passed"]
    assert _words(of_value, "m/a#0") == ["used", "consumed"]


def test_mask_goes_through_a_nested_functional_model(watch):
    scene = watch(f"""
        inside = keras.Input((4, 4))
        inner = keras.Model(inside, layers.Dense(2, name="d")(inside), name="inner")
        tokens = keras.Input((4,))
        x = layers.Embedding(9, 4, mask_zero=True, name="e")(tokens)
        keras.Model(tokens, layers.LSTM(2, name="l")(inner(x)), name="m")({TOKENS})
    """)

    _, events = _life(scene.run("forward"))

    assert events == [
        ("born", "m/e#0"),
        ("passed", "m/inner/d#0"),
        ("used", "m/l#0"),
        ("consumed", "m/l#0"),
    ]


def test_mask_is_used_by_the_layer_that_is_repeated_over_time(watch):
    scene = watch("""
        tokens = np.array([[[1, 0], [2, 3]], [[0, 0], [1, 1]]])
        keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="e"),
            layers.TimeDistributed(layers.LSTM(2, name="l"), name="td"),
        ], name="m")(tokens)
    """)

    mask, _ = _life(scene.run("forward"))

    assert _words(mask, "m/td#0") == ["used", "passed"]


def test_mask_that_compute_mask_cuts_goes_on_as_another_one(watch):
    scene = watch(f"""
        class Cut(layers.Layer):
            def __init__(self, **options):
                super().__init__(**options)
                self.supports_masking = True

            def compute_mask(self, x, mask=None):
                return None if mask is None else mask[:, 1:]

            def call(self, x):
                return x[:, 1:]

        keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="e"), Cut(name="cut"), layers.LSTM(2)
        ], name="m")({TOKENS})
    """)

    whole, cut = scene.run("forward").masks

    assert (whole.events[-1].what, whole.events[-1].into) == ("passed", cut.id)
    assert cut.shape == (2, 3)


def test_mask_that_a_functional_model_computes_again_is_the_one_it_was(watch):
    scene = _functional(
        watch,
        "a = layers.MultiHeadAttention(2, 2, name='a')(x, x)\n"
        "y = layers.LSTM(2, name='l')(layers.Add(name='add')([x, a]))",
        "y",
    )

    mask, _ = _life(scene.run("forward"))

    # Keras' attention takes the mask off x, so Add sees one mask only; LSTM is given it by the
    # model itself. On a torch backend it is the same.
    assert _words(mask, "m/a#0") == ["used", "passed", "dropped"]
    assert _words(mask, "m/add#0") == ["dropped"]
    assert _words(mask, "m/l#0") == ["used", "consumed"]
