"""The mask thread: where a mask is born, what passes and uses it, and that it stays one."""

from __future__ import annotations

from tests.capture.mask_lives import TOKENS, functional, life, words_of


def test_mask_is_born_at_embedding_used_by_lstm_and_consumed(watch):
    scene = watch(f"""
        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="embedding"),
            layers.LSTM(3, name="lstm"),
        ], name="m")
        model({TOKENS})
    """)

    mask, events = life(scene.run("forward"))

    assert mask.born_at == "m/embedding#0"
    assert events == [
        ("born", "m/embedding#0"),
        ("used", "m/lstm#0"),
        ("consumed", "m/lstm#0"),
    ]


def test_mask_is_passed_by_layers_that_keep_it(watch):
    scene = watch(f"""
        model = keras.Sequential([
            layers.Embedding(10, 4, mask_zero=True, name="embedding"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(2, name="dense"),
        ], name="m")
        model({TOKENS})
    """)

    _, events = life(scene.run("forward"))

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

    _, events = life(scene.run("forward"))

    assert [what for what, call in events if call == "m/reader#0"] == ["used", "consumed"]


def test_mask_of_two_inputs_is_merged_into_one_that_goes_on(watch):
    scene = functional(
        watch,
        "w = layers.Embedding(9, 4, mask_zero=True, name='f')(tokens)\n"
        "y = layers.LSTM(2, name='l')(layers.Add(name='add')([x, w]))",
        "y",
    )

    first, second, joined = scene.run("forward").masks

    assert [m.events[-1].into for m in (first, second)] == [joined.id] * 2
    assert words_of(first, "m/add#0") == ["merged"]
    assert words_of(joined, "m/l#0") == ["used", "consumed"]


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

    mask, events = life(scene.run("forward"))

    assert mask.masked == 5
    assert events == [
        ("born", "m/embed/tokens#0"),
        ("passed", "m/embed#0"),
        ("used", "m/l#0"),
        ("consumed", "m/l#0"),
    ]


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

    mask, events = life(scene.run("forward"))

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

    mask, _ = life(scene.run("train_step"))

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

    assert words_of(of_query, "m/a#0") == ["used", "passed"]
    assert words_of(of_value, "m/a#0") == ["used", "consumed"]


def test_mask_goes_through_a_nested_functional_model(watch):
    scene = watch(f"""
        inside = keras.Input((4, 4))
        inner = keras.Model(inside, layers.Dense(2, name="d")(inside), name="inner")
        tokens = keras.Input((4,))
        x = layers.Embedding(9, 4, mask_zero=True, name="e")(tokens)
        keras.Model(tokens, layers.LSTM(2, name="l")(inner(x)), name="m")({TOKENS})
    """)

    _, events = life(scene.run("forward"))

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

    mask, _ = life(scene.run("forward"))

    assert words_of(mask, "m/td#0") == ["used", "passed"]


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
    scene = functional(
        watch,
        "a = layers.MultiHeadAttention(2, 2, name='a')(x, x)\n"
        "y = layers.LSTM(2, name='l')(layers.Add(name='add')([x, a]))",
        "y",
    )

    mask, _ = life(scene.run("forward"))

    # Keras' attention takes the mask off x, so Add sees one mask only; LSTM is given it by the
    # model itself. On a torch backend it is the same.
    assert words_of(mask, "m/a#0") == ["used", "passed", "dropped"]
    assert words_of(mask, "m/add#0") == ["dropped"]
    assert words_of(mask, "m/l#0") == ["used", "consumed"]
