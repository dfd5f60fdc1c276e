"""Packages of layers that are not installed, and prices of shares."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from inspector.loading.stand_ins import keras_packages, prices


@pytest.fixture
def package():
    class Notes:
        def __init__(self):
            self.what = []

        def add(self, what, why):
            self.what.append(what)

    class Situation:
        notes = Notes()

    return keras_packages.names(Situation()), Situation.notes.what


def test_unknown_layer_hands_its_input_on_and_says_so(package):
    names, noted = package
    inputs = keras.Input((4, 3))

    made = names.get("SeqSelfAttention")(units=8, name="attention")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(made))

    assert model.get_layer("attention").placeholder_reason
    assert model(np.ones((1, 4, 3), "float32")).shape == (1, 4, 2)
    assert noted == ["SeqSelfAttention"]


def test_what_keras_has_today_is_its_own(package):
    names, noted = package

    assert names.get("LayerNormalization") is keras.layers.LayerNormalization
    assert names.get("EfficientNetB0") is keras.applications.EfficientNetB0
    assert noted == []


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("Unet", {"classes": 3, "input_shape": (32, 32, 3)}, (None, 32, 32, 3)),
        ("ViTClassifier", {"num_classes": 7}, (None, 7)),
    ],
)
def test_unknown_model_is_a_small_one(package, name, options, shape):
    names, noted = package

    model = names.get(name)("resnet34", **options)

    assert model.output_shape == shape
    assert model.placeholder_reason
    assert noted == [name]


def test_names_of_functions_and_constants_are_not_answered(package):
    assert package[0].get("get_preprocessing") is None
    assert package[0].get("BACKBONES") is None


def test_prices_are_a_table_by_days():
    frame = prices.Ticker("KO").history(period="2y")

    closed = frame["Close"].values.reshape(-1, 1)
    assert closed.shape == (750, 1)
    assert list(frame.columns)[:4] == ["Open", "High", "Low", "Close"]
