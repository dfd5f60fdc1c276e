"""`tensorflow_datasets` as a stand-in: the forms that its data sets have."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from inspector.loading.stand_ins import tfds


@pytest.fixture
def noted():
    """What was noted as replaced."""
    return []


@pytest.fixture
def names(noted):
    """What `import tensorflow_datasets` offers."""
    notes = SimpleNamespace(add=lambda what, why: noted.append(what))
    return tfds.names(SimpleNamespace(notes=notes))


def first(dataset):
    return next(iter(dataset.as_numpy_iterator()))


def test_supervised_split_gives_pairs_and_is_noted(names, noted):
    image, label = first(names["load"]("mnist", split="train", as_supervised=True))

    assert (image.shape, image.dtype, label.dtype) == ((28, 28, 1), np.uint8, np.int64)
    assert noted == ["tensorflow_datasets.load('mnist')"]


def test_split_that_is_not_supervised_gives_its_columns_by_name(names):
    found = first(names["load"]("cifar10:3.*.*", split="test[:10%]"))

    assert {name: np.shape(value) for name, value in found.items()} == {
        "image": (32, 32, 3),
        "label": (),
    }


def test_without_a_split_all_are_there_and_several_come_in_order(names):
    every = names["load"]("imdb_reviews")
    train, test = names["load"]("imdb_reviews", split=["train", "test"], as_supervised=True)

    assert {"train", "test", "unsupervised"} <= set(every)
    assert isinstance(first(train)[0], bytes)
    assert first(test)[1] in (0, 1)
    assert set(names["load"]("cycle_gan/horse2zebra")) == {"trainA", "trainB", "testA", "testB"}


def test_info_knows_classes_shape_and_true_sizes(names):
    _, info = names["load"]("cifar100", split="train", with_info=True)

    label = info.features["label"]
    assert info.features["image"].shape == (32, 32, 3)
    assert (label.num_classes, info.splits["train"].num_examples) == (100, 50_000)
    assert label.str2int(label.int2str(np.int64(42))) == 42
    assert names["load"]("imdb_reviews", with_info=True)[1].features["label"].num_classes == 2


def test_labels_are_those_of_the_classes(names):
    data = names["load"]("horses_or_humans", split="train", as_supervised=True)

    assert {int(label) for _, label in data.as_numpy_iterator()} == {0, 1}


def test_batches_are_made_and_minus_one_asks_for_all_at_once(names):
    batches = names["load"]("mnist", batch_size=8)
    images, labels = names["load"]("mnist", split="train", batch_size=-1, as_supervised=True)

    assert first(batches["test"])["image"].shape == (8, 28, 28, 1)
    assert len(images) == len(labels) > 100
    assert names["as_numpy"](images).shape == images.shape


def test_as_numpy_goes_into_what_holds_several(names):
    found = names["as_numpy"](names["load"]("mnist", as_supervised=True))

    assert next(iter(found["train"]))[0].shape == (28, 28, 1)
    assert names["as_numpy"]((1, [2])) == (1, [2])


def test_films_have_texts_for_ids_and_numbers_for_ratings(names):
    found = first(names["load"]("movielens/100k-ratings", split="train"))

    assert isinstance(found["user_id"], bytes)
    assert found["user_rating"].dtype == np.float32
    assert 1 <= found["user_rating"] <= 5


def test_data_set_that_is_not_known_is_a_picture_with_ten_classes(names):
    data, info = names["load"]("somebodys_pictures", split="train", with_info=True)

    assert first(data)["image"].shape == info.features["image"].shape == (180, 200, 3)
    assert info.features["label"].num_classes == 10
