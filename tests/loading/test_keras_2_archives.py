"""Models that Keras 2 saved: its configs, its weights."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.loading import keras_2_files
from tests.loading.saved_models import opened, placeholders


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
