"""Saved models whose code is not there, or is not allowed to run."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from inspector.loading import inputs
from tests.loading.saved_models import archive, opened, placeholders


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_layer_without_its_class_is_a_placeholder(models, tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    models["own"].save(path)

    model, notes = opened(path, tmp_path)

    (found,) = placeholders(model).values()
    assert (found.name, type(found).__name__) == ("scale", "Scale")
    assert found.get_config()["units"] == 5
    assert "not its code" in found.placeholder_reason
    assert model.count_params() == models["own"].count_params()
    assert tuple(model(np.ones((2, 4), "float32")).shape) == (2, 2)
    assert notes.all[0][0] == "layer scale (Scale)"


def test_subclassed_model_without_its_class_shows_its_weights(tmp_path):
    class Net(keras.Model):
        def __init__(self, **options):
            super().__init__(**options)
            self.one, self.two = layers.Dense(3), layers.Dense(2)

        def call(self, x):
            return self.two(self.one(x))

        def get_config(self):
            return {"name": self.name}

    net = Net(name="net")
    net(np.ones((2, 6), "float32"))
    net.save(tmp_path / "net.keras")

    model, _ = opened(tmp_path / "net.keras", tmp_path)

    assert type(model).__name__ == "Net"
    assert model.placeholder_reason
    assert model.count_params() == 6 * 3 + 3 + 3 * 2 + 2
    assert inputs.made_up(model).first.shape == (2, 6)


def test_custom_initializer_is_left_out_and_the_layer_stays(models, tmp_path):
    path = rewritten(models["image"], tmp_path, kernel_initializer={
        "class_name": "MyInit", "config": {}, "module": "mine", "registered_name": "MyInit"
    })  # fmt: skip

    model, notes = opened(path, tmp_path)

    assert placeholders(model) == {}
    assert [what for what, _ in notes.all] == ["kernel_initializer of conv2d"]


def test_custom_activation_makes_the_layer_a_placeholder(models, tmp_path):
    path = rewritten(models["image"], tmp_path, activation={
        "class_name": "function", "config": "my_act", "module": "builtins",
        "registered_name": "my_act",
    })  # fmt: skip

    model, _ = opened(path, tmp_path)

    (found,) = placeholders(model).values()
    assert "my_act in it" in found.placeholder_reason


def test_allowed_code_is_imported_from_beside_the_file(tmp_path, monkeypatch):
    (tmp_path / "my_own_layers.py").write_text(
        "import keras\n\nclass Twice(keras.layers.Layer):\n    def call(self, x): return x * 2\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    from my_own_layers import Twice  # type: ignore[import-not-found]

    row = keras.Input((3,))
    keras.Model(row, Twice()(row)).save(tmp_path / "m.keras")

    blocked, _ = opened(tmp_path / "m.keras", tmp_path / "a")
    allowed, _ = opened(tmp_path / "m.keras", tmp_path / "b", allow_code=True)

    assert len(placeholders(blocked)) == 1
    np.testing.assert_array_equal(np.array(allowed(np.ones((1, 3)))), np.full((1, 3), 2.0))


def test_lambda_runs_only_where_it_is_allowed(tmp_path):
    written = tmp_path / "written"
    path = tmp_path / "m.keras"
    code = f"lambda x: (open({str(written)!r}, 'w').close(), x)[1]"
    model = keras.Sequential([keras.Input((3,)), layers.Lambda(eval(code), output_shape=(3,))])
    written.unlink(missing_ok=True)
    model.save(path)
    written.unlink(missing_ok=True)

    blocked, notes = opened(path, tmp_path / "a")
    blocked(np.ones((1, 3)))
    was_written = written.exists()
    allowed, _ = opened(path, tmp_path / "b", allow_code=True)
    allowed(np.ones((1, 3)))

    assert not was_written
    assert "was not run" in notes.all[0][1]
    assert written.exists()


@pytest.mark.parametrize(
    "entry",
    [
        {"class_name": "system", "config": {"command": "touch x"}, "module": "os"},
        {"class_name": "Popen", "config": {"args": ["touch", "x"]}, "module": "subprocess"},
        {"class_name": "function", "config": "get_file", "module": "keras.utils"},
        {"class_name": "get_file", "config": {"fname": "x"}, "module": "keras.utils"},
        {
            "class_name": "TorchModuleWrapper",
            "config": {"module": "gASV"},
            "module": "keras.layers",
        },
        {"class_name": "TFSMLayer", "config": {"filepath": "/x"}, "module": "keras.layers"},
    ],
)
def test_object_that_is_no_part_of_a_model_is_never_made(models, tmp_path, entry):
    config = json.loads(models["nested"].to_json())
    config["config"]["layers"][1] |= entry | {"registered_name": None, "name": "inner"}
    (tmp_path / "m.json").write_text(json.dumps(config))

    model, _ = opened(tmp_path / "m.json", tmp_path)

    assert [type(one).__name__ for one in placeholders(model).values()] == [entry["class_name"]]
    assert not Path("x").exists()


def test_vocabulary_of_another_file_is_not_read(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("a\nb\n")
    lookup = layers.StringLookup(vocabulary=["a"])
    model = keras.Sequential([keras.Input((1,), dtype="string"), lookup], name="m")
    config = json.loads(model.to_json())
    config["config"]["layers"][1]["config"]["vocabulary"] = str(words)
    (tmp_path / "m.json").write_text(json.dumps(config))

    blocked, _ = opened(tmp_path / "m.json", tmp_path)

    (found,) = placeholders(blocked).values()
    assert "another file, which was not read" in found.placeholder_reason


def rewritten(model: Any, tmp_path: Path, **changes: Any) -> Path:
    """The model's archive with changes to the config of its second layer."""
    path = tmp_path / "rewritten.keras"
    model.save(path)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"][1]["config"] |= changes
    path.write_bytes(archive({**members, "config.json": json.dumps(config).encode()}))
    return path
