"""Files that only define what makes models, with arguments that nobody gives."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from inspector.capture import Recorder
from inspector.errors import OpenError
from inspector.loading.makers import make_models
from inspector.loading.notes import Notes
from inspector.loading.user_files import UserFiles

HEAD = "import keras\nfrom keras import layers\n"
CASES = {
    "function with sizes": (
        "def unet(input_size, filter_num, n_labels):\n"
        "    x = i = keras.Input(input_size)\n"
        "    for f in filter_num: x = layers.Conv2D(f, 3, padding='same')(x)\n"
        "    return keras.Model(i, layers.Conv2D(n_labels, filter_num[0])(x), name='m')\n",
        "unet(input_size=(64, 64, 3), filter_num=[8, 16, 32, 64], n_labels=10)",
    ),
    "function with a mode and settings": (
        "def build(config, merge):\n"
        "    i = keras.Input((config['num_features'],))\n"
        "    if config['kind'] != 'mlp': raise ValueError(config['kind'])\n"
        "    if merge == 'sum': x = layers.Dense(config.units)(i)\n"
        "    else: raise ValueError(merge)\n"
        "    return keras.Model(i, x, name='m')\n",
        "build(config=..., merge='sum')",
    ),
    "sizes that are too small at first": (
        "def deep(input_shape):\n"
        "    x = i = keras.Input(input_shape)\n"
        "    for _ in range(6): x = layers.Conv2D(2, 3, strides=2)(x)\n"
        "    return keras.Model(i, x, name='m')\n",
        "deep(input_shape=(224, 224, 3))",
    ),
    "subclass with arguments": (
        "class Net(keras.Model):\n"
        "    def __init__(self, units, name='m'):\n"
        "        super().__init__(name=name)\n"
        "        self.d = layers.Dense(units)\n"
        "    def call(self, inputs):\n"
        "        left, right = inputs\n"
        "        return self.d(left) + self.d(right)\n",
        "Net(units=16)",
    ),
    "class that builds": (
        "class Trainer:\n"
        "    def __init__(self, latent_dim): self.latent_dim = latent_dim\n"
        "    def build_model(self, classes):\n"
        "        i = keras.Input((self.latent_dim,))\n"
        "        return keras.Model(i, layers.Dense(classes)(i), name='m')\n",
        "Trainer(latent_dim=16)",
    ),
    "layer with queries, keys and values": (
        "class Attend(layers.Layer):\n"
        "    def __init__(self, d_model):\n"
        "        super().__init__(name='m')\n"
        "        self.a = layers.MultiHeadAttention(2, d_model)\n"
        "    def call(self, q, k, v, mask): return self.a(q, v, k, attention_mask=mask)\n",
        "Attend(d_model=16)",
    ),
    "class whose other methods say what its arguments are": (
        "class Translator:\n"
        "    def __init__(self, tokenizer, input_dim, kernels):\n"
        "        self.size = input_dim\n"
        "        self.words = tokenizer\n"
        "        self.sizes = kernels\n"
        "    def make(self):\n"
        "        i = keras.Input((self.size,))\n"
        "        x = layers.Embedding(len(self.words.word_index), 4)(i)\n"
        "        for k in self.sizes: x = layers.Conv1D(4, k, padding='same')(x)\n"
        "        return keras.Model(i, x, name='m')\n",
        "Translator(tokenizer=..., input_dim=16, kernels=[3, 3, 3, 3])",
    ),
    "class with a method of any name": (
        "class Nets:\n"
        "    def simple_lstm(self, nodes=3):\n"
        "        return keras.Sequential([keras.Input((4,)), layers.Dense(nodes)], name='m')\n",
        "Nets()",
    ),
    "function that returns something else": (
        "def features_of(units):\n"
        "    keras.Sequential([keras.Input((4,)), layers.Dense(units)], name='m')\n"
        "    return []\n",
        "features_of(units=16)",
    ),
    "size that is one number": (
        "def build(image_size):\n"
        "    if not isinstance(image_size, int): raise ValueError('give a single integer')\n"
        "    i = keras.Input((image_size, image_size, 3))\n"
        "    return keras.Model(i, layers.Conv2D(2, 3)(i), name='m')\n",
        "build(image_size=32)",
    ),
    "part of a model": (
        "def m(x, filters): return layers.Conv2D(filters, 3)(x)\n",
        "m(x=Input((64, 64, 16)), filters=16)",
    ),
}


@dataclass
class Made:
    recorder: Recorder
    notes: list[str]

    def models(self):
        return list(self.recorder.keras_models())


@pytest.fixture
def make(tmp_path):
    """Run a text as `__main__` and call what makes models in it, in this process."""

    def run(text):
        path = tmp_path / "script.py"
        path.write_text(HEAD + text)
        namespace = {"__name__": "__main__"}
        exec(compile(HEAD + text, str(path), "exec"), namespace)
        files, said = UserFiles(path), []
        made.append(Recorder(files.contains, lambda *_: None, lambda *_: None))
        made[0].install()
        make_models(namespace, made[0], Notes(files, lambda note: said.append(note.what)))
        return Made(made[0], said)

    made = []
    yield run
    for recorder in made:
        recorder.uninstall()


@pytest.mark.parametrize("case", CASES)
def test_maker_is_called_with_guesses(make, case):
    text, call = CASES[case]

    made = make(text)

    assert made.models() == ["m"]
    assert made.notes[0] == call
    assert all(run.failure is None for run in made.recorder.runs())


def test_only_what_no_other_part_uses_is_made(make):
    made = make(
        "def head(units): return keras.Sequential([layers.Dense(units)], name='head')\n"
        "def build(units):\n"
        "    i = keras.Input((4,))\n"
        "    return keras.Model(i, head(units)(i), name='m')\n"
    )

    assert made.notes == ["build(units=16)"]


def test_error_of_a_maker_is_its_own(make):
    with pytest.raises(NameError, match="unitz"):
        make(
            "def build(units):\n"
            "    i = keras.Input((4,))\n"
            "    return keras.Model(i, layers.Dense(unitz)(i))\n"
        )


def test_argument_that_nothing_tells_is_named(make):
    with pytest.raises(OpenError, match="'generator' of Gan") as told:
        make(
            "class Gan(keras.Model):\n"
            "    def __init__(self, generator, units):\n"
            "        super().__init__()\n"
            "        self.generator = generator\n"
            "    def call(self, x): return self.generator(x)\n"
        )

    assert "Gan" in told.value.fix


def test_one_maker_that_fails_does_not_keep_others_from_being_called(open_script):
    opened = open_script(
        HEAD + "def make_data(): return open('missing.bin')\n"
        "def unet(input_size, filter_num):\n"
        "    x = i = keras.Input(input_size)\n"
        "    for f in filter_num: x = layers.Conv2D(f, 3, padding='same')(x)\n"
        "    return keras.Model(i, x, name='m')\n"
    )

    assert opened.failure is None
    (run,) = opened.runs("m", "forward")
    assert run.failure is None
    assert "unet(input_size=(64, 64, 3), filter_num=[8, 16, 32, 64])" in opened.replaced


def test_function_that_trains_is_called_once(make):
    made = make(
        "def train(units):\n"
        "    import numpy as np\n"
        "    m = keras.Sequential([keras.Input((3,)), layers.Dense(units)], name='m')\n"
        "    m.compile('sgd', 'mse')\n"
        "    m.fit(np.ones((4, 3), 'float32'), np.ones((4, units), 'float32'), verbose=0)\n"
    )

    made.recorder.settle()
    assert made.models() == ["m"]
    assert [run.kind for run in made.recorder.runs()].count("train_step") == 1
