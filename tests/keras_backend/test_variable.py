"""Variables: assignment binds, never writes."""

import keras
import numpy as np

from inspector.keras_backend import variable
from inspector.keras_backend.variable import Variable


def test_assignment_binds_a_new_array():
    weight = Variable(np.zeros(2, "float32"))
    before = weight.value

    weight.assign([1.0, 2.0])

    assert before.tolist() == [0, 0]
    assert weight.value.tolist() == [1, 2]


def test_variable_copies_the_array_that_it_is_given():
    array = np.ones(2, "float32")
    weight = Variable(array)
    weight.assign(array)
    array[:] = 7

    assert weight.value.tolist() == [1, 1]


def test_variables_assigned_from_one_another_have_values_of_their_own():
    first, second = Variable(np.ones(2)), Variable(np.zeros(2))

    second.assign(first.value)

    assert second.value.id != first.value.id
    assert second.value.tolist() == [1, 1]


def test_listener_is_told_of_each_assignment():
    told = []
    variable.on_assign.append(lambda v, old, new: told.append((v, old.tolist(), new.tolist())))
    try:
        weight = Variable(np.zeros(1))
        weight.assign_add([2.0])
    finally:
        variable.on_assign.pop()

    assert told == [(weight, [0], [2])]


def test_variable_not_yet_initialized_has_a_shape_in_a_symbolic_run():
    class Late(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = keras.layers.Dense(3)

        def call(self, x):
            return self.inner(x)

    assert Late()(keras.Input((4,))).shape == (None, 3)


def test_variable_becomes_a_numpy_array():
    weight = Variable(np.arange(3.0), dtype="float32")

    assert np.asarray(weight).tolist() == [0, 1, 2]
    assert np.asarray(weight, dtype="float64").dtype == np.float64
