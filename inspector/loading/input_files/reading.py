"""A file as it is: what is in it, with the axes that files of its kind have.

.npy .npz                   arrays, as they were saved
.csv .tsv                   (rows, columns), or named columns where there is a header
.png .jpg .bmp .gif .webp   (height, width, channels) of uint8
.wav                        (samples, channels) of float32 in -1..1
.txt                        (lines,) of text
"""

from __future__ import annotations

import csv
import importlib
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from inspector.errors import UsageError
from inspector.loading.input_files.png import read_png

Array = np.ndarray[Any, Any]
Kind = Literal["array", "table", "picture", "sound", "text"]
_MAX_BYTES = 1 << 30
# Sample widths of .wav files: bytes, NumPy's dtype, the largest value, what silence is.
_WIDTHS = {1: ("u1", 128.0, 128), 2: ("<i2", 32768.0, 0), 4: ("<i4", 2147483648.0, 0)}


@dataclass(frozen=True, slots=True, eq=False)
class FileContent:
    """What one file holds.

    arrays: by name where the file names them (.npz members, columns); None is the only one.
    """

    kind: Kind
    arrays: dict[str | None, Array]


def read_content(path: Path) -> FileContent:
    """Read a file of one of the known kinds.

    Raises:
        UsageError: it cannot be read; says why and what to give instead.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(
                f"The input {path} has more than {_MAX_BYTES >> 30} GB.",
                fix="Give a part of it.",
            )
        return _READERS[path.suffix.lower()](path)
    except (OSError, ValueError, EOFError, csv.Error, wave.Error) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(
            f"The input {path} cannot be read: {error}.", fix=f"Give {_WHAT[path.suffix.lower()]}."
        ) from error


def _read_arrays(path: Path) -> FileContent:
    loaded = np.load(path, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return FileContent("array", {None: loaded})
    with loaded:
        return FileContent("array", {name: loaded[name] for name in loaded.files})


def _read_table(path: Path) -> FileContent:
    with open(path, newline="", encoding="utf-8-sig") as file:
        mark = "\t" if path.suffix.lower() == ".tsv" else ","
        rows = [row for row in csv.reader(file, delimiter=mark) if row]
    if not rows:
        raise ValueError("it has no rows")
    header = None if any(_is_number(cell) for cell in rows[0]) else rows.pop(0)
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ValueError(
            "its rows have different lengths" if widths else "it has no rows of values"
        )
    columns = [_column(list(cells)) for cells in zip(*rows, strict=True)]
    if header is not None and len(header) == len(columns):
        return FileContent("table", dict(zip(header, columns, strict=True)))
    if any(column.dtype == object for column in columns):
        raise ValueError("it holds text, and no header that names its columns")
    return FileContent("table", {None: np.stack(columns, axis=1)})


def _column(cells: list[str]) -> Array:
    if all(_is_number(cell) for cell in cells):
        return np.array([float(cell) for cell in cells], "float64")
    return np.array(cells, object)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_picture(path: Path) -> FileContent:
    try:
        images = importlib.import_module("PIL.Image")
    except ImportError:
        if path.suffix.lower() != ".png":
            raise UsageError(
                f"{path}: Pillow is not installed in the worker's Python, and without it only "
                ".png pictures can be read.",
                fix="Install pillow there, or save the picture as .png.",
            ) from None
        return FileContent("picture", {None: read_png(path.read_bytes())})
    with images.open(path) as image:
        mode = {"1": "L", "L": "L", "LA": "RGBA", "RGBA": "RGBA", "P": "RGBA"}.get(
            image.mode, "RGB"
        )
        pixels = np.asarray(image.convert(mode), "uint8")
    return FileContent("picture", {None: pixels[..., None] if pixels.ndim == 2 else pixels})


def _read_sound(path: Path) -> FileContent:
    with wave.open(str(path), "rb") as sound:
        width, channels = sound.getsampwidth(), sound.getnchannels()
        data = sound.readframes(sound.getnframes())
    if width not in _WIDTHS:
        raise ValueError(f"its samples have {8 * width} bits; 8, 16 and 32 can be read")
    dtype, largest, silence = _WIDTHS[width]
    samples = (np.frombuffer(data, dtype).astype("float64") - silence) / largest
    return FileContent("sound", {None: samples.astype("float32").reshape(-1, channels)})


def _read_text(path: Path) -> FileContent:
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if line.strip()]
    if not kept:
        raise ValueError("it has no text")
    return FileContent("text", {None: np.array(kept, object)})


_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_READERS: dict[str, Callable[[Path], FileContent]] = {
    ".npy": _read_arrays,
    ".npz": _read_arrays,
    ".csv": _read_table,
    ".tsv": _read_table,
    ".wav": _read_sound,
    ".txt": _read_text,
    **dict.fromkeys(_PICTURES, _read_picture),
}
_WHAT = {
    ".npy": "a .npy file of numbers",
    ".npz": "a .npz file of arrays of numbers",
    ".csv": "a table of numbers, a row for each sample",
    ".tsv": "a table of numbers, a row for each sample",
    ".wav": "a .wav file of plain samples (PCM)",
    ".txt": "a text file in UTF-8, a line for each sample",
    **dict.fromkeys(_PICTURES, "a picture that other programs can open too"),
}
