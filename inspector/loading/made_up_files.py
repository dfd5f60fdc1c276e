"""Small files in the place of downloads: what is plausible for the name's ending."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from inspector.loading import known_data
from inspector.loading.script_hints import Fields

_LINES = (
    "Before we proceed any further, hear me speak.",
    "The quick brown fox jumps over the lazy dog.",
    "She reads the paper while the rain falls on the quiet town.",
    "You are all resolved rather to die than to famish?",
    "It was a bright cold day in April, and the clocks were striking thirteen.",
    "The cat sat on the mat, and the dog was a good friend of this great movie.",
)
_ROWS = 400


def content(name: str) -> bytes | None:
    """The bytes of a stand-in for a file of this name; None when none would make sense."""
    lower = name.lower()
    for endings, make in _MAKERS:
        if lower.endswith(endings):
            return make(lower)
    return None


def is_archive(name: str) -> bool:
    """Whether `get_file` may be asked to unpack it."""
    return name.lower().endswith((".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz"))


def folder_content() -> dict[str, bytes]:
    """What an unpacked archive of unknown content holds: texts and a table."""
    return {"readme.txt": _text("readme.txt"), "data.txt": _text("data.txt"),
            "data.csv": _table("data.csv")}  # fmt: skip


def sentence(number: int) -> str:
    """One of a few sentences."""
    return _LINES[number % len(_LINES)]


def text() -> bytes:
    """Lines of sentences."""
    return _text("")


def lines(fields: Fields) -> bytes:
    """Lines of fields: a number to begin with, then sentences or numbers.

    Two sentences that are parted by a tab are a pair in two languages.
    """
    rows = []
    for i in range(400):
        words = sentence(i).replace(",", "").split()[: 2 + i % 4]
        parts = [" ".join(words), " ".join(reversed(words)), "made up"]
        if fields.are_numbers:
            parts = [f"{(i * 7 + place) % 100 / 10}" for place in range(fields.count)]
        elif fields.delimiter != "\t":
            parts = [f"{i:04d}", *[sentence(i + place).replace(",", "") for place in range(9)]]
        rows.append(fields.delimiter.join((parts + ["made up"] * 9)[: fields.count]))
    return ("\n".join(rows) + "\n").encode()


def rows(columns: list[str]) -> bytes:
    """A table of whole numbers that grow, under these columns; texts are read off them as well."""
    numbers = (",".join(str(7 * i + place) for place in range(len(columns))) for i in range(_ROWS))
    return "\n".join([",".join(columns), *numbers, ""]).encode()


def word_vectors(name: str) -> bytes:
    """A vector for each word of the sentences, as long as the name says (`glove.6B.100d.txt`)."""
    said = re.search(r"(\d+)d", name)
    random = np.random.default_rng(0)
    words = sorted({word.strip(".,?").lower() for line in _LINES for word in line.split()})
    rows = (
        f"{word} " + " ".join(f"{v:.3f}" for v in random.normal(size=int(said[1]) if said else 100))
        for word in words
    )
    return ("\n".join(rows) + "\n").encode()


def _picture(name: str) -> bytes:
    """A PNG of a slope of colours; what shows pictures goes by content, not by name."""
    height, width = 96, 128
    rows = np.zeros((height, width, 3), np.uint8)
    rows += np.arange(width, dtype=np.uint8)[None, :, None]
    lines = b"".join(b"\0" + row.tobytes() for row in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b""))  # fmt: skip


def _sound(name: str) -> bytes:
    """A second of noise, 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(np.random.default_rng(0).integers(-999, 999, 16000, np.int16).tobytes())
    return file.getvalue()


def _text(name: str) -> bytes:
    return ("\n".join(_LINES[i % len(_LINES)] for i in range(2000)) + "\n").encode()


def _table(name: str) -> bytes:
    random = np.random.default_rng(0)
    columns = [f"column{i}" for i in range(8)] + ["target"]
    rows = [",".join(columns)]
    for values in random.random((_ROWS, 8)):
        rows.append(",".join(f"{value:.4f}" for value in values) + f",{random.integers(0, 2)}")
    return ("\n".join(rows) + "\n").encode()


def _json(name: str) -> bytes:
    if "class_index" in name:  # what `decode_predictions` of Keras' applications reads
        classes = {str(i): [f"n{i:08d}", f"class_{i}"] for i in range(1000)}
        return json.dumps(classes).encode()
    return json.dumps({f"class{i}": i for i in range(10)}).encode()


def _arrays(name: str) -> bytes:
    (x, y), (x2, y2) = known_data.images((28, 28), 10, (1024, 256), column=False)
    file = io.BytesIO()
    np.savez(file, x_train=x, y_train=y, x_test=x2, y_test=y2)
    return file.getvalue()


def _array(name: str) -> bytes:
    file = io.BytesIO()
    if "moving_mnist" in name:  # frames, videos, height, width
        np.save(file, np.random.default_rng(0).integers(0, 256, (20, 100, 64, 64), np.uint8))
        return file.getvalue()
    np.save(file, known_data.images((28, 28), 10, (1024, 1), column=False)[0][0])
    return file.getvalue()


def _gzip(name: str) -> bytes:
    return gzip.compress(content(name[: -len(".gz")]) or _text(name))


def _zip(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for inside, data in folder_content().items():
            archive.writestr(inside, data)
    return file.getvalue()


def _tar(name: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for inside, data in folder_content().items():
            info = tarfile.TarInfo(f"{Path(name).name.split('.')[0]}/{inside}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


_MAKERS: tuple[tuple[tuple[str, ...], Callable[[str], bytes]], ...] = (
    ((".txt", ".text", ".md", ".tsv", ".vocab", ".vec"), _text),
    ((".csv", ".data"), _table),
    ((".json",), _json),
    ((".npz",), _arrays),
    ((".npy",), _array),
    ((".tar.gz", ".tgz"), _tar),
    ((".zip",), _zip),
    ((".gz",), _gzip),
    ((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff"), _picture),
    ((".wav",), _sound),
)
