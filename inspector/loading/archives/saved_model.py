"""A saved model opened for the session: looked at, screened, made by Keras, its layers placed.

saved = read_saved(path, kind, scratch)       nothing of Keras has run
saved.source                                  its config as a text with lines
model = saved.build(notes, allow_code=False)
saved.place(model, recorder.place)            which line each layer belongs to
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from inspector.errors import InspectorError, OpenError
from inspector.files.kinds import ARCHITECTURE, HDF5, FileKind
from inspector.loading.archives import building, hdf5
from inspector.loading.archives.config_text import ConfigText
from inspector.loading.archives.custom_code import found_beside
from inspector.loading.archives.members import Unpacked, damaged, unpack
from inspector.loading.archives.screening import Screened, problem_in_compile, screen
from inspector.loading.notes import Notes
from inspector.loading.python_file import NotReadable
from inspector.trace import Source

Config = dict[str, Any]
_NO_SOURCE = "A saved model has no Python source; this is the config that its layers are made of."


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """What a file says of its model, before anything is made of it.

    unpacked: parts of a `.keras` archive. hdf5: what an HDF5 file holds. Neither: JSON.
    """

    path: Path
    config: Config
    text: ConfigText
    version: str
    scratch: Path
    unpacked: Unpacked | None = None
    hdf5: hdf5.Contents | None = None

    @property
    def source(self) -> Source:
        """The config, where a script would have its code."""
        return Source(self.source_file, self.text.text, "json", _NO_SOURCE)

    @property
    def source_file(self) -> str:
        """What stands for a file name at the lines of the config."""
        return f"{self.path} config" if self.unpacked or self.hdf5 else str(self.path)

    def build(self, notes: Notes, *, allow_code: bool) -> Any:
        """Let Keras make the model; what is not as the file says is noted.

        Raises:
            OpenError: Keras cannot make it, or its weights do not fit.
        """
        found, missing = found_beside(self.config) if allow_code else ({}, [])
        for what, why in missing:
            notes.add_at(what, f"Asked for by the file, and cannot be imported: {why}", None, None)
        try:
            screened = screen(self.config, found, allow_code=allow_code)
        except (TypeError, ValueError, AttributeError, RecursionError) as error:
            # Text where Keras writes a list, a number where it writes an object, ...
            raise damaged(self.path, "its config is not made as Keras makes them") from error
        self._drop_compile(screened, found, notes)
        for finding in screened.findings:
            line = self.text.line_of(finding.entry)
            notes.add_at(finding.what, finding.why, self.source_file, line)
        classes = {**found, **screened.classes}
        model = self._made(screened, classes, notes, allow_code=allow_code)
        if not isinstance(model, keras.Model):
            raise OpenError(
                f"{self.path.name} holds a {type(model).__name__}, not a model.",
                fix="Save a whole model, with model.save('model.keras') or model.to_json().",
            )
        return model

    def place(self, model: Any, place: Callable[[Any, str, int], None]) -> None:
        """Tell the line of the config for each layer of a model that was made of it."""
        for layer, entry in _with_entries(model, self.config):
            place(layer, self.source_file, self.text.line_of(entry))

    def _made(self, screened: Screened, classes: Config, notes: Notes, *, allow_code: bool) -> Any:
        config, name = screened.config, self.path.name
        if self.hdf5 is not None:
            model = building.build_from_hdf5(
                self.path, self.scratch, config, classes, allow_code=allow_code
            )
            self._compile(model, classes, notes)
            return model
        if self.unpacked is not None and self.unpacked.weights is not None:
            return building.build_from_archive(
                self.unpacked, config, classes, name, allow_code=allow_code
            )
        model = building.build_from_config(config, classes, name, allow_code=allow_code)
        notes.add_at(
            "the weights",
            "The file holds none: they have the values that the layers begin with. "
            "Give some with --weights FILE, or File > Apply weights.",
            None,
            None,
        )
        return model

    def _drop_compile(self, screened: Screened, found: Config, notes: Notes) -> None:
        compiled = screened.config.get("compile_config")
        problem = problem_in_compile(compiled, found)
        if problem is not None:
            screened.config["compile_config"] = None
            why = f"{problem} is not in the file, so the model is not compiled."
            notes.add_at("compile", why, self.source_file, self.text.line_of(compiled))

    def _compile(self, model: Any, classes: Config, notes: Notes) -> None:
        training = self.hdf5.training if self.hdf5 is not None else None
        if not training:
            return
        try:
            building.compile_as_saved(model, hdf5.parsed(training, self.path, "training config"))
        except InspectorError:
            raise
        except Exception as error:  # a loss or metric of the user's, or one that is gone
            why = f"Not compiled as it was: {error}"
            notes.add_at("compile", why.partition("\n")[0], None, None)


def read_saved(path: Path, kind: FileKind, scratch: Path) -> SavedModel:
    """Read what a file says of its model.

    Raises:
        NotReadable: it is damaged, would do harm, or holds weights only.
    """
    if kind is HDF5:
        return _read_hdf5(path, scratch)
    if kind is ARCHITECTURE:
        return _read_json(path, scratch)
    unpacked = unpack(path, scratch / "archive")
    if unpacked.weights is not None and unpacked.weights.suffix == ".h5":
        hdf5.look_at(unpacked.weights)
    config = hdf5.parsed(unpacked.config, path, "config.json")
    metadata = hdf5.parsed(unpacked.metadata or b"{}", path, "metadata.json")
    version = str(metadata.get("keras_version", "")) if isinstance(metadata, dict) else ""
    return SavedModel(path, *_checked(config, path), version, scratch, unpacked=unpacked)


def _read_hdf5(path: Path, scratch: Path) -> SavedModel:
    contents = hdf5.look_at(path)
    if contents.config is None:
        count = len(contents.datasets)
        raise NotReadable(
            f"{path.name} holds weights only ({count} arrays), not the model that they belong to.",
            fix="Open the script or the architecture that builds the model, with "
            f"--weights {path.name} or, in the window, File > Apply weights.",
            kind="WeightsOnly",
        )
    config = hdf5.parsed(contents.config, path, "model config")
    return SavedModel(path, *_checked(config, path), contents.version, scratch, hdf5=contents)


def _read_json(path: Path, scratch: Path) -> SavedModel:
    try:
        config = hdf5.parsed(path.read_bytes(), path, "text")
    except OSError as error:
        raise damaged(path, str(error)) from error
    if isinstance(config, dict) and isinstance(config.get("modelTopology"), dict):
        config = config["modelTopology"]  # TensorFlow.js
    if isinstance(config, dict) and isinstance(config.get("model_config"), dict):
        config = config["model_config"]
    version = config.get("keras_version") if isinstance(config, dict) else None
    return SavedModel(path, *_checked(config, path), str(version or ""), scratch)


def _checked(config: Any, path: Path) -> tuple[Config, ConfigText]:
    inner = config.get("config") if isinstance(config, dict) else None
    if isinstance(inner, list):  # Keras 1 wrote a Sequential model as the list of its layers
        config["config"] = {"name": "sequential", "layers": inner}
    elif not isinstance(inner, dict) or not isinstance(config.get("class_name"), str):
        raise damaged(path, "its config is not that of a Keras model")
    try:
        return config, ConfigText(config)
    except RecursionError as error:
        raise damaged(path, "its config is nested without end") from error


def _with_entries(model: Any, entry: Config) -> Iterator[tuple[Any, Config]]:
    """Layers with their entries in the config, inner models' too."""
    yield model, entry
    inner = entry.get("config")
    entries = inner.get("layers") if isinstance(inner, dict) else None
    layers = {layer.name: layer for layer in getattr(model, "operations", None) or model.layers}
    for part in entries if isinstance(entries, list) else []:
        if isinstance(part, dict):
            own = part.get("config")
            name = part.get("name") or (own.get("name") if isinstance(own, dict) else None)
            layer = layers.get(name) if isinstance(name, str) else None
            if layer is not None and hasattr(layer, "layers"):
                yield from _with_entries(layer, part)
            elif layer is not None:
                yield layer, part
