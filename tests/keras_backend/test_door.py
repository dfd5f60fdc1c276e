"""The door: op records say which backend function they belong to."""

import contextlib

import keras
import numpy as np
from keras import ops

from inspector import engine


def functions_of(run) -> list[str]:
    with engine.recording() as segment:
        run()
    return [record.function for record in segment.records]


def test_record_names_the_outermost_function():
    x = ops.convert_to_tensor(np.ones((2, 3)))

    names = functions_of(lambda: ops.logsumexp(ops.multiply(x, 2.0)))

    assert set(names) == {"multiply", "logsumexp"}


def test_record_has_no_name_for_an_operator():
    x = ops.convert_to_tensor(np.ones((2, 3)))

    assert functions_of(lambda: x + x) == [""]


def test_ops_in_a_loop_body_keep_their_own_names():
    x = ops.convert_to_tensor(np.ones((2,)))

    names = functions_of(lambda: ops.fori_loop(0, 2, lambda i, v: ops.tanh(v), x))

    assert names == ["tanh", "tanh"]


def test_door_restores_the_name_when_the_function_raises():
    x = ops.convert_to_tensor(np.ones((2, 3)))
    with engine.recording() as segment:
        with contextlib.suppress(ValueError):
            keras.src.backend.numpy.matmul(x, x)
        keras.src.backend.numpy.tanh(x)

    assert segment.records[-1].function == "tanh"
