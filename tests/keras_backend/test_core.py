"""Tensors in and out: conversion, dtypes, strings."""

import keras
import numpy as np
import pytest
from keras import ops

from inspector import engine
from inspector.engine import STRING, Tensor
from inspector.keras_backend import core


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1, "int32"),
        (1.5, "float32"),
        (True, "bool"),
        (1j, "complex64"),
        ([1, 2.5], "float32"),
        (np.zeros(2), "float32"),
        (np.zeros(2, "int64"), "int32"),
        (np.zeros(2, "float16"), "float16"),
        ("text", "string"),
    ],
)
def test_conversion_gives_the_dtype_that_keras_gives(value, dtype):
    assert core.convert_to_tensor(value).dtype == dtype


def test_conversion_keeps_the_dtype_of_a_tensor():
    wide = core.convert_to_tensor(np.zeros(2), dtype="float64")

    assert core.convert_to_tensor(wide) is wide


def test_conversion_copies_arrays_when_a_tape_runs():
    array = np.ones(2, "float32")
    with engine.recording():
        tensor = core.convert_to_tensor(array)
    array[:] = 5

    assert tensor.tolist() == [1, 1]


def test_conversion_stacks_tensors_and_keeps_their_gradient():
    x = core.convert_to_tensor(2.0)
    with engine.recording() as segment:
        y = ops.sum(core.convert_to_tensor([x, x * 3.0]))
    (gradient,) = engine.gradients(y, [x], segment.records)

    assert float(gradient) == 4


def test_conversion_reads_nested_text():
    tensor = core.convert_to_tensor([["a", "bc"], ["d", "é"]])

    assert tensor.dtype is STRING
    assert tensor.shape == (2, 2)
    assert core.convert_to_numpy(tensor).tolist() == [["a", "bc"], ["d", "é"]]


def test_conversion_decodes_bytes():
    assert core.convert_to_tensor(np.array([b"a", b"b"], dtype=object)).tolist() == ["a", "b"]


def test_conversion_refuses_a_symbolic_tensor():
    with pytest.raises(ValueError, match="KerasTensor"):
        core.convert_to_tensor(keras.KerasTensor((2,)))


@pytest.mark.parametrize("word", ["sparse", "ragged"])
def test_conversion_refuses_sparse_and_ragged(word):
    with pytest.raises(ValueError, match=word):
        core.convert_to_tensor([1], **{word: True})


def test_numpy_values_may_be_written_to():
    tensor = core.convert_to_tensor([1.0, 2.0])
    values = core.convert_to_numpy(tensor)
    values[:] = 0

    assert tensor.tolist() == [1, 2]


def test_cast_to_a_narrow_integer_saturates():
    assert ops.cast([-1.0, 300.0], "uint8").tolist() == [0, 255]


def test_int_times_python_float_is_float32():
    assert (ops.ones((2,), "int32") * 2.0).dtype == "float32"


def test_numpy_array_is_no_backend_tensor():
    assert core.is_tensor(Tensor(np.zeros(2)))
    assert not core.is_tensor(np.zeros(2))
