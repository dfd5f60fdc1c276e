"""Files as Keras 2 wrote them, put together by hand from its documented layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

DENSE = {
    "trainable": True, "dtype": "float32", "use_bias": True,
    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
    "bias_initializer": {"class_name": "Zeros", "config": {}},
    "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
    "kernel_constraint": None, "bias_constraint": None,
}  # fmt: skip
NORM = {
    "trainable": True, "dtype": "float32", "axis": [1], "momentum": 0.99, "epsilon": 0.001,
    "center": True, "scale": True, "beta_initializer": {"class_name": "Zeros", "config": {}},
    "gamma_initializer": {"class_name": "Ones", "config": {}},
    "moving_mean_initializer": {"class_name": "Zeros", "config": {}},
    "moving_variance_initializer": {"class_name": "Ones", "config": {}},
    "beta_regularizer": None, "gamma_regularizer": None, "beta_constraint": None,
    "gamma_constraint": None,
}  # fmt: skip


def _input(name: str, shape: list[int | None]) -> dict[str, Any]:
    config = {"batch_input_shape": shape, "dtype": "float32", "sparse": False, "ragged": False}
    return {"class_name": "InputLayer", "config": {**config, "name": name}}


def sequential() -> dict[str, Any]:
    """A Sequential model of Keras 2.4."""
    layers = [
        _input("dense_input", [None, 4]),
        {
            "class_name": "Dense",
            "config": {**DENSE, "name": "dense", "batch_input_shape": [None, 4], "units": 3,
                       "activation": "relu"},
        },
        {"class_name": "BatchNormalization", "config": {**NORM, "name": "norm"}},
        {"class_name": "Dropout", "config": {"name": "dropout", "trainable": True,
                                             "dtype": "float32", "rate": 0.5, "noise_shape": None,
                                             "seed": None}},
    ]  # fmt: skip
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}


def functional() -> dict[str, Any]:
    """A Functional model of Keras 2.4 with a shared layer and a layer of somebody's own."""

    def node(*sources: str) -> list[Any]:
        return [[[name, 0, 0, {}] for name in sources]]

    layers = [
        {**_input("a", [None, 4]), "name": "a", "inbound_nodes": []},
        {**_input("b", [None, 4]), "name": "b", "inbound_nodes": []},
        {"class_name": "Dense", "name": "shared",
         "config": {**DENSE, "name": "shared", "units": 3, "activation": "linear"},
         "inbound_nodes": [*node("a"), *node("b")]},
        {"class_name": "Concatenate", "name": "join",
         "config": {"name": "join", "trainable": True, "dtype": "float32", "axis": -1},
         "inbound_nodes": [[["shared", 0, 0, {}], ["shared", 1, 0, {}]]]},
        {"class_name": "Mine", "name": "mine", "config": {"name": "mine", "power": 2},
         "inbound_nodes": node("join")},
    ]  # fmt: skip
    config = {
        "name": "model", "layers": layers, "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["mine", 0, 0]],
    }  # fmt: skip
    return {"class_name": "Functional", "config": config, "keras_version": "2.4.0"}


def write_hdf5(path: Path, config: dict[str, Any], weights: dict[str, dict[str, Any]]) -> None:
    """A whole model: layer → the names and values of its weights."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["training_config"] = json.dumps(
            {
                "loss": "mse", "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
                    "name": "mae", "dtype": "float32", "fn": "mean_absolute_error"}}]],
                "weighted_metrics": None, "loss_weights": None,
                "optimizer_config": {"class_name": "Adam", "config": {
                    "name": "Adam", "learning_rate": 0.01, "decay": 0.0, "beta_1": 0.9,
                    "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False}},
            }
        )  # fmt: skip
        root = file.create_group("model_weights")
        names = [layer["config"]["name"] for layer in config["config"]["layers"]]
        root.attrs["layer_names"] = [name.encode() for name in names]
        root.attrs["keras_version"] = b"2.4.0"
        for name in names:
            group = root.create_group(name)
            given = weights.get(name, {})
            group.attrs["weight_names"] = [f"{name}/{weight}:0".encode() for weight in given]
            for weight, values in given.items():
                group[f"{name}/{weight}:0"] = np.asarray(values, "float32")
