"""Indices out of range and arrays that hold no numbers, through Keras: refused, or as on XLA.

What is right was read off Keras on torch: an index from -size on counts from the end, others are
an IndexError; `one_hot` and segments have no place for numbers out of range and leave them out.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inspector.keras_backend import hook

hook.install("numpy")

import keras  # noqa: E402
from keras import ops  # noqa: E402

trials = settings(max_examples=25, deadline=None, database=None)
SIZE = 4
X = np.arange(SIZE * 2, dtype="float32").reshape(SIZE, 2)
ROW = np.ones((1, 2), "float32")
INDICES = arrays.arrays(np.int32, st.integers(1, 4), elements=st.integers(-9, 9), unique=True)


def put(indices, start):
    """Rows of ones at the places; of two numbers for one place the last one counts."""
    out = start.copy()
    out[indices] = 1
    return out


def embedded(indices):
    layer = keras.layers.Embedding(SIZE, 2)
    layer.build()
    layer.embeddings.assign(X)
    return layer(indices)


# Ours, and what NumPy makes of indices that are in range.
READS = {
    "take": (lambda i: ops.take(X, i, axis=0), lambda i: X[i]),
    "take_along_axis": (
        lambda i: ops.take_along_axis(X, np.repeat(i[:, None], 2, 1), axis=0),
        lambda i: X[i],
    ),
    "item": (lambda i: ops.convert_to_tensor(X)[i], lambda i: X[i]),
    "embedding": (embedded, lambda i: X[i]),
    "scatter_update": (
        lambda i: ops.scatter_update(X, i[:, None], np.repeat(ROW, len(i), 0)),
        lambda i: put(i, X),
    ),
}


@pytest.mark.parametrize("name", READS)
@trials
@given(indices=INDICES)
def test_index_is_numpys_in_range_and_refused_out_of_it(name, indices):
    ours, right = READS[name]
    wrong = indices[(indices < -SIZE) | (indices >= SIZE)]

    if not wrong.size:
        np.testing.assert_array_equal(ops.convert_to_numpy(ours(indices)), right(indices))
        return
    with pytest.raises(IndexError, match=rf"index -?\d+ is out of .*size {SIZE}"):
        ours(indices)


@trials
@given(numbers=INDICES)
def test_number_without_a_place_is_left_out(numbers):
    inside = (numbers >= 0) & (numbers < SIZE)

    one_hot = ops.convert_to_numpy(ops.one_hot(numbers, SIZE))
    sums = ops.convert_to_numpy(
        ops.segment_sum(np.ones(len(numbers), "float32"), numbers, num_segments=SIZE)
    )

    np.testing.assert_array_equal(one_hot[inside], np.eye(SIZE)[numbers[inside]])
    assert not one_hot[~inside].any()
    np.testing.assert_array_equal(sums, np.bincount(numbers[inside], minlength=SIZE))


# One op of each kind that needs numbers.
FUNCTIONS = {
    "relu": ops.relu,
    "gelu": ops.gelu,
    "softmax": ops.softmax,
    "add": lambda x: ops.add(x, 1.0),
    "exp": ops.exp,
    "less": lambda x: ops.less(x, 2),
    "sum": ops.sum,
    "matmul": lambda x: ops.matmul(x, x),
    "inv": ops.inv,
    "conv": lambda x: ops.conv(x[None, ..., None], np.ones((1, 1, 1, 1), "float32")),
    "dense": lambda x: keras.layers.Dense(2)(x),
    "one_hot": lambda x: ops.one_hot(x, 3),
    "segment_sum": lambda x: ops.segment_sum(x, np.array([0, 1])),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "array",
    [
        np.array([[1, None], [2, "a"]], object),
        np.array([[{}, 1], [2, 3]], object),
        np.array([["a", "b"], ["c", "d"]]),
    ],
    ids=["None", "dict", "strings"],
)
def test_array_that_holds_no_numbers_is_refused(name, array):
    with pytest.raises((ValueError, TypeError)):
        FUNCTIONS[name](array)


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"dense"}))  # its weights are drawn
def test_objects_that_are_numbers_are_numbers(name):
    numbers = np.array([[1, 2], [3, 4]])

    found = FUNCTIONS[name](numbers.astype(object))

    right = FUNCTIONS[name](numbers.astype("int32"))
    np.testing.assert_array_equal(ops.convert_to_numpy(found), ops.convert_to_numpy(right))
    assert found.dtype == right.dtype


@pytest.mark.parametrize("name", ["relu", "relu6", "hard_tanh"])
def test_truth_values_are_numbers_to_an_activation(name):
    found = getattr(ops, name)(np.array([True, False]))

    assert found.dtype == "int32"
    assert found.numpy().tolist() == [1, 0]


def test_logarithm_of_the_sum_of_nothing_is_minus_infinity():
    found = ops.logsumexp(np.zeros((0, 2), "float32"), axis=0)

    assert found.numpy().tolist() == [-np.inf, -np.inf]


def test_infinite_input_stays_infinite_in_an_adaptive_average():
    row = np.array([1, 2, 3, 4, np.inf], "float32").reshape(1, 5, 1)

    found = ops.adaptive_average_pool(row, 3)

    assert found.numpy().ravel().tolist() == [1.5, 3.0, np.inf]


@pytest.mark.parametrize(
    ("op", "kernel"), [("conv", (3, 3, 0, 2)), ("depthwise_conv", (3, 3, 0, 1))]
)
def test_convolutions_of_no_channels_are_refused_by_name(op, kernel):
    with pytest.raises(ValueError, match="channels"):
        getattr(ops, op)(np.ones((1, 4, 4, 0), "float32"), np.ones(kernel, "float32"))
