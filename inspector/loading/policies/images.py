"""Pictures without Pillow: Keras' image functions answer with made-up ones."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.loading.situation import Situation
from inspector.loading.stand_ins.recording import StandIn

_WHY = "Pillow is not installed: a made-up picture stands in."
_SIZE = (224, 224)
# The second one is what `ImageDataGenerator` asks.
_OWNERS = ("keras.preprocessing.image", "keras.src.utils.image_utils")
_MASK = re.compile(r"mask|annotation|trimap|segmentation|label", re.IGNORECASE)


class MadeUpImage(StandIn):
    """A picture of random pixels; saving and showing it does nothing."""

    def __init__(self, pixels: np.ndarray[Any, Any]) -> None:
        super().__init__("picture")
        object.__setattr__(self, "_pixels", pixels)
        object.__setattr__(self, "size", (pixels.shape[1], pixels.shape[0]))
        object.__setattr__(self, "mode", {1: "L", 4: "RGBA"}.get(pixels.shape[-1], "RGB"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        # A grey picture has no axis of channels, as Pillow's have none.
        pixels = self._pixels[..., 0] if self.mode == "L" else self._pixels
        return np.asarray(pixels, dtype=dtype)

    def resize(self, size: tuple[int, int], *args: Any) -> MadeUpImage:
        """The same number of channels at another size."""
        return MadeUpImage(_pixels(size[1], size[0], {"L": 1, "RGBA": 4}.get(str(self.mode), 3)))


def install(situation: Situation) -> None:
    """Replace the image functions that need Pillow, where it is missing."""
    if importlib.util.find_spec("PIL") is not None:
        return
    for name, make in (
        ("load_img", _load), ("array_to_img", _from_array), ("img_to_array", _to_array),
        ("save_img", _save),
    ):  # fmt: skip
        for owner in (keras.utils, *map(sys.modules.get, _OWNERS)):
            if owner is not None:
                situation.patches.wrap(
                    owner, name, functools.partial(_noting, situation, name, make)
                )


def _noting(
    situation: Situation, name: str, make: Callable[..., Any], original: Callable[..., Any]
) -> Callable[..., Any]:
    @functools.wraps(original)
    def answer(*args: Any, **options: Any) -> Any:
        situation.notes.add(f"keras.utils.{name}", _WHY)
        return make(*args, **options)

    return answer


def _load(
    path: Any, color_mode: str = "rgb", target_size: Any = None, *args: Any, **options: Any
) -> MadeUpImage:
    with open(path, "rb"):  # a picture that is missing is an error of the script's
        height, width = target_size or _SIZE
    channels = {"grayscale": 1, "rgba": 4}.get(color_mode, 3)
    pixels = _pixels(height, width, channels)
    # The pixels of a mask are classes: 1 and 2 are some whether they are counted from 0 or from 1.
    return MadeUpImage(1 + pixels % 2 if _MASK.search(os.fspath(path)) else pixels)


def _from_array(x: Any, *args: Any, **options: Any) -> MadeUpImage:
    return MadeUpImage(np.clip(np.asarray(x), 0, 255).astype(np.uint8))


def _to_array(img: Any, *args: Any, dtype: Any = None, **options: Any) -> Any:
    pixels = np.asarray(img)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    return pixels.astype(dtype or keras.config.floatx())


def _save(*args: Any, **options: Any) -> None:
    """No picture is written."""


def _pixels(height: int, width: int, channels: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8)
