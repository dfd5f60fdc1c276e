"""What a file is, by its content, never by its name alone.

The name has a say in one thing: text is run as Python only where it does not call itself a saved
model. What is left of a damaged `model.h5` may be text by chance, and must not run.

    kind = kind_of(path)
    if not kind.opens:
        raise kind.refusal(path)

Read in both processes, so nothing here runs or unpacks anything: a few bytes are compared, of a
zip archive the list of names is read, of JSON the start.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import OpenError

_START_BYTES = 4096
_MAX_JSON_BYTES = 64 << 20
_HDF5 = b"\x89HDF\r\n\x1a\n"
_EXPORT = "Where it was made, save the Keras model with model.save('model.keras') and open that."


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    words: what it is, with its article, for people.
    opens: whether Inspector opens it; if not, `fix` says what to do instead.
    runs_code: whether opening it runs code that is in it.
    """

    name: str
    words: str
    opens: bool = True
    fix: str = ""
    runs_code: bool = False

    def refusal(self, path: Path) -> OpenError:
        """Why a file of this kind is not opened."""
        return OpenError(f"{path} is {self.words}.", fix=self.fix)


_MODEL_FIX = "Open a file that builds a Keras model, or a saved model."
PYTHON = FileKind("python", "a Python file", runs_code=True)
NOTEBOOK = FileKind("notebook", "a notebook", runs_code=True)
FOLDER = FileKind("folder", "a folder", runs_code=True)
ARCHIVE = FileKind("archive", "a Keras archive")
UNPACKED = FileKind("unpacked", "an unpacked Keras archive")
HDF5 = FileKind("hdf5", "an HDF5 file")
ARCHITECTURE = FileKind("architecture", "an architecture in JSON")
TRACE = FileKind("trace", "a trace that was saved before")
EMPTY = FileKind("empty", "empty", False, _MODEL_FIX)
BINARY = FileKind(
    "binary", "no kind of file that is known: it holds binary data", False, _MODEL_FIX
)
JSON = FileKind(
    "json",
    'JSON, but no trace (it has no "schema": "inspector-trace/1"), no architecture and no notebook',
    False,
    "Write a trace with `inspector run FILE --json OUT`, an architecture with model.to_json().",
)
CUT_ZIP = FileKind(
    "cut-zip",
    "a damaged zip archive: the list of its contents, which ends it, is missing",
    False,
    "Copy or download it again; a .keras file that was cut off cannot be read.",
)
ZIP = FileKind("zip", "a zip archive, but no Keras one: it has no config.json", False, _MODEL_FIX)
NUMPY = FileKind(
    "numpy", "an array file of NumPy", False, "Give it as an input: inspector run FILE --input …"
)
PICKLE = FileKind(
    "pickle",
    "a pickle, which runs code of whoever made it when it is read",
    False,
    _EXPORT,
)
TORCH = FileKind(
    "torch",
    "a PyTorch file (a pickle inside)",
    False,
    "Open the Python file that builds the model.",
)
ONNX = FileKind("onnx", "an ONNX model, which has no Keras layers left", False, _EXPORT)
TFLITE = FileKind("tflite", "a TensorFlow Lite model", False, _EXPORT)
SAVED_MODEL = FileKind(
    "savedmodel",
    "a TensorFlow SavedModel: a graph of TensorFlow ops, without the Keras layers",
    False,
    "Load it where it was made (Keras 2: tf.keras.models.load_model(FOLDER)), then "
    "model.save('model.keras') and open that, or model.save_weights('model.weights.h5') and "
    "inspector run SCRIPT.py --weights model.weights.h5.",
)
CHECKPOINT = FileKind(
    "checkpoint",
    "a TensorFlow checkpoint: values without the model's structure",
    False,
    "Load it in the script that builds the model, then model.save('model.keras') and open that.",
)
GRAPH = FileKind("graph", "a TensorFlow graph", False, SAVED_MODEL.fix)
SAFETENSORS = FileKind(
    "safetensors",
    "a safetensors file: arrays without the model's structure",
    False,
    "Open the Python file that builds the model.",
)
GGUF = FileKind("gguf", "a GGUF file of llama.cpp", False, SAFETENSORS.fix)
LFS_POINTER = FileKind(
    "lfs-pointer",
    "a pointer of Git LFS: a few lines of text in the place of the file",
    False,
    "Fetch the file itself, with git lfs pull.",
)
WEB_PAGE = FileKind(
    "web-page",
    "a web page, perhaps a page about the file in its place",
    False,
    "Download the file itself.",
)
TEXT = FileKind(
    "text",
    "text, though its name says otherwise: it is damaged, or another file",
    False,
    "Copy or download it again; a Python file has a name that ends in .py.",
)
# What begins with these bytes.
_MAGIC = (
    (b"\x93NUMPY", NUMPY),
    (b"GGUF", GGUF),
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19", TORCH),
    (b"version https://git-lfs.github.com/spec/", LFS_POINTER),
)
_WEB_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype html|html)\b", re.IGNORECASE)
# What is called so is never Python, whatever is left in it.
_NEVER_PYTHON = frozenset((
    ".keras", ".h5", ".hdf5", ".hdf", ".json", ".ipynb", ".npy", ".npz", ".pb", ".pbtxt", ".pt",
    ".pth", ".pkl", ".pickle", ".onnx", ".tflite", ".safetensors", ".gguf", ".ckpt", ".zip",
))  # fmt: skip
_JSON_KINDS = (
    (re.compile(rb'"schema"\s*:\s*"inspector-trace/'), TRACE),
    (re.compile(rb'"(nbformat|cell_type)"\s*:'), NOTEBOOK),
    (re.compile(rb'"(class_name|model_config)"\s*:'), ARCHITECTURE),
)


def kind_of(path: Path) -> FileKind:
    """What lies at a path.

    Raises:
        OpenError: it is not there, or cannot be read.
    """
    if not path.exists():
        raise OpenError(f"{path} does not exist.", fix="Check the path.")
    try:
        if path.is_dir():
            return _folder(path)
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
    except OSError as error:
        raise OpenError(
            f"{path} cannot be read: {error.strerror}.", fix="Give yourself the right to read it."
        ) from error
    return _by_start(path, start)


def _by_start(path: Path, start: bytes) -> FileKind:
    if not start.strip():
        return EMPTY
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path)
    # HDF5 may begin after a user block of 512, 1024, ... bytes.
    if any(start[at : at + 8] == _HDF5 for at in (0, 512, 1024, 2048)):
        return HDF5
    if b"\0" in start or _is_pickle(path, start):
        return _binary(path, start)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and path.suffix.lower() != ".py":
        return _json(path, start)
    if _WEB_PAGE.match(start):
        return WEB_PAGE
    if path.suffix.lower() in _NEVER_PYTHON:
        return TEXT
    return CHECKPOINT if path.name == "checkpoint" else PYTHON


def _folder(path: Path) -> FileKind:
    if (path / "saved_model.pb").exists() or (path / "saved_model.pbtxt").exists():
        return SAVED_MODEL
    if (path / "config.json").exists() and any(path.glob("model.weights.*")):
        return UNPACKED
    return FOLDER


def _zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError):
        return CUT_ZIP
    if "config.json" in names:
        return ARCHIVE
    if any(name.endswith(("data.pkl", "/version")) for name in names):
        return TORCH
    if names and all(name.endswith(".npy") for name in names):
        return NUMPY
    return SAVED_MODEL if any(n.endswith("saved_model.pb") for n in names) else ZIP


def _is_pickle(path: Path, start: bytes) -> bool:
    return start[:1] == b"\x80" and len(start) > 1 and start[1] in (2, 3, 4, 5)


def _binary(path: Path, start: bytes) -> FileKind:
    if start[4:8] == b"TFL3":
        return TFLITE
    if _is_pickle(path, start):
        return PICKLE
    if start[8:10] == b'{"' and int.from_bytes(start[:8], "little") < path.stat().st_size:
        return SAFETENSORS
    # ONNX is a protocol buffer whose first field is a small version, then a text or the graph.
    if start[0] == 8 and start[1] < 32 and start[2] in (0x12, 0x1A, 0x22, 0x3A, 0x42):
        return ONNX
    suffix = path.suffix.lower()
    if suffix in (".pb", ".pbtxt"):
        return SAVED_MODEL if path.name.startswith("saved_model") else GRAPH
    return CHECKPOINT if suffix.startswith((".ckpt", ".data-", ".index")) else BINARY


def _json(path: Path, start: bytes) -> FileKind:
    for pattern, kind in _JSON_KINDS:
        if pattern.search(start):
            return kind
    return _whole_json(path)


def _whole_json(path: Path) -> FileKind:
    """The kind of a file whose start says nothing yet; Python where it is no JSON."""
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            return JSON
        plain = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return JSON if path.suffix.lower() in _NEVER_PYTHON else PYTHON
    except OSError:
        return JSON
    keys = set(plain) if isinstance(plain, dict) else set()
    if str(plain.get("schema", "")).startswith("inspector-trace/") if keys else False:
        return TRACE
    if {"cells", "nbformat"} & keys:
        return NOTEBOOK
    return ARCHITECTURE if {"class_name", "modelTopology"} & keys else JSON
