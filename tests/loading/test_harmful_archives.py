"""Saved models that would do harm: refused, with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import pytest

from inspector.errors import InspectorError
from inspector.loading.python_file import NotReadable
from tests.loading.saved_models import archive, opened

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
