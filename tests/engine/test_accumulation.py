"""Adding and combining at positions that repeat."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.engine.accumulation import _in_rounds, add_at, add_rows, combine_at
from inspector.engine.promotion import dtype_of

G = np.random.default_rng(31)
TARGET = G.normal(size=(4, 3))
ROWS = np.array([2, 0, 2, 2])
VALUES = G.normal(size=(4, 3))


@pytest.mark.parametrize("how", ["add", "multiply", "maximum", "minimum"])
def test_repeated_positions_count_each_time(how):
    right = TARGET.copy()
    getattr(np, how).at(right, ROWS, VALUES)

    found = combine_at(np, how, TARGET.copy(), ROWS, VALUES)

    np.testing.assert_allclose(found, right)


@pytest.mark.parametrize("how", ["multiply", "maximum", "minimum"])
@pytest.mark.parametrize("where", [ROWS, (ROWS, np.array([0, 1, 0, 0])), (slice(None), [1, 1])])
def test_rounds_give_the_same_as_one_at_a_time(how, where):
    values = VALUES[: TARGET[where].shape[0], : TARGET[where].shape[-1]]
    values = values[:, 0] if TARGET[where].ndim == 1 else values
    right = TARGET.copy()
    getattr(np, how).at(right, where, values)

    found = _in_rounds(np, getattr(np, how), TARGET.copy(), where, values)

    np.testing.assert_allclose(found, right)


def test_rounds_over_nothing_change_nothing():
    empty = np.zeros((0,), dtype=int)

    found = _in_rounds(np, np.multiply, TARGET.copy(), empty, np.zeros((0, 3)))

    np.testing.assert_array_equal(found, TARGET)


def test_narrow_floats_are_added_up_in_wide_ones():
    target = np.zeros(1, dtype=dtype_of("bfloat16"))
    ones = np.ones(1000, dtype=dtype_of("bfloat16"))

    found = add_at(np, target, np.zeros(1000, dtype=int), ones)

    assert float(found[0]) == 1000


def test_rows_are_added_up_by_number():
    found = add_rows(np, VALUES, ROWS, 5)

    right = np.zeros((5, 3))
    np.add.at(right, ROWS, VALUES)
    np.testing.assert_allclose(found, right)
    assert add_rows(np, VALUES[:0], ROWS[:0], 2).tolist() == [[0.0] * 3] * 2
