"""Index checks where the array module has none of its own."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from inspector.engine.primitives.indexing import ARRAY, check_bounds, check_key, full_key

# CuPy reads a wrong index as another one, without a word.
SILENT = SimpleNamespace()


@pytest.mark.parametrize("wrong", [4, -5])
def test_index_out_of_range_is_an_error_where_the_module_would_wrap_it(wrong):
    with pytest.raises(IndexError, match=rf"index {wrong} .* size 4"):
        check_bounds(SILENT, np.array([0, wrong, -4]), 4)


def test_indices_in_range_pass():
    check_bounds(SILENT, np.array([0, 3, -4]), 4)
    check_bounds(SILENT, np.array([], dtype=int), 0)


def test_each_index_array_is_held_against_its_own_axis():
    key = (None, ARRAY, slice(None), ARRAY)

    check_key(SILENT, (2, 3, 9), key, [np.array([1]), np.array([8])])
    with pytest.raises(IndexError, match="size 9"):
        check_key(SILENT, (2, 3, 9), key, [np.array([1]), np.array([9])])


def test_ellipsis_stands_for_the_axes_left():
    assert full_key((0, Ellipsis, None), 3) == [0, slice(None), slice(None), None]
    assert full_key((0,), 2) == [0, slice(None)]
    with pytest.raises(IndexError, match="too many"):
        full_key((0, 0, 0), 2)
