"""Saved models: real ones of Keras, old ones by hand, and files that mean harm."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from inspector.errors import InspectorError, OpenError
from inspector.files.kinds import kind_of
from inspector.loading import inputs
from inspector.loading.archives.placeholder import StandsIn
from inspector.loading.archives.saved_model import read_saved
from inspector.loading.archives.weights import apply_weights
from inspector.loading.python_file import NotReadable
from tests.loading import keras_2_files


@dataclass
class Noted:
    """Takes notes as an opening would."""

    all: list[tuple[str, str]] = field(default_factory=list)

    def add_at(self, what: str, why: str, file: Any, line: Any) -> None:
        self.all.append((what, why))


class Scale(layers.Layer):
    """A layer whose code no archive holds."""

    def __init__(self, units=5, **options):
        super().__init__(**options)
        self.units = units
        self.inner = layers.Dense(units)

    def build(self, shape):
        self.inner.build(shape)
        self.factor = self.add_weight(shape=(self.units,), name="factor")

    def call(self, x):
        return self.inner(x) * self.factor

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@pytest.fixture(scope="module")
def models():
    """Small models of several kinds."""
    keras.utils.set_random_seed(1)
    image, row, words = keras.Input((6, 6, 2)), keras.Input((4,)), keras.Input((5,), dtype="int32")
    x = layers.BatchNormalization()(layers.Conv2D(3, 3, activation="relu", name="conv2d")(image))
    text = layers.Bidirectional(layers.LSTM(2))(layers.Embedding(9, 3, mask_zero=True)(words))
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(4)], name="inner")
    own = layers.Dense(2, name="last")(Scale(name="scale")(row))
    return {
        "image": keras.Model(image, layers.Flatten()(x) * 2.0, name="image"),
        "words": keras.Model([words, row], layers.concatenate([text, row]), name="words"),
        "nested": keras.Model(row, inner(inner(row)), name="nested"),
        "own": keras.Model(row, own, name="own"),
    }


def opened(path: Path, tmp_path: Path, *, allow_code: bool = False) -> tuple[Any, Noted]:
    notes, kind = Noted(), kind_of(path)
    if not kind.opens:
        raise kind.refusal(path)
    saved = read_saved(path, kind, tmp_path)
    return saved.build(notes, allow_code=allow_code), notes


def placeholders(model: Any) -> dict[str, StandsIn]:
    return {layer.name: layer for layer in model.layers if isinstance(layer, StandsIn)}


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


# Layers of somebody's own


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


# Harm


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


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


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


BOMB = b"\0" * (80 << 20)
HARMFUL = {
    "leads out": (archive({"config.json": b"{}", "../../out": b"x"}), "leads out of it"),
    "absolute": (archive({"config.json": b"{}", "/etc/out": b"x"}), "leads out of it"),
    "bomb": (archive({"config.json": b"{}", "model.weights.h5": BOMB}), "as a zip bomb does"),
    "no model": (archive({"config.json": b"[1]"}), "not that of a Keras model"),
    "no json": (archive({"config.json": b"{,"}), "is no JSON"),
    "deep": (archive({"config.json": b"[" * 100_000}), "is no JSON"),
    "cut": (archive({"config.json": b"{}"})[:-10], "is missing"),
    "flipped": (archive({"config.json": b"{" + b" " * 99 + b"}"}, 0).replace(b"{ ", b"{x"), "CRC"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_archive_is_refused_with_the_reason(tmp_path, name):
    content, says = HARMFUL[name]
    path = tmp_path / "m.keras"
    path.write_bytes(content)

    with pytest.raises(InspectorError) as caught:
        opened(path, tmp_path / "scratch")

    assert says in caught.value.message
    assert caught.value.fix
    assert not (tmp_path.parent / "out").exists()


def _links_out(file: Any, folder: Path) -> None:
    file["stolen"] = h5py.ExternalLink("/etc/hostname", "/")


def _soft_link(file: Any, folder: Path) -> None:
    file["loop"] = h5py.SoftLink("/model_weights")


def _external_values(file: Any, folder: Path) -> None:
    (folder / "raw").write_bytes(b"secret" * 10)
    file.create_dataset("stolen", (10,), "u1", external=[(str(folder / "raw"), 0, 10)])


def _shape_bomb(file: Any, folder: Path) -> None:
    file.create_dataset("bomb", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_links_out, "is a link to '/etc/hostname'"),
        (_soft_link, "is a link to"),
        (_external_values, "takes its values from another file"),
        (_shape_bomb, "as a bomb does"),
    ],
)
def test_harmful_hdf5_is_refused_with_the_reason(models, tmp_path, harm, says):
    path = tmp_path / "m.h5"
    models["image"].save(path)
    with h5py.File(path, "a") as file:
        harm(file, tmp_path)

    with pytest.raises(NotReadable, match=says):
        opened(path, tmp_path)


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


# Keras 2


def test_whole_model_of_keras_2_computes_what_its_weights_say(tmp_path):
    random = np.random.default_rng(0)
    kernel, bias = random.normal(size=(4, 3)), random.normal(size=3)
    norm = {"gamma": [1.0, 2, 3], "beta": [0.5, 0, 0], "moving_mean": [0.1, 0, 0],
            "moving_variance": [1.0, 4, 9]}  # fmt: skip
    path = tmp_path / "old.h5"
    keras_2_files.write_hdf5(
        path, keras_2_files.sequential(), {"dense": {"kernel": kernel, "bias": bias}, "norm": norm}
    )
    x = random.normal(size=(2, 4)).astype("float32")

    model, notes = opened(path, tmp_path)

    hidden = np.maximum(x @ kernel + bias, 0)
    scaled = (hidden - norm["moving_mean"]) / np.sqrt(np.add(norm["moving_variance"], 1e-3))
    expected = scaled * norm["gamma"] + norm["beta"]
    np.testing.assert_allclose(np.array(model(x)), expected, rtol=1e-5, atol=1e-5)
    assert notes.all == []
    assert model.compiled
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_architecture_of_keras_2_keeps_its_graph_with_a_placeholder(tmp_path):
    path = tmp_path / "old.json"
    path.write_text(json.dumps(keras_2_files.functional()))

    model, _ = opened(path, tmp_path)

    assert list(placeholders(model)) == ["mine"]
    assert len(model.get_layer("shared")._inbound_nodes) == 2
    ones = np.ones((2, 4), "float32")
    assert tuple(model([ones, ones]).shape) == (2, 6)


def test_tensor_that_keras_2_gave_by_keyword_is_an_input_too(tmp_path):
    config = keras_2_files.functional()
    entry = config["config"]["layers"][4]
    entry |= {"class_name": "TFOpLambda", "inbound_nodes": [
        [["shared", 0, 0, {"y": ["shared", 1, 0], "name": None}]]]}  # fmt: skip
    (tmp_path / "old.json").write_text(json.dumps(config))

    model, _ = opened(tmp_path / "old.json", tmp_path)

    (found,) = placeholders(model).values()
    (node,) = found._inbound_nodes
    assert len(node.input_tensors) == 2
    ones = np.ones((2, 4), "float32")
    assert tuple(model([ones, ones]).shape) == (2, 3)


def test_placeholder_of_keras_2_takes_the_weights_of_its_layer(tmp_path):
    config = keras_2_files.sequential()
    config["config"]["layers"][2] = {"class_name": "Mine", "config": {"name": "mine"}}
    weights = {"dense": {"kernel": np.ones((4, 3)), "bias": np.zeros(3)},
               "mine": {"w": np.full((2, 2), 7.0)}}  # fmt: skip
    keras_2_files.write_hdf5(tmp_path / "old.h5", config, weights)

    model, _ = opened(tmp_path / "old.h5", tmp_path)

    (found,) = placeholders(model).values()
    np.testing.assert_array_equal(np.array(found.weights[0]), np.full((2, 2), 7.0))


# The config as a text


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
