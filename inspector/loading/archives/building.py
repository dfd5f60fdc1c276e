"""Real Keras makes the model of a screened config, in safe mode."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import keras

from inspector.errors import InspectorError, OpenError
from inspector.loading.archives import hdf5, known, weights
from inspector.loading.archives.members import CONFIG, Unpacked
from inspector.loading.archives.placeholder import StandsIn

Config = dict[str, Any]
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LAYER = re.compile(r"Error when deserializing class '(\w+)'")
_MOST_CHARACTERS = 600


def build_from_config(
    config: Config, classes: dict[str, Any], shown: str, *, allow_code: bool
) -> Any:
    """The model of an architecture; its weights have their initial values.

    Raises:
        OpenError: Keras cannot make it.
    """
    try:
        if "module" in config:
            return keras.saving.deserialize_keras_object(
                config, custom_objects=classes, safe_mode=not allow_code
            )
        name = config["class_name"]
        made = classes.get(name) or known.MODELS.get(name) or keras.Model
        return made.from_config(config["config"], custom_objects=classes)
    except InspectorError:
        raise
    except Exception as error:  # Keras raises what its parts raise
        raise _unmade(shown, error) from error


def build_from_archive(
    unpacked: Unpacked, config: Config, classes: dict[str, Any], shown: str, *, allow_code: bool
) -> Any:
    """The model of an archive, with its weights and assets.

    Raises:
        OpenError: Keras cannot make it, or its weights do not fit.
    """
    (unpacked.folder / CONFIG).write_text(json.dumps(config))
    with weights.noted_misfits() as misfits, warnings.catch_warnings():
        # Of a model that was compiled and never trained: there is nothing to load.
        warnings.filterwarnings("ignore", "Skipping variable loading for optimizer")
        try:
            return keras.saving.load_model(
                unpacked.folder, custom_objects=classes, safe_mode=not allow_code
            )
        except InspectorError:
            raise
        except Exception as error:  # Keras raises what its parts raise
            if misfits or weights.is_about_weights(error):
                name = str(config.get("config", {}).get("name", "the model"))
                raise weights.misfit_error(name, shown, misfits, error) from error
            raise _unmade(shown, error) from error


def build_from_hdf5(
    path: Path, scratch: Path, config: Config, classes: dict[str, Any], *, allow_code: bool
) -> Any:
    """The model of a whole-model file of Keras 1 or 2, or of Keras 3's `.h5`, with its weights.

    Raises:
        OpenError: Keras cannot make it, or its weights do not fit.
    """
    model = build_from_config(config, classes, path.name, allow_code=allow_code)
    with hdf5.reading(path) as file:
        root = file.get("model_weights", file)
        for layer in model.layers:
            if isinstance(layer, StandsIn) and layer.name in root:
                layer.add_old_weights(root[layer.name])
    weights.load(model, path, scratch, path.name)
    return model


def compile_as_saved(model: Any, training: Config) -> None:
    """Compile a model as a file of Keras 1 or 2 says.

    Raises:
        Exception: whatever Keras finds wrong with it.
    """
    saved = training["optimizer_config"]
    # Keras 2 wrote the arguments that meant nothing, too.
    options = {k: v for k, v in saved["config"].items() if k != "decay" or v}
    optimizer = keras.optimizers.deserialize({**saved, "config": options})
    metrics = training.get("metrics")
    model.compile(
        optimizer=optimizer,
        loss=training.get("loss"),
        metrics=None if metrics is None else _metric_names(metrics),
        loss_weights=training.get("loss_weights"),
    )


def _metric_names(saved: Any) -> Any:
    """Metrics as `compile` takes them: Keras 2 wrapped each, in lists by output."""
    if isinstance(saved, dict) and "class_name" in saved:
        inner = saved.get("config") or {}
        return inner.get("fn") or inner.get("name") or saved["class_name"]
    if isinstance(saved, dict):
        return {name: _metric_names(item) for name, item in saved.items()}
    if isinstance(saved, list):
        names = [_metric_names(item) for item in saved]
        return names[0] if len(names) == 1 and isinstance(names[0], list) else names
    return saved


def _unmade(shown: str, error: Exception) -> OpenError:
    text = _COLOURS.sub("", str(error)).strip() or type(error).__name__
    layer = _LAYER.findall(text)
    # Keras wraps what a layer says into its whole config, once for each model around it.
    text = text.rpartition("Exception encountered: ")[2]
    text = text.partition("\n\nconfig=")[0].partition("Full object config:")[0].strip()
    text = f"{layer[-1]}: {text}" if layer else text
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}…"
    return OpenError(
        f"Keras cannot make the model of {shown}: {text}",
        fix="Open it with the version of Keras that saved it, and save it again; a config written "
        "by hand may also be wrong at that layer.",
    )
