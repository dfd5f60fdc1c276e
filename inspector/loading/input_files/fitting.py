"""What a file holds, as a model's input wants it; each change is told in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.errors import UsageError
from inspector.loading.input_files.reading import Kind

Array = np.ndarray[Any, Any]
Shape = tuple[int | None, ...]
Told = Callable[[str], None]
_CHANNELS = (1, 3, 4)
# How much of red, green and blue is in the brightness (ITU-R BT.601, as Pillow has it).
_BRIGHTNESS = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one input of a model takes; None as a shape: nobody knows.

    rescales: whether the model brings pixels to its own range itself.
    """

    name: str
    shape: Shape | None
    dtype: str
    rescales: bool = False


def fitted(kind: Kind, values: Array, wanted: Wanted, told: Told) -> Array:
    """The values as the input wants them, as far as their kind allows.

    Arrays get a batch axis and are otherwise left as they are: whoever saved them knows why, and
    Keras says best what is wrong with them.

    Raises:
        UsageError: they are of a kind that the input cannot take.
    """
    if wanted.dtype == "string" and kind != "array":
        return _as_text(kind, values, wanted, told)
    if values.dtype.kind in "OUS" and kind != "array":
        raise UsageError(
            f"The input {wanted.name} takes {wanted.dtype}, and the file holds text.",
            fix="Turn the text into numbers as your program does, and give them as .npy.",
        )
    if kind == "picture":
        values = _as_picture(values, wanted, told)
    elif kind == "sound":
        values = _as_sound(values, wanted, told)
    values = _with_batch(kind, values, wanted, told)
    return values if kind == "array" else _as_dtype(values, wanted, told)


def _as_text(kind: Kind, values: Array, wanted: Wanted, told: Told) -> Array:
    if values.dtype.kind not in "OUS":
        raise UsageError(
            f"The input {wanted.name} takes text, and the file holds {values.dtype} numbers.",
            fix="Give a .txt file, a line for each sample.",
        )
    if kind == "text":
        told(f"{len(values)} lines of text, one sample each")
    if wanted.shape is not None and len(wanted.shape) == values.ndim + 1:
        return values[..., None]
    return values


def _as_picture(pixels: Array, wanted: Wanted, told: Told) -> Array:
    shape = wanted.shape
    if shape is not None and len(shape) == 2 and shape[1] is not None:
        return _flattened(pixels, shape[1], wanted, told)
    last = shape is None or len(shape) != 4 or shape[3] in _CHANNELS or shape[1] not in _CHANNELS
    height = width = channels = None
    if shape is not None and len(shape) == 4:
        height, width, channels = shape[1:] if last else (*shape[2:], shape[1])
    pixels = _with_channels(pixels, channels, told)
    pixels = _scaled(_resized(pixels, height, width, told), wanted, told)
    if not last:
        told("channels put first")
        pixels = np.moveaxis(pixels, -1, 0)
    return pixels


def _flattened(pixels: Array, count: int, wanted: Wanted, told: Told) -> Array:
    for channels in _CHANNELS:
        side = math.isqrt(count // channels)
        if side * side * channels == count:
            pixels = _resized(_with_channels(pixels, channels, told), side, side, told)
            told(f"laid out as {count} numbers in a row")
            return _scaled(pixels, wanted, told).reshape(-1)
    return _scaled(pixels, wanted, told).reshape(-1)


def _with_channels(pixels: Array, wanted: int | None, told: Told) -> Array:
    found = pixels.shape[-1]
    if found in (2, 4) and wanted != found:
        told("transparency left out")
        pixels, found = pixels[..., : found - 1], found - 1
    if wanted == found or wanted not in _CHANNELS:
        return pixels
    if wanted == 1:
        told("colours turned to grey")
        return np.rint(pixels @ _BRIGHTNESS).astype("uint8")[..., None]
    if found == 1:
        told(f"grey repeated in {min(wanted, 3)} channels")
        pixels = np.repeat(pixels, 3, axis=-1)
    if wanted == 4:
        told("full opacity added")
        pixels = np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], axis=-1)
    return pixels


def _resized(pixels: Array, height: int | None, width: int | None, told: Told) -> Array:
    before = pixels.shape[:2]
    after = (height or before[0], width or before[1])
    if before == after:
        return pixels
    told(f"resized from {before[0]}×{before[1]} to {after[0]}×{after[1]} pixels")
    rows, columns = _weights(before[0], after[0]), _weights(before[1], after[1])
    # One axis after the other: (new, old) weights times the old pixels.
    values = np.einsum("ah,hwc->awc", rows, pixels.astype("float32"))
    values = np.einsum("bw,awc->abc", columns, values)
    return np.clip(np.rint(values), 0, 255).astype("uint8")


def _weights(before: int, after: int) -> Array:
    """How much each old pixel counts in each new one: a triangle, wider where it shrinks."""
    reach = max(before / after, 1.0)
    centres = (np.arange(after) + 0.5) * before / after - 0.5
    near = np.maximum(0, 1 - np.abs(np.arange(before)[None, :] - centres[:, None]) / reach)
    return np.asarray(near / near.sum(axis=1, keepdims=True), "float32")


def _scaled(pixels: Array, wanted: Wanted, told: Told) -> Array:
    if "float" not in wanted.dtype:
        return pixels
    if wanted.rescales:
        told("pixels left at 0..255, since the model rescales them itself")
        return pixels.astype("float32")
    told("pixels divided by 255, to 0..1")
    return (pixels / 255).astype("float32")


def _as_sound(samples: Array, wanted: Wanted, told: Told) -> Array:
    shape = wanted.shape or (None, None)
    channels = shape[2] if len(shape) == 3 else 1
    if samples.shape[1] != 1 and channels == 1:
        told(f"{samples.shape[1]} channels averaged to one")
        samples = samples.mean(axis=1, keepdims=True)
    length = shape[1] if len(shape) > 1 else None
    if length is not None and length != len(samples):
        told(f"{'cut' if length < len(samples) else 'filled up with silence'} from "
             f"{len(samples)} to {length} samples")  # fmt: skip
        samples = np.pad(samples[:length], ((0, max(length - len(samples), 0)), (0, 0)))
    return samples[:, 0] if len(shape) == 2 else samples


def _with_batch(kind: Kind, values: Array, wanted: Wanted, told: Told) -> Array:
    shape = wanted.shape
    if shape is None:
        if kind in ("picture", "sound"):
            told("a batch of one")
            return values[None]
        return values
    if values.ndim == len(shape) - 1 and _matches(values.shape, shape[1:]):
        told("a batch of one")
        return values[None]
    if values.ndim == len(shape) - 1 and shape[-1] == 1 and _matches(values.shape, shape[:-1]):
        return values[..., None]
    if kind != "array" and not _matches(values.shape, shape):
        raise UsageError(
            f"The input {wanted.name} takes {_words(shape)}, and the file holds "
            f"{_words(values.shape)}.",
            fix="Give values of that shape; None may have any size.",
        )
    return values


def _matches(found: Shape, wanted: Shape) -> bool:
    return len(found) == len(wanted) and all(
        size is None or size == other for other, size in zip(found, wanted, strict=True)
    )


def _as_dtype(values: Array, wanted: Wanted, told: Told) -> Array:
    if str(values.dtype) == wanted.dtype or not wanted.dtype or wanted.dtype == "bfloat16":
        return values
    made = values.astype(wanted.dtype)
    is_rounded = "int" in wanted.dtype and values.dtype.kind == "f"
    if is_rounded and not np.array_equal(made, values):
        raise UsageError(
            f"The input {wanted.name} takes whole numbers ({wanted.dtype}), and the file holds "
            "others.",
            fix="Give whole numbers, such as indices of words.",
        )
    told(f"{values.dtype} turned into {wanted.dtype}")
    return made


def _words(shape: Shape) -> str:
    return f"({', '.join('None' if size is None else str(size) for size in shape)})"
