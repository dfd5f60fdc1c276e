"""Models that Keras on another backend saved."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras

from inspector.loading.archives import known

TORCH = "keras.src.backend.torch.optimizers.torch_adam"


def _saved_on_torch(path: Path) -> Path:
    """A compiled model, its optimizer named as Keras on PyTorch does."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["compile_config"]["optimizer"].update(module=TORCH, registered_name="Adam")
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_model_that_keras_on_torch_saved_is_loaded_with_its_optimizer(
    user: Any, tmp_path: Path
) -> None:
    path = _saved_on_torch(tmp_path / "plain.keras")

    names = user.run(f"import keras\nmodel = keras.models.load_model({str(path)!r})\n")

    assert type(names["model"].optimizer) is keras.optimizers.Adam
    assert known.is_known_class("Adam", TORCH)
    assert not known.is_known_class("system", "keras.src.backend.torch.optimizers.os")
