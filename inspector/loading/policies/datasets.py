"""`keras.datasets.*`: the real files where they are, else stand-ins of the true form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from inspector.loading import known_data
from inspector.loading.situation import Situation

_WHY = "Not on this machine, and the network is off: made-up values of the true shapes."

# Name → the file in Keras' cache that makes it real, and the stand-in of `load_data`.
_LOADERS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "mnist": (
        "mnist.npz",
        lambda o: known_data.images((28, 28), 10, (60_000, 10_000), column=False),
    ),
    "fashion_mnist": (
        "fashion-mnist/train-images-idx3-ubyte.gz",
        lambda o: known_data.images((28, 28), 10, (60_000, 10_000), column=False, seed=1),
    ),
    "cifar10": (
        "cifar-10-batches-py-target_extracted",
        lambda o: known_data.images((32, 32, 3), 10, (50_000, 10_000), column=True),
    ),
    "cifar100": (
        "cifar-100-python-target_extracted",
        lambda o: known_data.images(
            (32, 32, 3), 20 if o.get("label_mode") == "coarse" else 100, (50_000, 10_000),
            column=True,
        ),
    ),
    "imdb": (
        "imdb.npz",
        lambda o: known_data.texts(2, (25_000, 25_000), 88_584, options=o),
    ),
    "reuters": (
        "reuters.npz",
        lambda o: known_data.texts(46, (8_982, 2_246), 30_979, longest=300, options=o),
    ),
    "boston_housing": (
        "boston_housing.npz",
        lambda o: known_data.housing(13, _counts(506, o)),
    ),
    "california_housing": (
        "california_housing.npz",
        lambda o: known_data.housing(
            8, _counts(600 if o.get("version") == "small" else 20_640, o), dtype="float32"
        ),
    ),
}  # fmt: skip
_POSITIONAL = {
    "cifar100": ("label_mode",),
    "california_housing": ("version", "path", "test_split", "seed"),
    "boston_housing": ("path", "test_split", "seed"),
    "imdb": ("path", "num_words", "skip_top", "maxlen", "seed", "start_char"),
    "reuters": ("path", "num_words", "skip_top", "maxlen", "test_split", "seed", "start_char"),
}
_WORDS = {"imdb": 88_584, "reuters": 30_979}
_REUTERS_LABELS = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply",
    "coffee", "sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas",
    "cpi", "money-fx", "interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin",
    "strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs",
    "lei", "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip


def install(situation: Situation) -> None:
    """Answer `load_data` and `get_word_index` of every known data set."""
    folder = Path.home() / ".keras" / "datasets"
    for name, (file, make) in _LOADERS.items():
        if (folder / file).exists():
            continue  # `policies.downloads` lets Keras find it
        _replace(situation, name, "load_data", _loader(situation, name, make))
        if name in _WORDS:
            _replace(situation, name, "get_word_index", _vocabulary(situation, name))
        if name == "reuters":
            _replace(situation, name, "get_label_names", lambda original: lambda: _REUTERS_LABELS)


def _replace(situation: Situation, name: str, function: str, make: Callable[[Any], Any]) -> None:
    # The public module and the one it takes its functions from.
    for module in (f"keras.datasets.{name}", f"keras.src.datasets.{name}"):
        if module in sys.modules:
            situation.patches.wrap(sys.modules[module], function, make)


def _loader(
    situation: Situation, name: str, make: Callable[[dict[str, Any]], Any]
) -> Callable[[Any], Any]:
    def replace(original: Any) -> Any:
        def load_data(*args: Any, **options: Any) -> Any:
            situation.notes.add(f"keras.datasets.{name}.load_data", _WHY)
            made = make(dict(zip(_POSITIONAL.get(name, ("path",)), args, strict=False)) | options)
            if keras.config.image_data_format() == "channels_first" and name.startswith("cifar"):
                (x, y), (x2, y2) = made
                made = (np.moveaxis(x, -1, 1), y), (np.moveaxis(x2, -1, 1), y2)
            return made

        return load_data

    return replace


def _vocabulary(situation: Situation, name: str) -> Callable[[Any], Any]:
    def replace(original: Any) -> Any:
        def get_word_index(path: str = "") -> dict[str, int]:
            situation.notes.add(f"keras.datasets.{name}.get_word_index", _WHY)
            return known_data.word_index(_WORDS[name])

        return get_word_index

    return replace


def _counts(total: int, options: dict[str, Any]) -> tuple[int, int]:
    share = options.get("test_split")
    train = int(total * (1 - (0.2 if share is None else float(share))))
    return train, total - train
