"""Files as inputs: read as they are, fitted with every change told, and run by a real worker."""

from __future__ import annotations

import queue
import struct
import wave
import zlib

import numpy as np
import pytest

from inspector.errors import UsageError
from inspector.loading.input_files import Wanted, fitted, read_content
from inspector.session.client import Client, open_file
from inspector.session.protocol import (
    AskInputs,
    InputsGuessed,
    Opened,
    OpenFile,
    RunModel,
    RunUpdated,
)


def png(pixels, filters=(0,), colour=None, depth=8, palette=b""):
    """A PNG picture of (height, width, channels) bytes, its rows filtered as asked in turn."""
    height, width, channels = pixels.shape
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels] if colour is None else colour
    rows, above = [], np.zeros(width * channels, int)
    for number, row in enumerate(pixels.reshape(height, -1).astype(int)):
        kind = filters[number % len(filters)]
        left = np.concatenate([np.zeros(channels, int), row[:-channels]])
        corner = np.concatenate([np.zeros(channels, int), above[:-channels]])
        distance = [abs(left + above - corner - one) for one in (left, above, corner)]
        paeth = np.where(
            (distance[0] <= distance[1]) & (distance[0] <= distance[2]),
            left,
            np.where(distance[1] <= distance[2], above, corner),
        )
        guess = (0, left, above, (left + above) // 2, paeth)[kind]
        rows.append(bytes([kind]) + ((row - guess) % 256).astype("uint8").tobytes())
        above = row
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return container(header, b"".join(rows), palette)


def container(header, rows, palette=b""):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    parts = [chunk(b"IHDR", header), chunk(b"PLTE", palette) if palette else b""]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [*parts, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (7, 5, 3)).astype("uint8")


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_is_read_with_every_filter(tmp_path, channels):
    pixels = np.random.default_rng(1).integers(0, 256, (11, 6, channels)).astype("uint8")
    path = tmp_path / "a.png"
    path.write_bytes(png(pixels, filters=(1, 2, 3, 4, 0, 4)))

    content = read_content(path)

    assert content.kind == "picture"
    np.testing.assert_array_equal(content.arrays[None], pixels)


def test_png_with_a_palette_and_few_bits_is_read(tmp_path):
    # Eight pixels of two bits: 0 1 2 3 3 2 1 0, in one row.
    header = struct.pack(">IIBBBBB", 8, 1, 2, 3, 0, 0, 0)
    palette = bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    path = tmp_path / "a.png"
    path.write_bytes(container(header, b"\0\x1b\xe4", palette))

    found = read_content(path).arrays[None]

    assert found.shape == (1, 8, 3)
    assert found[0, 1].tolist() == [255, 0, 0]
    assert found[0, 3].tolist() == found[0, 4].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture", "no PNG"),
        (png(np.zeros((4, 4, 3), "uint8"))[:45], "ends too early|broken"),
        (png(np.zeros((1, 1, 1), "uint8"), depth=5), "unknown"),
        (container(struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0), b""), "pixels"),
    ],
)
def test_png_that_is_broken_is_refused_with_the_reason(tmp_path, data, words):
    path = tmp_path / "a.png"
    path.write_bytes(data)

    with pytest.raises(UsageError, match=words) as caught:
        read_content(path)

    assert str(path) in caught.value.message


def test_picture_that_needs_pillow_says_so(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff")

    with pytest.raises(UsageError, match=r"Pillow is not installed|cannot be read"):
        read_content(path)


def test_table_is_read_with_and_without_a_header(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4.5\n")
    (tmp_path / "b.csv").write_text("age,city\n30,Paris\n40,Rome\n")

    plain, named = read_content(tmp_path / "a.csv"), read_content(tmp_path / "b.csv")

    assert plain.arrays[None].tolist() == [[1, 2], [3, 4.5]]
    assert named.arrays["age"].tolist() == [30, 40]
    assert named.arrays["city"].tolist() == ["Paris", "Rome"]


@pytest.mark.parametrize("text", ["", "a,b\n", "1,2\n3\n", "x,y\n1,2,3\n4,5\n"])
def test_table_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)

    with pytest.raises(UsageError, match="cannot be read"):
        read_content(tmp_path / "a.csv")


def sound(path, samples, width=2):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())


def test_sound_is_read_between_minus_one_and_one(tmp_path):
    sound(tmp_path / "a.wav", np.array([[-32768, 0], [16384, 32767]], "<i2"))

    found = read_content(tmp_path / "a.wav").arrays[None]

    np.testing.assert_allclose(found, [[-1, 0], [0.5, 1]], atol=1e-4)


def test_picture_gets_size_channels_range_and_batch_and_each_is_told(pixels):
    said = []

    found = fitted("picture", pixels, Wanted("x", (None, 14, 10, 1), "float32"), said.append)

    assert found.shape == (1, 14, 10, 1)
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1
    assert said == [
        "colours turned to grey",
        "resized from 7×5 to 14×10 pixels",
        "pixels divided by 255, to 0..1",
        "a batch of one",
    ]


def test_picture_of_the_right_form_is_only_scaled(pixels):
    said = []

    found = fitted("picture", pixels, Wanted("x", (None, 7, 5, 3), "float32"), said.append)

    np.testing.assert_allclose(found[0], pixels / 255, rtol=1e-6)
    assert said == ["pixels divided by 255, to 0..1", "a batch of one"]


def test_picture_keeps_its_range_when_the_model_rescales(pixels):
    wanted = Wanted("x", (None, None, None, 3), "float32", rescales=True)

    found = fitted("picture", pixels, wanted, lambda text: None)

    np.testing.assert_array_equal(found[0], pixels)


def test_picture_has_channels_first_where_the_model_wants_them(pixels):
    found = fitted("picture", pixels, Wanted("x", (None, 3, 7, 5), "uint8"), lambda text: None)

    np.testing.assert_array_equal(found[0], np.moveaxis(pixels, -1, 0))


def test_picture_is_laid_out_in_a_row_for_a_flat_input():
    picture = np.zeros((56, 56, 1), "uint8")
    picture[:28] = 255

    found = fitted("picture", picture, Wanted("x", (None, 784), "float32"), lambda text: None)

    assert found.shape == (1, 784)
    assert found[0, :300].min() == 1.0
    assert found[0, -300:].max() == 0.0


def test_shrinking_a_picture_averages(pixels):
    even = np.tile(np.array([0, 200], "uint8"), (8, 8))[..., None]

    found = fitted("picture", even, Wanted("x", (None, 4, 4, 1), "uint8"), lambda text: None)

    assert abs(int(found[0, 2, 2, 0]) - 100) < 15


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((None, 4), (1, 4)), ((None, 2), (1, 2)), ((None, None), (1, 3)), ((None, 5, 1), (1, 5, 1)),
     ((None, None, 2), (1, 3, 2))],
)  # fmt: skip
def test_sound_is_cut_filled_and_mixed(shape, expected):
    samples = np.ones((3, 2), "float32")

    found = fitted("sound", samples, Wanted("x", shape, "float32"), lambda text: None)

    assert found.shape == expected


def test_array_gets_a_batch_axis_and_nothing_else():
    said = []
    values = np.ones((28, 28), "uint8")

    assert fitted("array", values, Wanted("x", (None, 28, 28), "float32"), said.append).shape == (
        1, 28, 28,
    )  # fmt: skip
    assert fitted("array", values, Wanted("x", (None, 7), "float32"), said.append) is values
    assert said == ["a batch of one"]


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        ("table", np.ones((2, 5)), Wanted("x", (None, 4), "float32")),
        ("table", np.full((2, 4), 0.5), Wanted("x", (None, 4), "int32")),
        ("text", np.array(["a"], object), Wanted("x", (None, 4), "int32")),
        ("table", np.ones((2, 1)), Wanted("x", (None, 1), "string")),
    ],
)
def test_values_that_do_not_fit_are_refused_with_a_way_out(kind, values, wanted):
    with pytest.raises(UsageError, match="The input x takes") as caught:
        fitted(kind, values, wanted, lambda text: None)

    assert caught.value.fix


SCRIPT = """
import keras
from keras import layers
image = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.Flatten(),
                          layers.Dense(2)], name="image")
left, right = keras.Input((1,), name="age"), keras.Input((1,), name="income")
table = keras.Model([left, right], layers.Add()([left, right]), name="table")
audio = keras.Sequential([keras.Input((16, 1)), layers.Conv1D(2, 3)], name="audio")
class Own(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.dense = layers.Dense(2)
    def call(self, x):
        return self.dense(x)
own = Own()
vectorize = layers.TextVectorization(output_sequence_length=3)
vectorize.adapt(["a b", "c"])
text = keras.Sequential([keras.Input((1,), dtype="string"), vectorize], name="text")
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "script.py").write_text(SCRIPT)
    (folder / "p.png").write_bytes(png(np.full((4, 6, 4), 9, "uint8")))
    (folder / "t.csv").write_text("id,income,age\n1,10,30\n2,20,40\n3,5,6\n")
    (folder / "plain.csv").write_text("1,2,3\n4,5,6\n")
    (folder / "l.txt").write_text("a b\nc c c c\n")
    sound(folder / "s.wav", np.zeros((4, 2), "<i2"))
    return folder


@pytest.mark.parametrize(
    ("model", "spec", "shapes", "told"),
    [
        ("image", "p.png", [(1, 8, 8, 3)], "Transparency left out; resized from 4×6 to 8×8"),
        ("table", "t.csv", [(3, 1), (3, 1)], "float64 turned into float32"),
        ("audio", "s.wav", [(1, 16, 1)], "2 channels averaged to one; filled up with silence"),
        ("own", "plain.csv", [(2, 3)], "Float64 turned into float32"),
        ("text", "l.txt", [(2, 1)], "2 lines of text, one sample each"),
    ],
)
def test_file_is_the_input_of_a_run_and_its_fitting_is_listed(script, model, spec, shapes, told):
    result = open_file(script / "script.py", model=model, input_specs=(str(script / spec),))

    assert result.trace.failure is None, result.trace.failure
    (run,) = [one for one in result.trace.runs if one.model == model and one.kind == "forward"]
    assert [ref.shape for ref in run.calls[0].inputs] == shapes
    notes = [one.why for one in result.trace.replaced if one.what.startswith("the input")]
    assert any(told.lower() in note.lower() for note in notes), notes


def test_file_that_does_not_fit_fails_with_the_words_for_it(script):
    result = open_file(script / "script.py", model="audio", input_specs=(str(script / "l.txt"),))

    assert "takes float32" in result.trace.failure.message
    assert "text" in result.trace.failure.message


@pytest.mark.parametrize(
    ("model", "specs", "words"),
    [
        ("image", ("float32[2,8,8]",), "takes (any, 8, 8, 3); what was given has the shape (2, 8,"),
        ("image", ("a.npy",), "takes (any, 8, 8, 3); a.npy has the shape (5, 4, 4, 1)"),
        ("image", ("nobody=float32[2,8,8,3]",), "there is none called 'nobody'"),
        ("image", ("none.npy",), "has no values: its shape is (0, 8, 8, 3)"),
    ],
)
def test_input_that_the_model_cannot_take_is_refused_in_one_sentence(script, model, specs, words):
    np.save(script / "a.npy", np.ones((5, 4, 4, 1), "float32"))
    np.save(script / "none.npy", np.ones((0, 8, 8, 3), "float32"))
    specs = tuple(str(script / text) if text.endswith(".npy") else text for text in specs)

    result = open_file(script / "script.py", model=model, input_specs=specs)

    assert words in result.trace.failure.message


GUESSED = """
import keras, numpy as np
from keras import layers
ids = keras.Input((None,), dtype="int32", name="ids")
picture = keras.Input((28, 28, 1), name="picture")
both = keras.Model(
    {"ids": ids, "picture": picture},
    layers.Concatenate()(
        [layers.GlobalAveragePooling1D()(layers.Embedding(50, 4)(ids)), layers.Flatten()(picture)]
    ),
    name="both",
)
class Pair(keras.Model):
    def __init__(self):
        super().__init__(name="pair")
        self.dense = layers.Dense(2)
    def call(self, second, first):
        return self.dense(second) + self.dense(first)
Pair()(np.ones((3, 5), "float32"), np.ones((3, 5), "float32"))
class Unknown(keras.Model):
    def call(self, x):
        return x * 2
unknown = Unknown(name="unknown")
"""


@pytest.fixture(scope="module")
def guesses(tmp_path_factory):
    """What is guessed for each model of a file whose last model nobody can feed."""
    path = tmp_path_factory.mktemp("guesses") / "script.py"
    path.write_text(GUESSED)
    answers, events = {}, queue.Queue()
    client = Client(events.put)
    client.start(file=path)
    client.send(OpenFile(str(path)))
    while not isinstance(event := events.get(timeout=60), Opened):
        pass
    answers["failure"] = event.trace.failure
    for name in ("both", "pair", "unknown"):
        client.send(AskInputs(name))
        while not isinstance(event := events.get(timeout=60), InputsGuessed):
            pass
        answers[name] = event.inputs
    client.send(RunModel("unknown", ("float32[2,3]",)))
    while not (isinstance(event := events.get(timeout=60), RunUpdated) and event.ended):
        pass
    answers["run"] = event.run
    client.close()
    return answers


def test_inputs_are_guessed_from_what_the_model_says(guesses):
    assert [(one.name, one.takes, one.guess) for one in guesses["both"]] == [
        ("ids", "(any, any) of int32", "int32[2,16]:0..49"),
        ("picture", "(any, 28, 28, 1) of float32", "float32[2,28,28,1]"),
    ]


def test_inputs_are_guessed_as_in_the_last_run_in_the_order_of_the_arguments(guesses):
    assert [(one.name, one.takes, one.guess) for one in guesses["pair"]] == [
        ("second", "(any, 5) of float32", "float32[3,5]"),
        ("first", "(any, 5) of float32", "float32[3,5]"),
    ]
    assert "last run" in guesses["pair"][0].why


def test_model_that_says_nothing_asks_and_runs_on_what_is_given(guesses):
    assert guesses["failure"].type == "InputsUnknown"
    assert [(one.name, one.guess) for one in guesses["unknown"]] == [("x", "float32[2,8]")]
    assert "nothing in the model says" in guesses["unknown"][0].why
    assert guesses["run"].calls[0].outputs[0].shape == (2, 3)
