"""How far loops over a dataset go: users' own, small ones, and those of `adapt`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inspector.compat import limits

WORDS = (
    "import numpy as np, tensorflow as tf\n"
    "from tensorflow.keras import layers\n"
    "words = np.array([f'word{i}' for i in range(160)])\n"
    "ds = tf.data.Dataset.from_tensor_slices(words).batch(4)\n"
)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What was told of loops that were ended after two elements."""
    heard: list[str] = []
    limits.limit_iteration(2, lambda what, why: heard.append(f"{what}: {why}"))
    yield heard
    limits.limit_iteration(None)


def test_loop_of_the_users_is_ended_when_the_dataset_is_long(user: Any, told: list[str]) -> None:
    names = user.run(WORDS + "count = sum(1 for _ in ds)\n")

    assert names["count"] == 2
    assert told == ["loop over a tf.data.Dataset: it was ended after 2 elements or less"]


@pytest.mark.parametrize("length", [0, 3, 16])
def test_loop_of_the_users_is_whole_when_the_dataset_is_small(
    user: Any, told: list[str], length: int
) -> None:
    names = user.run(
        f"import tensorflow as tf\nfound = list(tf.data.Dataset.range({length})"
        ".as_numpy_iterator())\n"
    )

    assert names["found"] == list(range(length))
    assert told == []


def test_adapt_learns_from_the_whole_dataset(user: Any, told: list[str]) -> None:
    names = user.run(
        WORDS + "text, look = layers.TextVectorization(), layers.StringLookup()\n"
        "text.adapt(ds)\n"
        "look.adapt(ds)\n"
        "norm = layers.Normalization()\n"
        "values = np.arange(160.0).reshape(160, 1)\n"
        "norm.adapt(tf.data.Dataset.from_tensor_slices(values).batch(4))\n"
    )

    assert names["text"].vocabulary_size() == 162  # and one word for padding, one for the unknown
    assert names["look"].vocabulary_size() == 161
    assert float(names["norm"].mean.squeeze()) == pytest.approx(79.5)
    assert told == []


def test_adapt_ends_and_says_so_when_the_dataset_has_no_end(
    user: Any, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_ADAPT_ELEMENTS", 50)

    names = user.run(WORDS + "text = layers.TextVectorization()\ntext.adapt(ds.repeat())\n")

    assert names["text"].vocabulary_size() == 162
    assert told == ["adapt on a tf.data.Dataset: it learned from the first 50 elements"]
