"""`tf.io`: files, records of examples, and decoding of images and numbers.

Reading goes through Python's own functions, so the rules of the session that opened the script
(scratch folder, stand-ins for missing files) hold here too. Images are decoded with Pillow where
it is installed.
"""

from __future__ import annotations

import base64
import glob
import importlib.machinery
import io
import os
import shutil
from typing import Any

import numpy as np

from inspector.compat.missing import not_available
from inspector.compat.notes import note
from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import as_dtype, dtype_name
from inspector.compat.tf.shapes import static_shape
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor


def path_of(value: Any) -> str:
    """A file name from a string tensor, bytes, text or path."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return str(strings(value).texts().item())


@public("io.read_file")
def read_file(filename: Any, name: str | None = None) -> StringTensor:
    with open(path_of(filename), "rb") as file:
        content = file.read()
    made = strings(content.decode("utf-8", "replace"))
    made.raw = content
    return made


@public("io.write_file")
def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    with open(path_of(filename), "wb") as file:
        file.write(bytes_of(contents))


def bytes_of(value: Any) -> bytes:
    """The bytes that a scalar string tensor stands for."""
    if isinstance(value, bytes):
        return value
    found = strings(value)
    return found.raw if found.raw is not None else str(found.texts().item()).encode()


@public("io.matching_files")
def matching_files(pattern: Any, name: str | None = None) -> StringTensor:
    return strings(np.array(sorted(glob.glob(path_of(pattern))), object))


def _has_pillow() -> bool:
    # The path finder alone: a stand-in of that name decodes nothing.
    return importlib.machinery.PathFinder.find_spec("PIL") is not None


def _pixels(contents: Any, channels: int) -> Any:
    if not _has_pillow():
        note("decoding an image", "Pillow is not installed: noise of 96 by 128 pixels stands in")
        return np.random.default_rng(0).integers(0, 256, (96, 128, channels or 3), np.uint8)
    from PIL import Image  # type: ignore[import-not-found, unused-ignore]

    picture = Image.open(io.BytesIO(bytes_of(contents)))
    mode = {0: None, 1: "L", 3: "RGB", 4: "RGBA"}[channels or 0]
    pixels = np.asarray(picture.convert(mode) if mode else picture)
    return pixels[..., None] if pixels.ndim == 2 else pixels


@public("io.decode_image", "image.decode_image")
def decode_image(
    contents: Any,
    channels: Any = None,
    dtype: Any = "uint8",
    name: str | None = None,
    expand_animations: bool = True,
) -> Any:
    pixels = tensor(_pixels(contents, channels or 0))
    if as_dtype(dtype).is_floating:
        from inspector.compat.tf.colours import convert_image_dtype

        return convert_image_dtype(pixels, dtype)
    return pixels


@public(
    "io.decode_jpeg", "image.decode_jpeg", "io.decode_png", "image.decode_png",
    "io.decode_bmp", "image.decode_bmp", "io.decode_gif", "image.decode_gif",
    "io.decode_and_crop_jpeg",
)  # fmt: skip
def decode_jpeg(contents: Any, channels: Any = 0, **ignored: Any) -> Any:
    return decode_image(contents, channels)


@public("io.encode_jpeg", "image.encode_jpeg", "io.encode_png", "image.encode_png")
def encode_png(image: Any, *args: Any, **ignored: Any) -> StringTensor:
    from keras.utils import array_to_img

    buffer = io.BytesIO()
    array_to_img(host(tensor(image)), scale=False).save(buffer, "PNG")
    made = strings("")
    made.raw = buffer.getvalue()
    return made


@public("io.decode_raw")
def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, **ignored: Any) -> Any:
    return tensor(np.frombuffer(bytes_of(input_bytes), dtype_name(out_type)))


@public("audio.decode_wav")
def decode_wav(
    contents: Any, desired_channels: int = -1, desired_samples: int = -1, name: Any = None
) -> Any:
    """(samples, channels) of -1 to 1 and the sample rate."""
    import wave

    with wave.open(io.BytesIO(bytes_of(contents))) as sound:
        raw = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        samples = raw.reshape(-1, sound.getnchannels()).astype("float32") / 32768.0
        rate = sound.getframerate()
    samples = samples[:, :desired_channels] if desired_channels > 0 else samples
    if desired_samples > 0:
        samples = samples[:desired_samples]
        samples = np.pad(samples, [(0, desired_samples - len(samples)), (0, 0)])
    return tensor(samples), tensor(rate, "int32")


@public("io.decode_csv")
def decode_csv(
    records: Any, record_defaults: Any, field_delim: str = ",", **ignored: Any
) -> list[Any]:
    texts = strings(records).texts()
    rows = [str(row).split(field_delim) for row in np.atleast_1d(texts)]
    columns = []
    for index, default in enumerate(record_defaults):
        kind = tensor(default)
        cells = [row[index] or host(kind).reshape(-1)[0] for row in rows]
        text = kind.dtype == "string"
        made = strings(np.array(cells, object)) if text else np.array(cells, kind.dtype)
        columns.append(tensor(made)[0] if texts.ndim == 0 else tensor(made))
    return columns


@public("io.encode_base64")
def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> StringTensor:
    encoded = base64.urlsafe_b64encode(bytes_of(input)).decode()
    return strings(encoded if pad else encoded.rstrip("="))


@public("io.decode_base64")
def decode_base64(input: Any, name: str | None = None) -> StringTensor:
    text = path_of(input)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    made = strings(raw.decode("utf-8", "replace"))
    made.raw = raw
    return made


@public("io.serialize_tensor")
def serialize_tensor(tensor: Any, name: str | None = None) -> StringTensor:
    buffer = io.BytesIO()
    np.save(buffer, host(_tensor(tensor)), allow_pickle=False)
    made = strings("")
    made.raw = buffer.getvalue()
    return made


_tensor = tensor


@public("io.parse_tensor")
def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Any:
    return _tensor(np.load(io.BytesIO(bytes_of(serialized)), allow_pickle=False), out_type)


class FixedLenFeature:
    """A feature of a known shape."""

    def __init__(self, shape: Any, dtype: Any, default_value: Any = None) -> None:
        self.shape, self.dtype, self.default_value = static_shape(shape), dtype, default_value


class VarLenFeature:
    """A feature of any length."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype


export("io.FixedLenFeature", FixedLenFeature)
export("io.VarLenFeature io.RaggedFeature", VarLenFeature)


@public("io.parse_single_example", "io.parse_example")
def parse_single_example(serialized: Any, features: Any, **ignored: Any) -> Any:
    raise not_available(
        "Parsing TFRecord examples", fix="Feed arrays of the shapes that the records hold."
    )


class TFRecordDataset:
    """Record files; reading them is refused where it happens, building the pipeline is not."""

    def __new__(cls, filenames: Any, *args: Any, **kwargs: Any) -> Any:
        from inspector.compat.tf.dataset import Dataset

        def make() -> Any:
            raise not_available(
                f"Reading TFRecord files ({filenames})",
                fix="Feed arrays of the shapes that the records hold.",
            )

        return Dataset(make)


class TextLineDataset:
    """The lines of text files, in order."""

    def __new__(cls, filenames: Any, *args: Any, **kwargs: Any) -> Any:
        from inspector.compat.tf.dataset import Dataset

        names = np.atleast_1d(strings(filenames).texts())

        def make() -> Any:
            for name in names:
                with open(str(name), encoding="utf-8", errors="replace") as file:
                    for line in file:
                        yield strings(line.rstrip("\r\n"))

        return Dataset(make)


export("data.TFRecordDataset", TFRecordDataset)
export("data.TextLineDataset", TextLineDataset)


class GFile:
    """`tf.io.gfile.GFile`: an ordinary file."""

    def __new__(cls, name: Any, mode: str = "r") -> Any:
        return open(path_of(name), mode)  # the caller closes it


export("io.gfile.GFile gfile.GFile compat.v1.gfile.GFile compat.v1.gfile.Open", GFile)
export("io.gfile.exists gfile.exists compat.v1.gfile.Exists", lambda p: os.path.exists(path_of(p)))
export("io.gfile.isdir", lambda path: os.path.isdir(path_of(path)))
export("io.gfile.listdir", lambda path: os.listdir(path_of(path)))
export("io.gfile.glob", lambda pattern: sorted(glob.glob(path_of(pattern))))
export("io.gfile.makedirs gfile.makedirs", lambda path: os.makedirs(path_of(path), exist_ok=True))
export("io.gfile.mkdir", lambda path: os.mkdir(path_of(path)))
export("io.gfile.remove", lambda path: os.remove(path_of(path)))
export("io.gfile.rmtree", lambda path: shutil.rmtree(path_of(path)))
export("io.gfile.join", os.path.join)
export(
    "io.gfile.copy", lambda a, b, overwrite=False: shutil.copyfile(path_of(a), path_of(b)) and None
)
export("io.gfile.rename", lambda a, b, overwrite=False: os.replace(path_of(a), path_of(b)))
export("io.gfile.walk", lambda top: os.walk(path_of(top)))
