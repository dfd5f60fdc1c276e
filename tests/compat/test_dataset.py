"""`tf.data.Dataset`: elements by hand, and use in loops, `fit` and `adapt`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

CASES: list[tuple[str, Any]] = [
    ("D.from_tensor_slices([1, 2, 3])", [1, 2, 3]),
    ("D.from_tensor_slices(([1, 2], [3, 4]))", [(1, 3), (2, 4)]),
    ("D.from_tensor_slices({'a': [1, 2]})", [{"a": 1}, {"a": 2}]),
    ("D.from_tensors([1, 2])", [[1, 2]]),
    ("D.range(2, 8, 3)", [2, 5]),
    ("D.range(5).batch(2)", [[0, 1], [2, 3], [4]]),
    ("D.range(5).batch(2, drop_remainder=True)", [[0, 1], [2, 3]]),
    ("D.range(3).map(lambda x: x * 2)", [0, 2, 4]),
    ("D.from_tensor_slices(([1], [2])).map(lambda a, b: a + b)", [3]),
    ("D.range(3).map(lambda x: (x, {'y': x}))", [(0, {"y": 0}), (1, {"y": 1}), (2, {"y": 2})]),
    ("D.range(4).filter(lambda x: x % 2 == 0)", [0, 2]),
    ("D.range(2).repeat(2)", [0, 1, 0, 1]),
    ("D.range(2).repeat().take(3)", [0, 1, 0]),
    ("D.range(4).skip(2).concatenate(D.range(1))", [2, 3, 0]),
    ("D.zip((D.range(2), D.range(5, 9)))", [(0, 5), (1, 6)]),
    ("D.zip(D.range(2), (D.range(2), D.range(2)))", [(0, (0, 0)), (1, (1, 1))]),
    ("D.range(2).enumerate(start=7)", [(7, 0), (8, 1)]),
    ("D.range(4).batch(2).unbatch()", [0, 1, 2, 3]),
    ("D.from_generator(lambda: iter([[1], [2, 3]]), tf.int32).padded_batch(2)", [[[1, 0], [2, 3]]]),
    (
        "D.from_generator(lambda: iter([[1], [2]]), tf.int32).padded_batch(2, [3], -1)",
        [[[1, -1, -1], [2, -1, -1]]],
    ),
    ("D.range(2).flat_map(lambda x: D.range(x + 1))", [0, 0, 1]),
    (
        "D.range(1, 4).interleave(lambda x: D.from_tensors(x).repeat(2), cycle_length=2)",
        [1, 2, 1, 2, 3, 3],
    ),
    ("D.range(5).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3))",
     [[0, 1, 2], [1, 2, 3], [2, 3, 4]]),
    ("D.range(3).scan(0, lambda s, x: (s + x, s + x))", [0, 1, 3]),
    ("D.range(6).shard(3, 1)", [1, 4]),
    ("D.range(9).take_while(lambda x: x < 2)", [0, 1]),
]  # fmt: skip


def _plain(element: Any) -> Any:
    if isinstance(element, tuple):
        return tuple(map(_plain, element))
    if isinstance(element, dict):
        return {key: _plain(value) for key, value in element.items()}
    return element.tolist() if hasattr(element, "tolist") else element


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[c[0] for c in CASES])
def test_dataset_has_these_elements(tf: Any, expression: str, expected: Any) -> None:
    dataset = eval(expression, {"tf": tf, "D": tf.data.Dataset})

    assert [_plain(element) for element in dataset.as_numpy_iterator()] == expected


def test_shuffle_keeps_the_elements_and_repeats_with_its_seed(tf: Any) -> None:
    dataset = tf.data.Dataset.range(20).shuffle(8, seed=1, reshuffle_each_iteration=False)

    first = [int(x) for x in dataset]
    assert sorted(first) == list(range(20))
    assert first != list(range(20))
    assert first == [int(x) for x in dataset]


def test_cache_reads_its_source_once(tf: Any) -> None:
    reads: list[int] = []
    dataset = tf.data.Dataset.range(3).map(lambda x: reads.append(int(x)) or x).cache()

    list(dataset), list(dataset)

    assert reads == [0, 1, 2]


def test_cardinality_is_known_infinite_or_unknown(tf: Any) -> None:
    dataset = tf.data.Dataset.range(10)

    assert int(dataset.batch(3).cardinality()) == 4
    assert len(dataset.batch(3, drop_remainder=True)) == 3
    assert int(dataset.repeat().cardinality()) == tf.data.INFINITE_CARDINALITY
    unknown = tf.data.experimental.cardinality(dataset.filter(lambda x: x > 1))
    assert int(unknown) == tf.data.UNKNOWN_CARDINALITY


def test_element_spec_tells_shape_and_dtype(tf: Any) -> None:
    spec = tf.data.Dataset.from_tensor_slices((np.zeros((4, 2), "float32"), [1, 2, 3, 4]))

    x, y = spec.batch(2).element_spec
    assert (x.shape, x.dtype) == ((2, 2), "float32")
    assert (y.shape, y.dtype) == ((2,), "int32")


def test_iterator_gives_next_elements_until_out_of_range(tf: Any) -> None:
    iterator = iter(tf.data.Dataset.range(1))

    assert int(iterator.get_next()) == 0
    with pytest.raises(tf.errors.OutOfRangeError):
        iterator.get_next()


def test_strings_come_out_as_bytes(tf: Any) -> None:
    dataset = tf.data.Dataset.from_tensor_slices((["a b", "c"], [0, 1])).batch(2)

    texts, labels = next(iter(dataset))
    assert texts.numpy().tolist() == [b"a b", b"c"]
    assert labels.numpy().tolist() == [0, 1]


def test_dataset_feeds_fit_evaluate_predict_and_adapt(user: Any) -> None:
    names = user.run(
        "import numpy as np, tensorflow as tf\n"
        "x = np.arange(24, dtype='float32').reshape(12, 2)\n"
        "data = tf.data.Dataset.from_tensor_slices((x, x.sum(1))).shuffle(12).batch(4)\n"
        "norm = tf.keras.layers.Normalization()\n"
        "norm.adapt(data.map(lambda a, b: a))\n"
        "model = tf.keras.Sequential([norm, tf.keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "history = model.fit(data, epochs=2, validation_data=data.take(1), verbose=0).history\n"
        "loss = model.evaluate(data, verbose=0)\n"
        "out = model.predict(data, verbose=0)\n"
        "steps = model.fit(data.repeat(), steps_per_epoch=2, verbose=0).history\n"
    )

    np.testing.assert_allclose(np.asarray(names["norm"].mean), [[11.0, 12.0]], rtol=1e-5)
    assert set(names["history"]) == {"loss", "val_loss"}
    assert names["out"].shape == (12, 1)
    assert names["loss"] > 0


def test_timeseries_maker_of_keras_gives_our_dataset(tf: Any) -> None:
    made = tf.keras.utils.timeseries_dataset_from_array(
        np.arange(6.0)[:, None], np.arange(6.0), sequence_length=3, batch_size=2
    )

    x, y = next(iter(made))
    assert x.numpy()[..., 0].tolist() == [[0, 1, 2], [1, 2, 3]]
    assert y.numpy().tolist() == [0, 1]
