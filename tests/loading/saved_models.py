"""Saved models in tests: made, opened as a worker opens them, and looked at."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
from keras import layers

from inspector.files.kinds import kind_of
from inspector.loading.archives.placeholder import StandsIn
from inspector.loading.archives.saved_model import read_saved


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


def small_models() -> dict[str, keras.Model]:
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


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()
