"""`tensorflow_datasets`: small made-up data of the form that each data set has."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.loading.situation import Situation
from inspector.loading.stand_ins.recording import StandIn

_WHY = "Not on this machine: a few made-up samples of the data set's form."
_COUNT = 256
# Image shape, classes and the number of training samples of well-known data sets.
_IMAGES: dict[str, tuple[tuple[int, int, int], int, int]] = {
    "mnist": ((28, 28, 1), 10, 60_000),
    "fashion_mnist": ((28, 28, 1), 10, 60_000),
    "kmnist": ((28, 28, 1), 10, 60_000),
    "emnist": ((28, 28, 1), 62, 697_932),
    "cifar10": ((32, 32, 3), 10, 50_000),
    "cifar100": ((32, 32, 3), 100, 50_000),
    "stl10": ((96, 96, 3), 10, 5_000),
    "svhn_cropped": ((32, 32, 3), 10, 73_257),
    "cats_vs_dogs": ((180, 200, 3), 2, 23_262),
    "tf_flowers": ((180, 200, 3), 5, 3_670),
    "stanford_dogs": ((180, 200, 3), 120, 12_000),
    "oxford_flowers102": ((180, 200, 3), 102, 1_020),
    "horses_or_humans": ((300, 300, 3), 2, 1_027),
    "cycle_gan": ((256, 256, 3), 2, 1_000),
    "food101": ((180, 200, 3), 101, 75_750),
}
_TEXTS = ("imdb_reviews", "ag_news_subset", "yelp_polarity_reviews", "glue")


def names(situation: Situation) -> dict[str, Any]:
    """What `import tensorflow_datasets` offers."""

    def load(name: str, *args: Any, split: Any = None, **options: Any) -> Any:
        split = args[0] if args else split
        situation.notes.add(f"tensorflow_datasets.load({name!r})", _WHY)
        base = name.split("/")[0].split(":")[0]
        data = _splits(base, split, _sample_maker(base), supervised=options.get("as_supervised"))
        if options.get("batch_size"):
            data = _batched(data, options["batch_size"])
        return (data, _info(base)) if options.get("with_info") else data

    def as_numpy(dataset: Any) -> Any:
        if isinstance(dataset, dict):
            return {name: as_numpy(part) for name, part in dataset.items()}
        if isinstance(dataset, list | tuple):
            return type(dataset)(map(as_numpy, dataset))
        if hasattr(dataset, "as_numpy_iterator"):
            return dataset.as_numpy_iterator()
        return dataset.numpy() if hasattr(dataset, "numpy") else dataset

    return {"load": load, "as_numpy": as_numpy, "disable_progress_bar": lambda: None}


def _batched(data: Any, size: int) -> Any:
    """In batches; -1 asks for tensors of the whole."""
    if isinstance(data, dict):
        return {name: _batched(part, size) for name, part in data.items()}
    if isinstance(data, list):
        return [_batched(part, size) for part in data]
    return next(iter(data.batch(_COUNT))) if size == -1 else data.batch(size)


def _splits(base: str, split: Any, make: Callable[[], Any], *, supervised: bool | None) -> Any:
    from inspector.compat.tf import dataset  # only a script that asks for it needs it

    def one() -> Any:
        columns = make()
        rows = tuple(columns.values())[:2] if supervised else columns
        return dataset.Dataset.from_tensor_slices(rows)

    if isinstance(split, list | tuple):
        return [one() for _ in split]
    if split is not None:
        return one()
    cycle = ("trainA", "trainB", "testA", "testB")
    parts = cycle if base == "cycle_gan" else ("train", "test", "validation", "unsupervised")
    return {part: one() for part in parts}


def _sample_maker(base: str) -> Callable[[], dict[str, Any]]:
    random = np.random.default_rng(0)
    if base in _TEXTS:
        sentences = np.array(["a fine film from start to end", "dull and far too long"], object)
        return lambda: {"text": np.resize(sentences, _COUNT), "label": np.arange(_COUNT) % 2}
    if base.startswith("movielens"):
        return lambda: _films(_COUNT)
    shape, classes, _ = _IMAGES.get(base, ((180, 200, 3), 10, 1_000))
    count = _COUNT if shape[0] < 100 else 64
    return lambda: {
        "image": random.integers(0, 256, (count, *shape), np.uint8),
        "label": np.arange(count, dtype=np.int64) % classes,
    }


def _films(count: int) -> dict[str, Any]:
    """Ratings of films, ids as texts of numbers from one on."""

    def texts(values: Any) -> Any:
        return np.array([str(value) for value in values], object)

    places = np.arange(count)
    return {
        "user_id": texts(places % 100 + 1), "movie_id": texts(places * 7 % 200 + 1),
        "user_rating": (places % 5 + 1).astype(np.float32),
        "movie_title": texts(f"film {place * 7 % 200 + 1}" for place in places),
        "timestamp": (880_000_000 + 60 * places).astype(np.int64),
        "user_gender": places % 2 == 0, "raw_user_age": (20.0 + places % 50).astype(np.float32),
        "bucketized_user_age": (18.0 + places % 4 * 10).astype(np.float32),
        "user_occupation_text": texts("writer" if p % 2 else "student" for p in places),
        "user_zip_code": texts(10_000 + places % 90), "movie_genres": places % 20,
    }  # fmt: skip


def _info(base: str) -> Any:
    shape, classes, count = _IMAGES.get(base, ((180, 200, 3), 10, 1_000))
    classes = 2 if base in _TEXTS else classes
    label = types.SimpleNamespace(
        num_classes=classes,
        names=[f"class_{i}" for i in range(classes)],
        int2str=lambda number: f"class_{int(number)}",
        str2int=lambda text: int(text.rpartition("_")[2]),
    )
    image = types.SimpleNamespace(shape=shape, dtype=np.uint8)
    sizes = {name: types.SimpleNamespace(num_examples=size) for name, size in
             (("train", count), ("test", count // 5), ("validation", count // 5))}  # fmt: skip
    return types.SimpleNamespace(
        features={"image": image, "label": label, "text": StandIn("tfds text")},
        splits=sizes,
        name=base,
    )
