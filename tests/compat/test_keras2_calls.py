"""What Keras 2 took and Keras 3 refuses: sizes for shapes, arguments that fill themselves in."""

from __future__ import annotations

import sys

import pytest


def test_input_takes_a_number_for_its_shape(user):
    names = user.run("import keras\nx = keras.Input(shape=(4))\ny = keras.layers.Dense(2)(x)\n")

    assert names["y"].shape == (None, 2)
    assert "Input(shape=number)" in [what for what, _ in user.notes]


def test_call_without_a_default_for_training_runs(user):
    names = user.run(
        "import keras, numpy as np\nclass Block(keras.layers.Layer):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.drop = keras.layers.Dropout(0.5)\n"
        "    def call(self, inputs, training):\n"
        "        self.seen = training\n        return self.drop(inputs, training=training)\n"
        "block = Block()\nblock(np.ones((2, 3)))\nfirst = block.seen\n"
        "block(np.ones((2, 3)), training=True)\nsecond = block.seen\n"
    )

    assert (names["first"], names["second"]) == (False, True)


@pytest.mark.filterwarnings("ignore:Do not pass an")  # Keras 3 says so; old scripts do it
def test_batch_size_beside_input_shape_is_kept(user):
    names = user.run(
        "import keras\nmodel = keras.Sequential()\n"
        "model.add(keras.layers.LSTM(3, input_shape=(5, 1), batch_size=2, stateful=True))\n"
    )

    assert names["model"].input_shape == (2, 5, 1)


def test_short_name_of_accuracy_can_be_monitored(user):
    names = user.run(
        "import keras\nsaver = keras.callbacks.ModelCheckpoint('a.keras', monitor='val_acc',"
        " save_best_only=True)\n"
    )

    assert names["saver"].monitor == "val_acc"


def test_earlier_packages_are_keras(user):
    names = user.run("import keras_core as keras\nfrom tf_keras.layers import Dense\n")

    assert names["Dense"] is sys.modules["keras"].layers.Dense
    assert names["keras"].Sequential is not None
    assert "import of keras_core" in [what for what, _ in user.notes]
