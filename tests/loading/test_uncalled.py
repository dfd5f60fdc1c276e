"""Files whose models are never called, or never even built."""

from __future__ import annotations

import pytest

HEAD = "import keras, numpy as np\nfrom keras import layers\n"
CASES = {
    "functional with an Embedding": (
        "a, b = keras.Input((None,)), keras.Input((6,))\n"
        "x = layers.LSTM(4)(layers.Embedding(5, 3)(a))\n"
        "m = keras.Model([a, b], layers.Dense(2)(layers.concatenate([x, b])), name='m')\n",
        [(2, 16), (2, 6)],
    ),
    "Sequential that was not built": (
        "m = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])\n"
        "m.name = 'm'\n",
        [(2, 32, 32, 3)],
    ),
    "Sequential built by shape": (
        "m = keras.Sequential([layers.Embedding(7, 3), layers.LSTM(2)], name='m')\n"
        "m.build((None, 9))\n",
        [(2, 9)],
    ),
    "function that makes it": (
        "def build_model(units=3):\n"
        "    i = keras.Input((5,))\n"
        "    return keras.Model(i, layers.Dense(units)(i), name='m')\n"
        "def other(x): raise ValueError(x)\n",
        [(2, 5)],
    ),
    "class that is never made": (
        "class M(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__(name='m')\n"
        "        self.e, self.d = layers.Embedding(11, 4), layers.Dense(3)\n"
        "    def call(self, tokens): return self.d(self.e(tokens))\n",
        [(2, 16)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_model_is_run_on_made_up_inputs(open_script, case):
    text, shapes = CASES[case]

    opened = open_script(HEAD + text)

    assert opened.failure is None
    (run,) = opened.runs("m", "forward")
    assert run.failure is None
    assert [ref.shape for ref in run.calls[0].inputs] == shapes
    assert "the input of m" in opened.replaced


def test_model_is_run_on_the_inputs_that_were_asked_for(open_script):
    opened = open_script(
        HEAD + "i = keras.Input((5,))\nm = keras.Model(i, layers.Dense(2)(i), name='m')\n",
        input_specs=("float32[3,5]:0..1",),
        training=True,
    )

    (run,) = opened.runs("m", "forward")
    assert run.calls[0].inputs[0].shape == (3, 5)
    assert run.training


def test_part_of_a_model_is_not_run_by_itself(open_script):
    opened = open_script(
        HEAD + "e = keras.Sequential([layers.Input((4,)), layers.Dense(2)], name='e')\n"
        "i = keras.Input((4,))\nm = keras.Model(i, e(i), name='m')\n"
    )

    assert len(opened.runs("m", "forward")) == 1
    assert opened.runs("e", "forward") == []


@pytest.mark.parametrize("text", ["x = 1\n", "import keras\ndef helper(x): return x\n"])
def test_opening_says_so_when_there_is_no_model(open_script, text):
    opened = open_script(text)

    assert opened.failure.type == "OpenError"
    assert "no Keras model" in opened.failure.message
    assert opened.failure.fix


def test_opening_names_the_models_when_the_one_asked_for_is_not_there(open_script):
    opened = open_script(HEAD + "m = keras.Sequential([layers.Dense(1)], name='m')", model="n")

    assert opened.failure.type == "CaptureError"
    assert "'n'" in opened.failure.message
    assert "m" in opened.failure.message


def test_model_that_cannot_run_shows_its_failure(open_script):
    opened = open_script(
        HEAD + "i = keras.Input((5,))\n"
        "class Bad(layers.Layer):\n"
        "    def call(self, x):\n"
        "        if not isinstance(x, keras.KerasTensor): raise ValueError('no')\n"
        "        return x\n"
        "    def compute_output_spec(self, x): return keras.KerasTensor(x.shape)\n"
        "m = keras.Model(i, Bad()(i), name='m')\n"
    )

    assert opened.failure.type == "ValueError"
    assert opened.failure.line == 6
    assert any(run.failure is not None for run in opened.result.trace.runs)


def test_models_are_shown_when_the_script_fails_before_it_makes_them(open_script):
    opened = open_script(
        HEAD + "def make_model():\n"
        "    i = keras.Input((5,))\n"
        "    return keras.Model(i, layers.Dense(1)(i), name='m')\n"
        "data = open('missing.bin')\n"
        "m = make_model()\n"
    )

    assert opened.failure.type == "FileNotFoundError"
    assert opened.failure.line == 6
    assert len(opened.runs("m", "forward")) == 1


def test_models_are_run_when_the_script_fails_after_it_made_them(open_script):
    opened = open_script(
        HEAD + "i = keras.Input((5,))\n"
        "m = keras.Model(i, layers.Dense(1)(i), name='m')\n"
        "undefined()\n"
    )

    assert opened.failure.type == "NameError"
    why = next(r.why for r in opened.result.trace.replaced if r.what == "the input of m")
    assert why.startswith("The file ended before a call of it ran")
    assert len(opened.runs("m", "forward")) == 1


def test_model_is_run_again_in_training_when_that_was_asked_for(open_script):
    text = HEAD + (
        "m = keras.Sequential([layers.Input((5,)), layers.Dropout(0.5)], name='m')\n"
        "m(np.ones((3, 5), 'float32'))\n"
    )

    opened = open_script(text, training=True)

    first, second = opened.runs("m", "forward")
    assert (first.training, second.training) == (False, True)
    assert second.calls[0].inputs[0].shape == (3, 5)


def test_keras_has_no_warning_for_the_structure_of_made_up_inputs(open_script):
    opened = open_script(
        HEAD + "s = keras.Sequential([keras.Input((3,)), layers.Dense(2)], name='s')\n"
        "i = keras.Input((3,))\n"
        "m = keras.Model([i], layers.Dense(2)(i), name='m')\n"
    )

    assert len(opened.runs("s", "forward")) == len(opened.runs("m", "forward")) == 1
    assert opened.printed == ""


def test_deep_model_of_any_size_gets_images_that_do_not_vanish(open_script):
    opened = open_script(
        "import keras\nx = inputs = keras.Input((None, None, 3))\nfor _ in range(6):\n"
        "    x = keras.layers.Conv2D(4, 3, strides=2)(x)\n"
        "model = keras.Model(inputs, x, name='deep')\n"
        "shallow = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Conv2D(2, 3)])\n"
    )

    assert opened.failure is None
    assert opened.runs("deep", "forward")[0].calls[0].inputs[0].shape == (2, 128, 128, 3)
    assert opened.runs("sequential", "forward")[0].calls[0].inputs[0].shape == (2, 32, 32, 3)


def test_losses_of_two_tapes_have_no_total(open_script):
    opened = open_script(
        "import tensorflow as tf\nimport keras\n"
        "gen = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)], name='gen')\n"
        "disc = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name='disc')\n"
        "with tf.GradientTape() as one, tf.GradientTape() as other:\n"
        "    made = disc(gen(tf.ones((4, 2)), training=True), training=True)\n"
        "    left, right = tf.reduce_mean(made), tf.reduce_mean(tf.square(made))\n"
        "one.gradient(left, gen.trainable_variables)\n"
        "other.gradient(right, disc.trainable_variables)\n"
    )

    (run,) = opened.runs("gen", "train_step")
    assert [loss.kind for loss in run.losses] == ["custom", "custom"]
    assert run.total_loss is None


def test_model_is_run_although_what_made_it_fails_afterwards(open_script):
    opened = open_script(
        HEAD + "def train(units, train_data):\n"
        "    m = keras.Sequential([keras.Input((5,)), layers.Dense(units)], name='m')\n"
        "    m.compile('sgd', 'mse')\n"
        "    m.fit([train_data, train_data], train_data)\n"
    )

    assert opened.failure.line == 6
    (run,) = opened.runs("m", "forward")
    assert run.failure is None
