"""Statistics and windows of tensors."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session import values
from inspector.session.protocol import ReadTensor


def read(array, dtype=None, **options):
    return values.read(ReadTensor(1, 2, 3, **options), array, dtype or array.dtype.name)


@pytest.mark.parametrize(
    "dtype", ["float32", "float16", "float64", "int8", "uint8", "int64", "bool", "complex64"]
)
def test_window_comes_back_equal(dtype):
    array = (np.arange(24).reshape(2, 3, 4) % 7).astype(dtype)

    answer = read(array)

    np.testing.assert_array_equal(values.array_of(answer), array)
    assert answer.shape == (2, 3, 4)


def test_window_of_bfloat16_is_sent_as_float32():
    array = np.array([1.5, -2.0], ml_dtypes.bfloat16)

    answer = read(array, "bfloat16")

    assert values.array_of(answer).tolist() == [1.5, -2.0]
    assert answer.dtype == "bfloat16"


def test_window_is_little_endian_when_the_array_is_not():
    answer = read(np.array([1, 2], ">i4"), "int32")

    assert values.array_of(answer).tolist() == [1, 2]


def test_window_is_the_part_that_was_asked_for():
    array = np.arange(60).reshape(3, 4, 5)

    answer = read(array, start=(1, 0, 2), stop=(2, 3, 99))

    np.testing.assert_array_equal(values.array_of(answer), array[1:2, 0:3, 2:5])


def test_window_keeps_the_last_axes_whole_when_it_is_cut():
    array = np.arange(6 * 10 * 10).reshape(6, 10, 10)

    answer = read(array, limit=250)

    assert answer.window == (2, 10, 10)


def test_strings_come_as_texts():
    array = np.array([["a", "ö"], ["", "x" * 2000]], dtype=np.dtypes.StringDType())

    answer = read(array, "string")

    assert values.array_of(answer).tolist()[0] == ["a", "ö"]
    assert len(answer.texts[3]) == 512
    assert answer.data == b""


def test_objects_are_refused():
    with pytest.raises(TypeError, match="objects"):
        values.to_bytes(np.array([object()]))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(width=32, allow_nan=True, allow_infinity=True), max_size=50).map(
        lambda numbers: np.array(numbers, np.float32)
    )
)
def test_statistics_agree_with_numpy_over_the_finite_values(array):
    found = values.statistics(array)

    finite = array[np.isfinite(array)].astype(np.float64)
    assert found.nan_count == np.isnan(array).sum()
    assert found.infinity_count == np.isinf(array).sum()
    assert found.zero_count == (array == 0).sum()
    if not finite.size:
        assert found.mean is None
        return
    assert (found.minimum, found.maximum) == (finite.min(), finite.max())
    assert found.mean == pytest.approx(finite.mean(), rel=1e-9, abs=1e-9 * np.abs(finite).max())
    assert found.deviation == pytest.approx(finite.std(), rel=1e-6, abs=1e-7 * np.abs(finite).max())
    assert sum(found.histogram) == finite.size
    assert len(found.edges) == len(found.histogram) + 1


def test_statistics_of_many_blocks_are_those_of_the_whole(monkeypatch):
    array = np.random.default_rng(0).normal(3, 2, 10_000)
    whole = values.statistics(array)
    monkeypatch.setattr(values, "_BLOCK", 999)

    parts = values.statistics(array)

    assert parts.histogram == whole.histogram
    assert parts.mean == pytest.approx(whole.mean, rel=1e-12)
    assert parts.deviation == pytest.approx(array.std(), rel=1e-9)
    assert len(parts.histogram) == values.BINS


def test_statistics_of_largest_floats_do_not_overflow():
    found = values.statistics(np.array([1.7e308, 1.7e308, -1.7e308]))

    assert found.mean == pytest.approx(1.7e308 / 3)
    assert sum(found.histogram) == 3
