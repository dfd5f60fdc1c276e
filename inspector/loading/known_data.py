"""Stand-ins for data sets that everybody knows: true shapes, dtypes, ranges and classes.

The large arrays are zeros that the system gives out lazily, with random content in their first
`FILLED` samples: they cost no memory until somebody touches the rest. Labels are complete, with
every class in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

FILLED = 512
_LISTS = 256
Array = np.ndarray[Any, Any]
Split = tuple[tuple[Array, Array], tuple[Array, Array]]


def images(
    shape: tuple[int, ...], classes: int, counts: tuple[int, int], *, column: bool, seed: int = 0
) -> Split:
    """Images of bytes with a class each: MNIST, Fashion-MNIST, CIFAR.

    column: labels have a last axis of one, as CIFAR's have.
    """
    random = np.random.default_rng(seed)

    def part(count: int) -> tuple[Array, Array]:
        x = np.zeros((count, *shape), np.uint8)
        filled = min(FILLED, count)
        x[:filled] = random.integers(0, 256, (filled, *shape), np.uint8)
        y = _labels(count, classes, random).astype(np.uint8)
        return x, y[:, None] if column else y

    return part(counts[0]), part(counts[1])


def texts(
    classes: int,
    counts: tuple[int, int],
    words: int,
    *,
    longest: int | None = None,
    options: dict[str, Any] | None = None,
    seed: int = 0,
) -> Split:
    """Lists of word numbers with a class each: IMDB, Reuters.

    The lists are shared: 256 different ones stand for all.
    """
    options = options or {}
    random = np.random.default_rng(seed)
    first = int(options.get("index_from") or 3)
    top = min(words, int(options.get("num_words") or words))
    start = options.get("start_char", 1)
    longest = min(longest or 400, int(options.get("maxlen") or 400))
    lists = []
    for size in random.integers(max(longest // 8, 2), max(longest, 3), _LISTS):
        # Low numbers are the frequent words.
        numbers = first + (random.power(0.3, size - 1) * max(top - first, 1)).astype(int)
        lists.append(([] if start is None else [start]) + numbers.tolist())

    def part(count: int) -> tuple[Array, Array]:
        x = np.empty(count, object)
        for place in range(count):
            x[place] = lists[place % _LISTS]
        return x, _labels(count, classes, random)

    return part(counts[0]), part(counts[1])


def word_index(words: int) -> dict[str, int]:
    """A vocabulary by rank, as `get_word_index` gives."""
    common = ("the", "and", "a", "of", "to", "is", "in", "it", "this", "that", "was", "movie")
    names = [*common, *(f"word{rank}" for rank in range(len(common) + 1, words + 1))]
    return {name: rank for rank, name in enumerate(names, start=1)}


def housing(
    features: int, counts: tuple[int, int], *, dtype: str = "float64", seed: int = 0
) -> Split:
    """Rows of positive numbers with a price each: Boston, California."""
    random = np.random.default_rng(seed)
    scales = np.geomspace(0.1, 300.0, features)

    def part(count: int) -> tuple[Array, Array]:
        x = random.gamma(2.0, 0.5, (count, features)) * scales
        y = 10 + 40 * random.random(count)
        return x.astype(dtype), y.astype(dtype)

    return part(counts[0]), part(counts[1])


def _labels(count: int, classes: int, random: np.random.Generator) -> Array:
    labels: Array = random.permutation(np.arange(count, dtype=np.int64) % classes)
    labels[: min(classes, count)] = np.arange(min(classes, count))
    return labels
