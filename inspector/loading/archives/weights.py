"""Values of a weights file into a model; what does not fit is named.

Three layouts: Keras 3's (by attribute), that of Keras 1 and 2 (by layer, in order), and the
weights inside a whole model of either.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from inspector.errors import OpenError
from inspector.files.kinds import ARCHIVE, HDF5, UNPACKED, kind_of
from inspector.loading.archives import hdf5
from inspector.loading.archives.members import unpack

_MOST_LISTED = 6
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One weight whose saved values have another shape."""

    weight: str
    expected: tuple[int, ...]
    found: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.weight}: expected {list(self.expected)}, found {list(self.found)}"


def apply_weights(model: Any, path: Path, scratch: Path) -> None:
    """Put the weights of a file into a model.

    Raises:
        NotReadable: the file is damaged.
        OpenError: it holds no weights, or they do not fit; the model may hold some of them.
    """
    file = _weights_of(path, scratch)
    if not model.built:
        raise OpenError(
            f"{model.name} has no weights yet: it was not built.",
            fix="Call the model in the file, or give it an input: --input 'float32[2,8]'.",
        )
    load(model, file, scratch, path.name)


def load(model: Any, file: Path, scratch: Path, shown: str) -> None:
    """The same for a file that was looked at before."""
    link = _named_for_keras(file, scratch)
    with noted_misfits() as misfits:
        try:
            model.load_weights(link)
        except Exception as error:  # Keras raises what h5py and its own checks raise
            raise misfit_error(model.name, shown, misfits, error) from error


def _weights_of(path: Path, scratch: Path) -> Path:
    kind = kind_of(path)
    if kind in (ARCHIVE, UNPACKED):
        weights = unpack(path, scratch / "weights").weights
        if weights is None:
            raise OpenError(f"{path} holds no weights.", fix="Name a file of weights.")
        hdf5.look_at(weights)
        return weights
    if kind is HDF5:
        hdf5.look_at(path)
        return path
    raise OpenError(
        f"{path} is {kind.words}, which holds no weights that Keras could read.",
        fix="Save them with model.save_weights('model.weights.h5').",
    )


def _named_for_keras(file: Path, scratch: Path) -> Path:
    """A link with the ending by which Keras tells the layouts apart."""
    is_old = hdf5.look_at(file).is_old
    is_new_name = file.name.endswith(".weights.h5")
    if is_new_name != is_old and file.suffix in (".h5", ".hdf5"):
        return file
    link = scratch / f"given.{'h5' if is_old else 'weights.h5'}"
    link.unlink(missing_ok=True)
    os.symlink(file, link)
    return link


@contextmanager
def noted_misfits() -> Iterator[list[Misfit]]:
    """Notes every weight that is given values of another shape."""
    found: list[Misfit] = []
    original = keras.Variable.assign

    def assign(variable: Any, value: Any) -> Any:
        shape = getattr(value, "shape", None)
        if shape is not None and tuple(shape) != tuple(variable.shape):
            found.append(Misfit(variable.path, tuple(variable.shape), tuple(shape)))
        return original(variable, value)

    keras.Variable.assign = assign
    try:
        yield found
    finally:
        keras.Variable.assign = original


def misfit_error(name: str, shown: str, misfits: list[Misfit], error: Exception) -> OpenError:
    """What does not fit, by weight, else what Keras says of the layer."""
    unlike = list(dict.fromkeys(misfits))  # Keras tries a layer again where it meets it again
    listed = "; ".join(map(str, unlike[:_MOST_LISTED])) or _said_by(error)
    more = f"; and {len(unlike) - _MOST_LISTED} more" if len(unlike) > _MOST_LISTED else ""
    return OpenError(
        f"The weights of {shown} do not fit {name}. {listed.rstrip('.')}{more}.",
        fix="Use weights that were saved from this very model, or change the layer that is named.",
    )


def is_about_weights(error: Exception) -> bool:
    """Whether Keras got as far as the weights."""
    return "could not be loaded. Example error" in str(error)


def _said_by(error: Exception) -> str:
    """The one sentence of Keras' message that names a layer."""
    text = _COLOURS.sub("", str(error))
    example = re.search(r"Example error message for object .*?:\n\n(.*?)\n\nList of", text, re.S)
    return example[1].strip() if example else text.strip()
