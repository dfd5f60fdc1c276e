"""What the axes mean, and the ops that mix them up."""

from __future__ import annotations

import pytest


def _labelled(scene, kind="forward"):
    from inspector.capture.axes import label
    from inspector.capture.numbers.places import Places

    run = scene.run(kind)
    records = scene.recorder.store.records(run.number)
    return run, label(records, Places(run, records).passage)


def _out(run, found, name):
    call = next(call for call in run.calls if call.name == name)
    return found.labels[call.outputs[0].tensor]


def test_labels_follow_a_text_model(watch):
    scene = watch("""
        model = keras.Sequential([
            layers.Embedding(9, 4, name="embed"),
            layers.LSTM(5, return_sequences=True, name="reader"),
            layers.LayerNormalization(name="norm"),
            layers.GlobalAveragePooling1D(name="pool"),
            layers.Dense(2, name="head"),
        ], name="m")
        model(np.array([[1, 2, 3], [4, 5, 6]]))
    """)

    run, found = _labelled(scene)

    assert ("batch", "time", "features") == _out(run, found, "embed")
    assert ("batch", "time", "units") == _out(run, found, "reader")
    assert ("batch", "time", "units") == _out(run, found, "norm")
    assert ("batch", "channels") == _out(run, found, "pool")
    assert ("batch", "units") == _out(run, found, "head")
    assert [] == found.conflicts


def test_labels_follow_an_image_model(watch):
    scene = watch("""
        model = keras.Sequential([
            layers.Conv2D(4, 3, name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.ReLU(name="relu"),
            layers.Permute((3, 1, 2), name="swap"),
        ], name="m")
        model(np.ones((2, 8, 9, 3), "float32"))
    """)

    run, found = _labelled(scene)

    assert ("batch", "height", "width", "channels") == _out(run, found, "conv")
    assert ("batch", "height", "width", "channels") == _out(run, found, "relu")
    assert ("batch", "channels", "height", "width") == _out(run, found, "swap")


def test_heads_are_known_in_attention(watch):
    scene = watch("""
        x = np.random.default_rng(0).normal(size=(2, 3, 8)).astype("float32")
        layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    """)

    run, found = _labelled(scene)

    assert ("batch", "time", "heads", "units") == _out(run, found, "query")
    assert ("batch", "time", "features") == _out(run, found, "attention")
    assert [] == found.conflicts


SAME = """
class Net(keras.Model):
    def __init__(self):
        super().__init__(name="net")
        self.embed = layers.Embedding(9, 4)
        self.weigh = layers.Dense(1)

    def call(self, tokens):
        x = self.embed(tokens)
        {code}

Net()(np.array([[1, 2, 3, 4], [4, 5, 6, 7], [1, 1, 1, 1], [2, 2, 2, 2]]))
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "return x * self.weigh(x)[:, :, 0]",
            "lines the features axis of (4, 4, 4) up with the time axis",
        ),
        ("return ops.concatenate([x, x], axis=0)", "along the batch axis"),
        ("return ops.softmax(x, axis=0)", "goes over the batch axis"),
        ("return ops.matmul(x, x)", "sums over the features axis of (4, 4, 4) and the time axis"),
        (
            "return ops.matmul(ops.softmax(ops.matmul(x, ops.swapaxes(x, 1, 2)), axis=1), x)",
            "the softmax that made these weights goes over axis 1",
        ),
        (
            "return ops.reshape(x[:, :3], (-1, 4, 3))",
            "reshape from (4, 3, 4) to (4, 4, 3) does not exchange axes",
        ),
    ],
)
def test_mixed_up_axes_of_equal_size_are_found(watch, code, words):
    scene = watch(SAME.format(code=code))

    _, found = _labelled(scene)

    (conflict,) = found.conflicts
    assert words in conflict.message
    assert conflict.at.line == scene.line(code)
    assert conflict.fix


@pytest.mark.parametrize(
    "code",
    [
        "return x * self.weigh(x)",
        "return ops.concatenate([x, x], axis=-1)",
        "return ops.softmax(x, axis=1)",
        "return ops.matmul(x, ops.swapaxes(x, 1, 2))",
        "return ops.matmul(ops.swapaxes(x, 1, 2), x)",
        "return x + ops.arange(4, dtype='float32')",
        "return x - ops.mean(x, axis=1, keepdims=True)",
        "return ops.matmul(ops.softmax(ops.matmul(x, ops.swapaxes(x, 1, 2)), axis=-1), x)",
        "return ops.reshape(ops.reshape(x, (-1, 2, 2, 4)), (-1, 4, 4))",
        "return ops.reshape(x[:, :3], (-1, 12))",
    ],
)
def test_what_is_meant_is_no_conflict(watch, code):
    scene = watch(SAME.format(code=code))

    _, found = _labelled(scene)

    assert [] == found.conflicts
