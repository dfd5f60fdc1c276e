"""What a file is, by its bytes."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest

from inspector.errors import OpenError
from inspector.files.kinds import kind_of


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return out.getvalue()


NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": []}], "nbformat": 4}).encode()
CONTENTS = {
    "archive": _zip("metadata.json", "config.json", "model.weights.h5"),
    "hdf5": b"\x89HDF\r\n\x1a\n" + b"\0" * 600,
    "notebook": NOTEBOOK,
    "architecture": b'{"class_name": "Sequential", "config": {}}',
    "trace": b'{"schema": "inspector-trace/1", "file": "x"}',
    "python": b"\xef\xbb\xbfimport keras\n",
    "empty": b" \n",
    "binary": b"\x89PNG\r\n\0\0",
    "json": b'{"a": 1}',
    "cut-zip": _zip("config.json", "model.weights.h5")[:60],
    "zip": _zip("readme.txt"),
    "numpy": _zip("a.npy", "b.npy"),
    "torch": _zip("model/data.pkl", "model/version"),
    "pickle": b"\x80\x04\x95\0\0\0\0",
    "onnx": b"\x08\x08\x12\x07pytorch\x1a\0",
    "tflite": b"\x1c\0\0\0TFL3" + b"\0" * 20,
    "safetensors": struct.pack("<Q", 20) + b'{"__metadata__":{}}  ',
    "gguf": b"GGUF\3\0\0\0",
    "lfs-pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n",
    "web-page": b"\n<!DOCTYPE html>\n<html><head>",
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("called", ["model", "model.bin"])
def test_kind_is_told_by_the_content_whatever_the_name(tmp_path, name, called):
    path = tmp_path / called
    path.write_bytes(CONTENTS[name])

    assert name == kind_of(path).name


@pytest.mark.parametrize("called", ["model.h5", "m.weights.h5", "M.KERAS", "m.json", "m.ipynb"])
def test_text_is_no_python_where_the_name_says_saved_model(tmp_path, called):
    path = tmp_path / called
    path.write_text("HH")
    (tmp_path / "model.txt").write_text("HH")

    kinds = [kind_of(path), kind_of(tmp_path / "model.txt")]

    assert [(kind.name, kind.opens) for kind in kinds] == [("text", False), ("python", True)]


def test_broken_json_is_no_python_where_the_name_says_saved_model(tmp_path):
    path = tmp_path / "model.h5"
    path.write_text("{print('ran')}")

    assert not kind_of(path).opens


def test_hdf5_is_known_behind_a_user_block(tmp_path):
    path = tmp_path / "model.h5"
    path.write_bytes(b"\0" * 512 + b"\x89HDF\r\n\x1a\n")

    assert kind_of(path).name == "hdf5"


def test_json_that_begins_with_something_else_is_read_whole(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"padding": "x" * 9000, "class_name": "Functional", "config": {}}))

    assert kind_of(path).name == "architecture"


def test_folders_are_told_apart(tmp_path):
    for name, file in (("a", "saved_model.pb"), ("b", "train.py"), ("c", "config.json")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text("")
    (tmp_path / "c" / "model.weights.h5").write_text("")

    kinds = [kind_of(tmp_path / name) for name in "abc"]

    assert [kind.name for kind in kinds] == ["savedmodel", "folder", "unpacked"]
    assert "model.save('model.keras')" in kinds[0].fix


def test_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(OpenError, match="does not exist"):
        kind_of(tmp_path / "x")


def test_every_kind_that_is_not_opened_says_what_to_do(tmp_path):
    path = tmp_path / "file"
    for content in CONTENTS.values():
        path.write_bytes(content)
        kind = kind_of(path)

        assert kind.opens or kind.refusal(path).fix
