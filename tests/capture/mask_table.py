"""What each Keras layer does with a mask that comes in: the table, and the page that it is put on.

`.venv/bin/python tests/capture/mask_table.py` writes the table into docs/masks.md;
`test_mask_table.py` runs every row and compares with Keras itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "masks.md"
START, END = "<!-- the table, from here -->", "<!-- the table, to here -->"

# Each input with its mask: (expression, shape of the mask).
STEPS = ("np.ones((2, 3, 4), 'float32')", (2, 3))
ROWS_2D = ("np.ones((2, 3), 'float32')", (2, 3))
FLAT = ("np.ones((2, 4), 'float32')", (2,))
SOUND = ("np.ones((2, 512), 'float32')", (2, 512))
WAVES = ("np.ones((2, 512, 1), 'float32')", (2, 512))
NUMBERS = ("np.ones((2, 3), 'int32')", (2, 3))
TEXTS = ("np.array([['a'], ['b']])", (2, 1))
IMAGES = ("np.ones((2, 8, 8, 3), 'float32')", (2, 8, 8))
VOLUMES = ("np.ones((2, 4, 4, 4, 3), 'float32')", (2, 4, 4, 4))
FILMS = {n: (f"np.ones((2, 3, {'4, ' * n}3), 'float32')", (2, 3)) for n in (1, 2, 3)}


@dataclass(frozen=True)
class Row:
    """One layer class: how it is made, what it is given, what becomes of the mask.

    words: the events at the layer or inside it; empty where it is not run, `note` says why.
    """

    make: str
    words: tuple[str, ...]
    given: tuple[str, tuple[int, ...]] = STEPS
    call: str = "layer(x)"
    note: str = ""

    @property
    def name(self) -> str:
        return self.make.partition("(")[0]


def _rows(
    words: tuple[str, ...],
    given: tuple[str, tuple[int, ...]],
    *makes: str,
    call: str = "layer(x)",
    note: str = "",
) -> list[Row]:
    return [Row(make, words, given, call, note) for make in makes]


_LOST = ("dropped",)
_STATES = "layer(x, [np.zeros((2, 2), 'float32')] * 2)"

ROWS: tuple[Row, ...] = (
    *_rows(
        ("passed",),
        STEPS,
        "Activation('relu')",
        "ActivityRegularization()",
        "AlphaDropout(0.5)",
        "Dense(2)",
        "Dropout(0.5)",
        "ELU()",
        "GaussianDropout(0.5)",
        "GaussianNoise(0.5)",
        "GroupNormalization(2)",
        "Identity()",
        "LayerNormalization()",
        "LeakyReLU()",
        "Normalization(mean=0.0, variance=1.0)",
        "PReLU()",
        "ReLU()",
        "Rescaling(0.5)",
        "SpatialDropout1D(0.5)",
        "UnitNormalization()",
    ),
    *_rows(("passed",), IMAGES, "SpatialDropout2D(0.5)"),
    *_rows(("passed",), VOLUMES, "SpatialDropout3D(0.5)"),
    *_rows(
        ("passed",),
        STEPS,
        "TimeDistributed(layers.Dense(2))",
        note="used where its layer takes one",
    ),
    *_rows(
        ("passed", "passed"), STEPS, "Pipeline([layers.Rescaling(0.5)])", note="as its layers do"
    ),
    *_rows(
        ("passed",),
        IMAGES,
        "MaxNumBoundingBoxes(3)",
        "RandomColorJitter()",
        note="the very tensor comes out again, though the layer knows nothing of masks",
    ),
    *_rows(
        ("used", "passed"),
        STEPS,
        "BatchNormalization()",
        call="layer(x, training=True)",
        note="used in training only",
    ),
    *_rows(
        ("used", "passed", "used", "passed", "passed"),
        STEPS,
        "Bidirectional(layers.LSTM(2, return_sequences=True))",
        note="used by the layer of each direction",
    ),
    *_rows(("used", "passed"), ROWS_2D, "Softmax()", note="the mask is of the input's own shape"),
    *_rows(
        ("used", "passed"),
        STEPS,
        "MultiHeadAttention(2, 2)",
        "GroupQueryAttention(2, 2, 1)",
        call="layer(x, x)",
        note="the query's mask lives on",
    ),
    *_rows(
        ("used", "passed"),
        STEPS,
        "Attention()",
        "AdditiveAttention()",
        call="layer([x, x])",
        note="the query's mask lives on",
    ),
    *_rows(
        ("used", "consumed"),
        STEPS,
        "GRU(2)",
        "LSTM(2)",
        "RNN(layers.LSTMCell(2))",
        "SimpleRNN(2)",
        note="passed with return_sequences=True",
    ),
    *(
        Row(f"ConvLSTM{n}D(2, 1)", ("used", "consumed"), given, note="passed with return_sequences")
        for n, given in FILMS.items()
    ),
    *_rows(("used", "consumed"), STEPS, "GlobalAveragePooling1D()"),
    *_rows(("consumed",), STEPS, "Dot(axes=-1)", call="layer([x, other])"),
    *_rows(
        ("merged",),
        STEPS,
        "Add()",
        "Average()",
        "Concatenate(axis=1)",
        "Subtract()",
        call="layer([x, other])",
        note="dropped by all but Concatenate when one of the inputs has no mask",
    ),
    *_rows(
        ("used", "merged"),
        STEPS,
        "Maximum()",
        "Minimum()",
        "Multiply()",
        call="layer([x, other])",
        note="dropped when one of the inputs has no mask",
    ),
    *_rows(_LOST, STEPS, "Masking()", note="its own mask takes the place of the one coming in"),
    *_rows(
        _LOST,
        NUMBERS,
        "Embedding(5, 2)",
        "ReversibleEmbedding(5, 2)",
        note="with mask_zero=True its own mask takes the place of the one coming in",
    ),
    *_rows(
        _LOST,
        STEPS,
        "Lambda(lambda x: x * 2)",
        note="passed with mask=lambda inputs, mask: mask",
    ),
    *_rows(
        _LOST,
        STEPS,
        "AdaptiveAveragePooling1D(2)",
        "AdaptiveMaxPooling1D(2)",
        "AveragePooling1D(2)",
        "Conv1D(2, 1)",
        "Conv1DTranspose(2, 1)",
        "Cropping1D(1)",
        "DepthwiseConv1D(1)",
        "EinsumDense('abc,cd->abd', (None, 2))",
        "Flatten()",
        "GlobalMaxPooling1D()",
        "MaxPooling1D(2)",
        "Permute((2, 1))",
        "RMSNormalization()",
        "Reshape((-1,))",
        "SeparableConv1D(2, 1)",
        "SpectralNormalization(layers.Conv1D(2, 1))",
        "UpSampling1D()",
        "ZeroPadding1D()",
    ),
    *_rows(_LOST, FLAT, "RepeatVector(2)"),
    *_rows(_LOST, FLAT, "LSTMCell(2)", call=_STATES),
    *_rows(
        _LOST,
        FLAT,
        "GRUCell(2)",
        "SimpleRNNCell(2)",
        call="layer(x, np.zeros((2, 2), 'float32'))",
    ),
    *_rows(
        _LOST,
        FLAT,
        "StackedRNNCells([layers.LSTMCell(2)])",
        call="layer(x, [[np.zeros((2, 2), 'float32')] * 2])",
    ),
    *_rows(_LOST, NUMBERS, "CategoryEncoding(3)", "Hashing(3)", "IntegerLookup(vocabulary=[1])"),
    *_rows(_LOST, ROWS_2D, "Discretization([0.5])"),
    *_rows(_LOST, TEXTS, "StringLookup(vocabulary=['a'])", "TextVectorization(vocabulary=['a'])"),
    *_rows(_LOST, NUMBERS, "HashedCrossing(3)", call="layer((x[:, :1], keep(x[:, :1])))"),
    *_rows(_LOST, SOUND, "MelSpectrogram(sequence_stride=64, fft_length=128)"),
    *_rows(_LOST, WAVES, "STFTSpectrogram('log', 128, 64, 128)"),
    *_rows(
        _LOST,
        IMAGES,
        "AdaptiveAveragePooling2D(2)",
        "AdaptiveMaxPooling2D(2)",
        "AugMix()",
        "AutoContrast()",
        "AveragePooling2D(2)",
        "CenterCrop(4, 4)",
        "ContrastLimitedAdaptiveHistogramEqualization()",
        "Conv2D(2, 1)",
        "Conv2DTranspose(2, 1)",
        "Cropping2D(1)",
        "CutMix()",
        "DepthwiseConv2D(1)",
        "Equalization()",
        "GlobalAveragePooling2D()",
        "GlobalMaxPooling2D()",
        "MaxPooling2D(2)",
        "MixUp()",
        "RandAugment()",
        "RandomBrightness(0.5)",
        "RandomColorDegeneration(0.5)",
        "RandomContrast(0.5)",
        "RandomCrop(4, 4)",
        "RandomElasticTransform()",
        "RandomErasing()",
        "RandomFlip()",
        "RandomGaussianBlur()",
        "RandomGrayscale()",
        "RandomHue(0.5)",
        "RandomInvert()",
        "RandomPerspective()",
        "RandomPosterization(4)",
        "RandomRotation(0.5)",
        "RandomSaturation(0.5)",
        "RandomSharpness(0.5)",
        "RandomShear(0.1, 0.1)",
        "RandomTranslation(0.1, 0.1)",
        "RandomZoom(0.1)",
        "Resizing(4, 4)",
        "SeparableConv2D(2, 1)",
        "Solarization()",
        "UpSampling2D()",
        "ZeroPadding2D()",
    ),
    *_rows(
        _LOST,
        VOLUMES,
        "AdaptiveAveragePooling3D(2)",
        "AdaptiveMaxPooling3D(2)",
        "AveragePooling3D(2)",
        "Conv3D(2, 1)",
        "Conv3DTranspose(2, 1)",
        "Cropping3D(1)",
        "GlobalAveragePooling3D()",
        "GlobalMaxPooling3D()",
        "MaxPooling3D(2)",
        "UpSampling3D()",
        "ZeroPadding3D()",
    ),
    Row("Layer", (), note="a base class: `supports_masking` of the class made from it decides"),
    Row("Wrapper", (), note="a base class: `supports_masking` of the class made from it decides"),
    Row("InputLayer", (), note="nothing comes into it; a mask on what a model is given stays"),
    *_rows(
        (),
        STEPS,
        "FlaxLayer",
        "JaxLayer",
        "TFSMLayer",
        "TorchModuleWrapper",
        note="runs another framework's code, which our engine does not; Keras has it drop masks",
    ),
)


def table() -> str:
    """The table as Markdown: one line per outcome and note, with its classes."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| what happens to a mask coming in | layers |"
    yield "| --- | --- |"
    groups: dict[tuple[str, str], list[str]] = {}
    for row in ROWS:
        outcome = ", ".join(dict.fromkeys(row.words)) or "not run"
        groups.setdefault((outcome, row.note), []).append(row.name)
    for (outcome, note), names in groups.items():
        said = f"**{outcome}**" + (f": {note}" if note else "")
        yield f"| {said} | {', '.join(f'`{name}`' for name in sorted(names))} |"


def page() -> str:
    """docs/masks.md with the table of now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    return f"{before}{START}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
