"""Data sets made from folders: a folder that is not there becomes a few made-up samples.

A folder that is there is read by Keras itself.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.compat.tf import dataset
from inspector.loading.missing_data import class_names
from inspector.loading.script_hints import hints_of
from inspector.loading.situation import Situation

_BATCHES = 3
_WHY = "The folder cannot be read on this machine: made-up samples of the form that was asked for."
_SENTENCES = ("the film was a delight from start to end", "nothing in it made any sense at all")


def install(situation: Situation) -> None:
    """Answer the data set makers for missing folders."""
    policy = _Folders(situation)
    for name, make in (
        ("image_dataset_from_directory", policy.images),
        ("text_dataset_from_directory", policy.texts),
    ):
        situation.patches.wrap(
            keras.utils, name, functools.partial(policy.unless_there, name, make)
        )
    generator = importlib.import_module("keras.src.legacy.preprocessing.image").ImageDataGenerator
    situation.patches.wrap(generator, "flow_from_directory", _made_up_before)


def _made_up_before(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keras only looks whether a folder is there; who lists it gets one that is made up."""

    @functools.wraps(original)
    def from_directory(self: Any, directory: Any, *args: Any, **options: Any) -> Any:
        if not os.path.isdir(directory):
            os.listdir(directory)
        return original(self, directory, *args, **options)

    return from_directory


class _Folders:
    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._classes = class_names(hints_of(situation.path).classes())
        self._random = np.random.default_rng(situation.seed)

    def unless_there(
        self, name: str, make: Callable[[int, dict[str, Any]], Any], original: Callable[..., Any]
    ) -> Callable[..., Any]:
        @functools.wraps(original)
        def from_directory(directory: Any, *args: Any, **options: Any) -> Any:
            text = os.fspath(directory)
            classes: list[str] = []
            if os.path.isdir(text):
                if not self._is_made_up(text):
                    with contextlib.suppress(ImportError):  # Keras reads images with TensorFlow
                        return original(directory, *args, **options)
                classes = [f for f in sorted(os.listdir(text)) if os.path.isdir(f"{text}/{f}")]
            self._situation.notes.add(f"keras.utils.{name}({text!r})", _WHY)
            options |= dict(zip(("labels", "label_mode", "class_names"), args, strict=False))
            options["class_names"] = options.get("class_names") or classes or None
            parts = 2 if options.get("subset") == "both" else 1
            made = [self._dataset(make, options) for _ in range(parts)]
            return tuple(made) if parts == 2 else made[0]

        return from_directory

    def _is_made_up(self, path: str) -> bool:
        return os.path.abspath(path).startswith(str(self._situation.scratch))

    def images(self, count: int, options: dict[str, Any]) -> Any:
        channels = {"grayscale": 1, "rgba": 4}.get(options.get("color_mode", "rgb"), 3)
        height, width = options.get("image_size") or (256, 256)
        shape = (count, height, width, channels)
        return self._random.integers(0, 256, shape, np.uint8).astype("float32")

    def texts(self, count: int, options: dict[str, Any]) -> Any:
        return np.array([_SENTENCES[i % 2] for i in range(count)], object)

    def _dataset(self, make: Callable[[int, dict[str, Any]], Any], options: dict[str, Any]) -> Any:
        # Batches of thousands would only cost memory: nobody looks at more than two.
        size = min(options.get("batch_size", 32) or 1, 64)
        classes = list(options.get("class_names") or self._classes)
        values = make(size * _BATCHES, options)
        labels = self._labels(len(values), len(classes), options)
        made: Any = dataset.Dataset.from_tensor_slices(
            values if labels is None else (values, labels)
        )
        if options.get("batch_size", 32):
            made = made.batch(size)
        made.class_names = classes
        made.file_paths = [f"{classes[i % len(classes)]}/{i}" for i in range(len(values))]
        return made

    def _labels(self, count: int, classes: int, options: dict[str, Any]) -> Any:
        mode = options.get("label_mode", "int")
        if mode is None or options.get("labels", "inferred") is None:
            return None
        labels = np.arange(count) % classes
        if mode == "categorical":
            return np.eye(classes, dtype="float32")[labels]
        return labels.astype("float32")[:, None] if mode == "binary" else labels.astype("int32")
