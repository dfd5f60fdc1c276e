"""Pictures and sounds where OpenCV, Pillow or librosa are not installed.

What is read is noise of the right form: (height, width, channels) bytes, one second of samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.loading.stand_ins.recording import StandIn

Array = np.ndarray[Any, Any]
_SIZE = (96, 128)
_MODES = {(): "L", (1,): "L", (2,): "LA", (4,): "RGBA"}  # by the axis of channels; else RGB
_RATE = 22050


def read_picture(path: Any = "", flags: Any = 1, *args: Any, **options: Any) -> Array:
    """`cv2.imread`: three channels, or none when it is asked for grey."""
    is_grey = isinstance(flags, int) and flags == 0
    shape = _SIZE if is_grey else (*_SIZE, 3)
    return np.random.default_rng(len(str(path))).integers(0, 256, shape, np.uint8)


def resize(picture: Any, size: Any = None, *args: Any, **options: Any) -> Array:
    """`cv2.resize`: the nearest pixels at a size of (width, height), or by factors fx and fy."""
    pixels = np.asarray(picture)
    factors = options.get("fx") or 1.0, options.get("fy") or 1.0
    by_factors = (round(pixels.shape[1] * factors[0]), round(pixels.shape[0] * factors[1]))
    width, height = size or options.get("dsize") or by_factors
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width
    resized = pixels[rows][:, columns]
    # OpenCV gives a single channel back without its axis.
    return np.asarray(resized[..., 0] if resized.shape[2:] == (1,) else resized)


def change_colour(picture: Any, code: Any = None, *args: Any, **options: Any) -> Array:
    """`cv2.cvtColor`: grey loses its last axis, the rest keeps its form."""
    pixels = np.asarray(picture)
    to_grey, to_colour = code in (6, 7), code == 8
    if to_grey:
        return np.asarray(pixels.mean(axis=-1).astype(pixels.dtype))
    return np.repeat(pixels[..., None], 3, axis=-1) if to_colour else pixels[..., ::-1]


class Picture(StandIn):
    """What `PIL.Image.open` gives: a picture of noise that can be resized, converted and split."""

    def __init__(self, pixels: Array | None = None) -> None:
        super().__init__("picture")
        pixels = read_picture() if pixels is None else pixels
        object.__setattr__(self, "_pixels", pixels)
        object.__setattr__(self, "size", (pixels.shape[1], pixels.shape[0]))
        object.__setattr__(self, "width", pixels.shape[1])
        object.__setattr__(self, "height", pixels.shape[0])
        object.__setattr__(self, "mode", _MODES.get(pixels.shape[2:], "RGB"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self._pixels, dtype=dtype)

    def resize(self, size: Any, *args: Any, **options: Any) -> Picture:
        """At a size of (width, height)."""
        return Picture(resize(self._pixels, size))

    def crop(self, box: Any = None) -> Picture:
        """What lies in (left, upper, right, lower); black where that is outside."""
        height, width = self._pixels.shape[:2]
        left, upper, right, lower = map(int, box or (0, 0, width, height))
        rows, columns = np.arange(upper, lower), np.arange(left, right)
        is_inside = np.logical_and.outer(
            (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
        )
        found = self._pixels[rows.clip(0, height - 1)][:, columns.clip(0, width - 1)].copy()
        found[~is_inside] = 0
        return Picture(found)

    def convert(self, mode: str = "RGB", *args: Any, **options: Any) -> Picture:
        """In grey, or with as many channels as the mode has letters."""
        pixels = np.asarray(self)
        grey = pixels if pixels.ndim == 2 else pixels[..., 0]
        channels = {"L": 0, "1": 0, "RGBA": 4, "CMYK": 4}.get(mode, 3)
        return Picture(grey if not channels else np.stack([grey] * channels, axis=-1))

    def split(self) -> tuple[Picture, ...]:
        """One grey picture for each channel."""
        pixels = np.asarray(self)
        parts = [pixels] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)
        return tuple(Picture(part) for part in parts)

    def copy(self) -> Picture:
        """Another of the same pixels."""
        return Picture(np.array(self))

    rotate = transpose = lambda self, *args, **options: self


def _open(*args: Any, **options: Any) -> Picture:
    return Picture()


def _new(mode: str = "RGB", size: Any = (1, 1), color: Any = 0) -> Picture:
    """`PIL.Image.new`: one colour at a size of (width, height)."""
    channels = {"L": (), "1": (), "RGBA": (4,), "CMYK": (4,)}.get(mode, (3,))
    colour = color if isinstance(color, int | tuple) else 0  # a name, whose bytes nobody needs
    return Picture(np.full((size[1], size[0], *channels), colour, np.uint8))


def _from_array(array: Any, *args: Any, **options: Any) -> Picture:
    return Picture(np.asarray(array))


def load_sound(path: Any = "", sr: Any = _RATE, *args: Any, **options: Any) -> tuple[Array, int]:
    """`librosa.load`: one second (or `duration`) of noise, and its rate."""
    rate = int(sr or _RATE)
    seconds = options.get("duration") or 1.0
    return np.random.default_rng(0).normal(size=int(rate * seconds)).astype("float32"), rate


def _frames(rows: str, default: int) -> Any:
    def features(y: Any = None, *args: Any, **options: Any) -> Array:
        hop = options.get("hop_length", 512)
        samples = np.size(y) if y is not None else _RATE
        count = options.get(rows, default)
        return np.random.default_rng(0).random((count, 1 + samples // hop)).astype("float32")

    return features


def _unchanged(values: Any, *args: Any, **options: Any) -> Array:
    return np.asarray(values)


CV2: dict[str, Any] = {
    "imread": read_picture, "resize": resize, "cvtColor": change_colour, "IMREAD_GRAYSCALE": 0,
    "IMREAD_COLOR": 1, "COLOR_BGR2RGB": 4, "COLOR_RGB2BGR": 4, "COLOR_BGR2GRAY": 6,
    "COLOR_RGB2GRAY": 7, "COLOR_GRAY2RGB": 8, "COLOR_GRAY2BGR": 8, "INTER_AREA": 3,
    "INTER_CUBIC": 2, "INTER_LINEAR": 1, "INTER_NEAREST": 0, "IMREAD_UNCHANGED": -1,
}  # fmt: skip
PIL: dict[str, Any] = {"open": _open, "fromarray": _from_array, "new": _new}
SOUND: dict[str, Any] = {
    "load": load_sound, "mfcc": _frames("n_mfcc", 20), "melspectrogram": _frames("n_mels", 128),
    "chroma_stft": _frames("n_chroma", 12), "power_to_db": _unchanged,
    "amplitude_to_db": _unchanged,
}  # fmt: skip
READERS: dict[str, Any] = {"imread": read_picture}
