"""Random draws: reproducible, of the right distribution, leaf ops on the tape."""

import keras
import numpy as np
import pytest
from keras import random

from inspector import engine

DRAWS = {
    "uniform": (lambda seed: random.uniform((4000,), 2.0, 4.0, seed=seed), 3.0, 2 / 12**0.5),
    "normal": (lambda seed: random.normal((4000,), 1.0, 2.0, seed=seed), 1.0, 2.0),
    "truncated": (lambda seed: random.truncated_normal((4000,), seed=seed), 0.0, 0.8796),
    "randint": (lambda seed: random.randint((4000,), 0, 10, seed=seed), 4.5, 2.8723),
    "gamma": (lambda seed: random.gamma((4000,), 4.0, seed=seed), 4.0, 2.0),
    "beta": (lambda seed: random.beta((4000,), 2.0, 2.0, seed=seed), 0.5, 0.2236),
    "binomial": (lambda seed: random.binomial((4000,), 10.0, 0.5, seed=seed), 5.0, 1.5811),
}


@pytest.mark.parametrize("name", DRAWS)
def test_draw_has_its_mean_and_spread(name):
    draw, mean, deviation = DRAWS[name]

    values = draw(7).numpy()

    assert values.mean() == pytest.approx(mean, abs=4 * deviation / 4000**0.5)
    assert values.std() == pytest.approx(deviation, rel=0.1)


@pytest.mark.parametrize("name", DRAWS)
def test_draw_repeats_with_its_seed_and_differs_with_another(name):
    draw = DRAWS[name][0]

    assert draw(7).tolist() == draw(7).tolist()
    assert draw(7).tolist() != draw(8).tolist()


def test_seed_generator_gives_new_numbers_each_time():
    generator = random.SeedGenerator(3)

    first, second = (random.normal((3,), seed=generator).tolist() for _ in range(2))

    assert first != second


def test_global_seed_repeats_a_whole_program():
    keras.utils.set_random_seed(5)
    first = random.normal((3,)).tolist()
    keras.utils.set_random_seed(5)

    assert random.normal((3,)).tolist() == first


def test_draw_is_one_leaf_record_with_its_seed():
    with engine.recording() as segment:
        random.normal((3,), seed=11)

    (record,) = segment.records
    assert record.inputs == ()
    assert record.constants["seed"] == (11, 0)


def test_record_draws_the_same_numbers_again():
    with engine.recording() as segment:
        values = random.normal((3,), seed=11)
    (record,) = segment.records

    assert record.primitive(**record.constants).tolist() == values.tolist()


def test_dropout_keeps_the_mean_and_passes_gradients_through_its_mask():
    x = keras.ops.ones((1000,))
    with engine.recording() as segment:
        y = random.dropout(x, 0.25, seed=1)
    (gradient,) = engine.gradients(y, [x], segment.records)

    assert y.numpy().mean() == pytest.approx(1, abs=0.1)
    assert sorted(set(y.tolist())) == [0.0, pytest.approx(1 / 0.75)]
    assert gradient.tolist() == y.tolist()


def test_dropout_shares_its_mask_along_broadcast_axes():
    y = random.dropout(keras.ops.ones((5, 8)), 0.5, noise_shape=(1, None), seed=1)

    assert np.ptp(y.numpy(), axis=0).max() == 0


def test_categorical_follows_its_logits():
    logits = np.log(np.array([[0.7, 0.2, 0.1]]))

    found = random.categorical(logits, 4000, seed=2).numpy()

    np.testing.assert_allclose(np.bincount(found[0]) / 4000, [0.7, 0.2, 0.1], atol=0.03)


def test_shuffle_moves_rows_whole():
    rows = np.arange(20).reshape(10, 2)

    found = random.shuffle(rows, seed=4).numpy()

    assert sorted(map(tuple, found)) == [tuple(row) for row in rows]
    assert found.tolist() != rows.tolist()


@pytest.mark.parametrize("draw", ["normal", "uniform", "truncated_normal"])
def test_draws_are_the_same_bits_whether_they_are_recorded_or_not(draw):
    arguments = {"shape": (7, 5), "dtype": "float32", "seed": 3}
    limits = (-0.3, 0.7) if draw == "uniform" else (0.25, 0.7)

    plain = getattr(keras.random, draw)(arguments.pop("shape"), *limits, **arguments)
    with engine.recording():
        recorded = getattr(keras.random, draw)((7, 5), *limits, **arguments)

    assert np.array(plain).tobytes() == np.array(recorded).tobytes()
