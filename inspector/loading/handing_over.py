"""A model written down for another Keras: config, weights and inputs, no code."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from inspector.capture import Recorder
from inspector.errors import CaptureError
from inspector.loading.given_inputs import from_last_run


def hand_over(recorder: Recorder, name: str, run: int) -> Path:
    """Write the model and the inputs of a run into a new folder.

    Raises:
        CaptureError: there is no such model or run, or the model has code of its own.
    """
    model = recorder.keras_models().get(name)
    if model is None or not isinstance(model, keras.Model):
        raise CaptureError(f"There is no model called {name!r}.", fix="Name one that was run.")
    inputs = from_last_run(recorder, name, run)
    if inputs is None or inputs.others:
        raise CaptureError(
            f"The inputs of {name} in run {run} cannot be handed over.",
            fix="Compare a model that takes its inputs in its first argument.",
        )
    folder = Path(tempfile.mkdtemp(prefix="reference-"))
    (folder / "model.json").write_text(json.dumps(_config(model)))
    np.savez(folder / "weights.npz", *[weight.numpy() for weight in model.weights])
    arrays = [keras.ops.convert_to_numpy(part) for part in keras.tree.flatten(inputs.first)]
    np.savez(folder / "inputs.npz", *arrays)
    return folder


def _config(model: keras.Model) -> Any:
    try:
        config = keras.saving.serialize_keras_object(model)
    except Exception as error:  # a `get_config` of the user's may raise anything
        raise CaptureError(
            f"{model.name} cannot be written down: {_first_line(error)}",
            fix="Compare a Sequential or Functional model of Keras' own layers.",
        ) from error
    for part in _parts(config):
        if "module" in part and str(part["module"]).partition(".")[0] != "keras":
            raise CaptureError(
                f"{model.name} uses {part['class_name']}, code of its own, which the other Keras "
                "does not have.",
                fix="Compare a Sequential or Functional model of Keras' own layers.",
            )
    return config


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _parts(config: Any) -> list[dict[str, Any]]:
    if isinstance(config, dict):
        return [config, *(part for value in config.values() for part in _parts(value))]
    if isinstance(config, list | tuple):
        return [part for value in config for part in _parts(value)]
    return []
