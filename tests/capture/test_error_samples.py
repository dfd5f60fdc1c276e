"""The commonest Keras errors, one script each in `errors/`: what is told of each, word for word.

Lines are those of the script. `origins` are (operand, axis, what, line).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector.session.client import open_file

SAMPLES = Path(__file__).parent / "errors"
Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Told:
    """What a user reads of one failure."""

    call: str | None
    line: int
    expected: str
    found: str
    operands: tuple[tuple[str, Shape], ...]
    origins: tuple[tuple[str, int, str, int], ...]
    fix: str


TOLD = {
    "call_arguments": Told(
        "net/gate#0", 20, "Gate.call(x, gate)", "only x",
        (("x", (4, 8)),),
        (("x", 0, "the batch axis of the input np.zeros((4, 10), dtype='float32')", 23),
         ("x", 1, "Dense(8)", 16)),
        "Pass gate too: it has no default.",
    ),
    "concat_axis": Told(
        "both#0", 10, "the same size on every axis but axis 0, along which they are joined",
        "axis 1: 8 against 12 (a (None, 8) and b (None, 12))",
        (("a", (None, 8)), ("b", (None, 12))),
        (("a", 0, "Input 'left' of shape (None, 16)", 6), ("a", 1, "Dense(8)", 8),
         ("b", 1, "Dense(12)", 9)),
        "Join along the last axis, the only one that differs: axis=-1 instead of 0.",
    ),
    "duplicate_names": Told(
        None, 10, "a name of its own for each layer", "'block' 3 times, all made at line 9",
        (), (),
        'Number the name in the loop, name=f"block_{i}", or leave `name` out.',
    ),
    "flatten_before_dense": Told(
        "net/head#0", 14, "the last axis of x to be 100, as the last but one of kernel",
        "4: x is (3, 5, 5, 4), kernel is (100, 10)",
        (("x", (3, 5, 5, 4)), ("kernel", (100, 10))),
        (("x", 0, "the batch axis of images", 28),
         ("x", 1, "MaxPooling2D (pool 2, stride 2) of 10", 21), ("x", 3, "Conv2D(4)", 20),
         ("kernel", 0, "kernel of Head 'head'", 22)),
        "Flatten x first: 5 x 5 x 4 = 100.",
    ),
    "flatten_missing": Told(
        None, 17, "labels that fit the predictions' shape (8, 10, 10, 10)",
        "y_train of shape (8, 10)",
        (("y_train", (8, 10)), ("y_pred", (8, 10, 10, 10))),
        (("y_train", 0, "the batch that fit takes of y_train", 8),
         ("y_pred", 0, "the batch that fit takes of x_train", 7),
         ("y_pred", 1, "Conv2D (kernel 3, padding 'valid') of 12", 12),
         ("y_pred", 3, "Dense(10)", 13)),
        "Put a Flatten or a global pooling layer before Dense 'scores' (line 13): "
        "its predictions have 4 axes, the labels 2.",
    ),
    "graph_disconnected": Told(
        None, 11, "every Input that the outputs are computed from among the model's inputs",
        "price is not among them",
        (("price", (None, 1)),), (("price", 1, "Input 'price' of shape (None, 1)", 7),),
        "Add price to `inputs` of the model.",
    ),
    "keras_tensor_in_numpy": Told(
        None, 9, "an array that holds values",
        "hidden (None, 8), a KerasTensor: it has a shape, and no values until it is run",
        (("hidden", (None, 8)),),
        (("hidden", 0, "Input 'readings' of shape (None, 10)", 7), ("hidden", 1, "Dense(8)", 8)),
        "Use keras.ops.log1p in place of np.log1p.",
    ),
    "label_shape": Told(
        None, 11, "labels that fit the predictions' shape (16, 10)", "y_train of shape (16,)",
        (("y_train", (16,)), ("y_pred", (16, 10))),
        (("y_train", 0, "the batch that fit takes of y_train", 8), ("y_pred", 1, "Dense(10)", 9)),
        "Use loss='sparse_categorical_crossentropy', which takes class numbers, "
        "or make y_train one-hot with keras.utils.to_categorical.",
    ),
    "lstm_without_sequences": Told(
        "second#0", 9, "3 axes (batch, time, features) for LSTM 'second'", "2 axes: (None, 32)",
        (("x", (None, 32)),),
        (("x", 0, "Input 'words' of shape (None, 20)", 6), ("x", 1, "LSTM(32)", 8)),
        "Give LSTM 'first' (line 8) return_sequences=True: "
        "without it only the last step goes on.",
    ),
    "matmul_transpose": Told(
        "attention#0", 16, "the last axis of q to be 5, as the last but one of k",
        "8: q is (2, 5, 8), k is (2, 5, 8)",
        (("q", (2, 5, 8)), ("k", (2, 5, 8))),
        (("q", 1, "axis 1 of sentences", 19), ("q", 2, "Dense(8)", 10), ("k", 2, "Dense(8)", 11)),
        "Transpose k: its last axis is the 8 that q has, so ops.swapaxes(k, -1, -2) fits.",
    ),
    "missing_input": Told(
        "two_inputs#0", 12, "2 inputs: text (None, 16), price (None, 1)", "1: reviews (4, 16)",
        (("reviews", (4, 16)),),
        (("reviews", 0, "the batch axis of reviews", 11),
         ("reviews", 1, "the last axis of reviews", 11)),
        "Pass all of them, in this order: [text, price].",
    ),
    "none_channel": Told(
        "project#0", 7, "a number for each axis of project/kernel, (None, 8), "
        "which is made from the input's last axis", "None: signal is (None, 100, None)",
        (("signal", (None, 100, None)),),
        (("signal", 2, "Input 'signal' of shape (None, 100, None)", 6),),
        "Write the last axis of the Input at line 6 as a number, not None.",
    ),
    "reshape_size": Told(
        "back#0", 10, "1152 values: 12 x 12 x 8", "1352",
        (("x", (None, 1352)),), (("x", 1, "13 x 13 x 8 from Flatten", 9),),
        "Reshape to (13, 13, 8): that is what Flatten 'flat' (line 9) flattened.",
    ),
    "skip_connection": Told(
        "join#0", 9, "each axis equal on both, or 1",
        "axis 3: 16 against 32 (x (None, 16, 16, 16) and y (None, 16, 16, 32))",
        (("x", (None, 16, 16, 16)), ("y", (None, 16, 16, 32))),
        (("x", 1, "Input 'image' of shape (None, 16, 16, 3)", 6), ("x", 3, "Conv2D(16)", 7),
         ("y", 3, "Conv2D(32)", 8)),
        "Give both the same last axis: Conv2D(32, 1) on x, now 16, before they are added.",
    ),
    "weights_count": Told(
        None, 10, "4 arrays: sequential_1/hidden/kernel (4, 8), sequential_1/hidden/bias (8,), "
        "sequential_1/scores/kernel (8, 2), sequential_1/scores/bias (2,)", "2", (), (),
        "Give it the weights of a model with these layers.",
    ),
    "weights_file": Told(
        None, 13, "(4, 16) for sequential_1/hidden/kernel", "(4, 8) in what is loaded",
        (("sequential_1/hidden/kernel", (4, 16)),),
        (("sequential_1/hidden/kernel", 0, "the input that Dense 'hidden' was built for", 12),
         ("sequential_1/hidden/kernel", 1, "Dense(16)", 12)),
        "Make Dense 'hidden' (line 12) as it was saved, Dense(8), "
        "or load weights that were saved from this model.",
    ),
    "wrong_dtype": Told(
        "sequential#0", 9, "numbers", "text in words, such as 'red'",
        (("words", (2, 2)),), (("words", 0, "the batch axis of words", 7),),
        "Turn the text into numbers first: keras.layers.StringLookup or TextVectorization.",
    ),
    "wrong_features": Told(
        "scores#0", 10, "the last axis to be 10, as when Dense 'scores' was built (line 9)",
        "12: (8, 12)", (("x_test", (8, 12)),), (("x_test", 1, "the last axis of x_test", 7),),
        "",  # who is wrong, the data or the layer, cannot be known
    ),
    "wrong_rank": Told(
        "sequential#0", 9, "at least 4 axes (batch, height, width, channels) for Conv2D 'conv'",
        "3 axes: (6, 28, 28)", (("images", (6, 28, 28)),),
        (("images", 0, "the batch axis of images", 7), ("images", 1, "axis 1 of images", 7)),
        "Add the channel axis: images[..., None] is (6, 28, 28, 1).",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TOLD))
def test_common_error_is_told_by_axis_with_its_origins_and_the_fix(watch, name):
    scene = watch((SAMPLES / f"{name}.py").read_text(), preamble="")
    told = TOLD[name]

    (failure,) = [run.failure for run in scene.recorder.runs() if run.failure is not None]
    origins = {
        (operand.argument, axis.axis): (axis.what, axis.line)
        for operand in failure.operands
        for axis in operand.axes_from
    }

    assert scene.error is not None
    assert (failure.call, failure.line) == (told.call, told.line)
    assert (failure.expected, failure.found) == (told.expected, told.found)
    assert tuple((o.argument, o.shape) for o in failure.operands) == told.operands
    for operand, axis, what, line in told.origins:
        assert origins[operand, axis] == (what, line)
    assert failure.fix == told.fix


def test_every_error_sample_is_told_of():
    names = {path.stem for path in SAMPLES.glob("*.py")}

    assert names == {*TOLD, "not_built"}


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("not_built", "Let it begin with keras.Input(shape=...), or call it on a batch before"),
        ("label_shape", "Use loss='sparse_categorical_crossentropy'"),
    ],
)
def test_file_that_stops_is_opened_with_the_certain_fix(name, fix):
    result = open_file(SAMPLES / f"{name}.py", engine="numpy")

    assert result.trace.failure.fix.startswith(fix)


def test_labels_of_train_on_batch_are_named_when_the_loss_fails(watch):
    scene = watch("""
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="scores")])
        loss = keras.losses.SparseCategoricalCrossentropy()
        x, one_hot = np.ones((2, 4)), np.eye(3)[:2]
        model.compile("sgd", loss)
        model.train_on_batch(x, one_hot)
    """)

    failure = next(run.failure for run in scene.recorder.runs() if run.failure is not None)

    assert failure.operands[0].argument == "one_hot"
    assert failure.fix == "Use loss='categorical_crossentropy', which takes one-hot labels."


def test_input_is_told_by_the_words_of_the_call_when_no_variable_is_it(watch):
    scene = watch("""
        data = np.ones((6, 9))
        layer = layers.Dense(2, name="d")
        layer(np.ones((1, 5)))
        layer(data[2:4, :7])
    """)

    (operand,) = scene.run("forward", 1).failure.operands

    assert operand.axes_from[1].what == "the last axis of the input data[2:4, :7]"
    assert operand.axes_from[1].line == scene.line("layer(data")


def test_error_that_is_caught_is_not_given_to_a_run(watch):
    scene = watch("""
        inputs = keras.Input((3,), name="a")
        model = keras.Model(inputs, layers.Dense(2)(inputs))
        try:
            model.set_weights([])
        except ValueError:
            pass
        model(np.ones((1, 3)))
    """)

    assert [run.failure for run in scene.recorder.runs()] == [None, None]


def test_page_of_failures_tells_what_is_told(root):
    page = (root / "docs" / "failures.md").read_text()

    for name, told in TOLD.items():
        section = page.partition(f"### {name}\n")[2].partition("###")[0]
        assert f"- expected: {told.expected}\n" in section
        assert f"- found: {told.found}\n" in section
        assert told.fix in section
