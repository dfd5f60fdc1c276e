"""Saved models: opened without running anything that is in them."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from keras import layers

from inspector.errors import OpenError
from inspector.files.kinds import kind_of
from inspector.loading import inputs
from inspector.loading.archives.saved_model import read_saved
from inspector.loading.archives.weights import apply_weights
from inspector.loading.python_file import NotReadable
from tests.loading.saved_models import Noted, opened


@pytest.mark.parametrize("name", ["image", "words", "nested"])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_saved_model_computes_what_it_did(models, tmp_path, name, suffix):
    path = tmp_path / f"model{suffix}"
    models[name].save(path)
    given = inputs.made_up(models[name]).first

    model, notes = opened(path, tmp_path)

    assert notes.all == []
    np.testing.assert_array_equal(np.array(model(given)), np.array(models[name](given)))


def test_unpacked_archive_is_a_model_too(models, tmp_path):
    folder = tmp_path / "folder"
    keras.saving.save_model(models["image"], folder, zipped=False)

    model, _ = opened(folder, tmp_path / "scratch")

    assert kind_of(folder).name == "unpacked"
    assert model.count_params() == models["image"].count_params()


def test_name_of_the_file_says_nothing(models, tmp_path):
    path = tmp_path / "download (1)"
    models["image"].save(tmp_path / "model.keras")
    (tmp_path / "model.keras").rename(path)

    model, _ = opened(path, tmp_path)

    assert model.name == "image"


def test_architecture_has_initial_weights_until_some_are_given(models, tmp_path):
    path, weights = tmp_path / "model.json", tmp_path / "model.weights.h5"
    path.write_text(models["image"].to_json())
    models["image"].save_weights(weights)
    given = inputs.made_up(models["image"]).first

    model, notes = opened(path, tmp_path)
    before = np.array(model(given))
    apply_weights(model, weights, tmp_path)

    assert [what for what, _ in notes.all] == ["the weights"]
    expected = np.array(models["image"](given))
    assert not np.array_equal(before, expected)
    np.testing.assert_array_equal(np.array(model(given)), expected)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_weights_of_a_whole_model_fit_its_twin(models, tmp_path, suffix):
    twin = keras.models.clone_model(models["image"])
    path = tmp_path / f"model{suffix}"
    models["image"].save(path)

    apply_weights(twin, path, tmp_path)

    for ours, theirs in zip(twin.weights, models["image"].weights, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs))


def test_weights_that_do_not_fit_are_named_with_both_shapes(tmp_path):
    def build(units):
        return keras.Sequential([keras.Input((4,)), layers.Dense(units, name="first")], name="m")

    path = tmp_path / "other.weights.h5"
    build(3).save_weights(path)

    with pytest.raises(OpenError) as caught:
        apply_weights(build(5), path, tmp_path)

    assert "first/kernel: expected [4, 5], found [4, 3]" in caught.value.message


def test_config_of_something_else_is_no_model(tmp_path):
    path = tmp_path / "adam.json"
    path.write_text(json.dumps(keras.optimizers.serialize(keras.optimizers.Adam())))

    with pytest.raises(OpenError, match="holds a Adam, not a model"):
        opened(path, tmp_path)


def test_file_of_weights_says_what_it_is_for(models, tmp_path):
    path = tmp_path / "m.weights.h5"
    models["image"].save_weights(path)

    with pytest.raises(NotReadable, match="holds weights only") as caught:
        opened(path, tmp_path)

    assert "--weights m.weights.h5" in caught.value.fix


def test_each_layer_belongs_to_its_line_of_the_config(models, tmp_path):
    path = tmp_path / "m.keras"
    models["nested"].save(path)
    saved = read_saved(path, kind_of(path), tmp_path)
    model = saved.build(Noted(), allow_code=False)
    places: dict[str, int] = {}

    saved.place(model, lambda layer, file, line: places.setdefault(layer.name, line))

    lines = saved.source.text.splitlines()
    assert {"nested", "inner"} < set(places)
    for name, line in places.items():
        entry = "\n".join(lines[line - 1 : line + 40])
        assert lines[line - 1].strip().startswith('"class_name"')
        assert f'"name": "{name}"' in entry
    assert json.loads(saved.source.text) == saved.config
