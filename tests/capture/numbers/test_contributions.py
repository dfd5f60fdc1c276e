"""Where a number comes from: values times derivatives, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.errors import CaptureError

DENSE = """
layer = layers.Dense(
    2, use_bias=False, name="d",
    kernel_initializer=lambda shape, dtype: np.array([[1, 2], [3, 4], [-5, 6]], dtype),
)
layer(np.array([[1, 0, 2], [0, 1, 0]], "float32"))
"""


def _explained(scene, tensor, index, most=12):
    from inspector.capture.numbers import explain

    run = scene.run("forward")
    return explain(run, scene.recorder.store.records(run.number), tensor, index, most)


def test_products_contribute_by_value_times_weight(watch):
    scene = watch(DENSE)
    (call,) = scene.run("forward").calls

    found = _explained(scene, call.outputs[0].tensor, (0, 0))

    assert found.element.value == 1 * 1 + 0 * 3 + 2 * -5
    inputs = [c for c in found.contributions if c.element.tensor == call.inputs[0].tensor]
    assert [(c.element.index, c.element.value, c.derivative, c.amount) for c in inputs] == [
        ((0, 2), 2.0, -5.0, -10.0),
        ((0, 0), 1.0, 1.0, 1.0),
    ]
    weights = [c for c in found.contributions if c.element.tensor == call.weights[0].tensor]
    assert [(c.element.index, c.amount) for c in weights] == [((2, 0), -10.0), ((0, 0), 1.0)]
    assert [total for _, total in found.totals] == [-9.0, -9.0]


def test_what_was_given_has_no_maker(watch):
    scene = watch(DENSE)
    (call,) = scene.run("forward").calls

    found = _explained(scene, call.weights[0].tensor, (2, 1))

    assert found.at is None
    assert (found.element.value, found.note) == (6.0, "It was given: d/kernel.")


def test_most_limits_the_rows_not_the_totals(watch):
    scene = watch("""
        class Total(layers.Layer):
            def call(self, x):
                return ops.sum(x)
        Total(name="t")(np.arange(100, dtype="float32"))
    """)
    (call,) = scene.run("forward").calls

    found = _explained(scene, call.outputs[0].tensor, (), most=2)

    assert [c.element.index for c in found.contributions] == [(99,), (98,)]
    assert [total for _, total in found.totals] == [float(np.arange(100).sum())]


@pytest.mark.parametrize("index", [(0,), (0, 2), (-1, 0), (5, 5)])
def test_index_outside_the_tensor_is_an_error_that_names_the_shape(watch, index):
    scene = watch(DENSE)
    (call,) = scene.run("forward").calls

    with pytest.raises(CaptureError, match=r"shape \(2, 2\)"):
        _explained(scene, call.outputs[0].tensor, index)


def test_unknown_tensor_is_an_error(watch):
    scene = watch(DENSE)

    with pytest.raises(CaptureError, match="no values of tensor 0"):
        _explained(scene, 0, ())


def test_number_is_followed_through_its_whole_call(watch):
    scene = watch("""
        layer = layers.Dense(
            1, activation="relu", name="d", bias_initializer="ones",
            kernel_initializer=lambda shape, dtype: np.array([[3], [-1]], dtype),
        )
        layer(np.array([[2, 1]], "float32"))
    """)
    (call,) = scene.run("forward").calls

    found = _explained(scene, call.outputs[0].tensor, (0, 0))

    assert found.element.value == 2 * 3 - 1 + 1
    assert found.at.call == "d#0"
    assert {(c.element.name, c.element.index): c.amount for c in found.contributions} == {
        ("d/kernel", (0, 0)): 6.0,
        ("d/kernel", (1, 0)): -1.0,
        ("d/bias", (0,)): 1.0,
        ("inputs of d", (0, 0)): 6.0,
        ("inputs of d", (0, 1)): -1.0,
    }


def test_finite_number_is_not_made_of_the_nan_of_another_row(watch):
    scene = watch("""
        layer = layers.Dense(
            1, name="d", kernel_initializer=lambda shape, dtype: np.array([[3], [-1]], dtype),
        )
        layer(np.array([[2, 1], [np.nan, np.inf]], "float32"))
    """)
    (call,) = scene.run("forward").calls

    found = _explained(scene, call.outputs[0].tensor, (0, 0))

    assert found.element.value == 2 * 3 - 1
    assert dict(found.totals) == {"inputs of d": 5.0, "d/kernel": 5.0, "d/bias": 0.0}
    assert {(c.element.name, c.element.index): c.amount for c in found.contributions} == {
        ("inputs of d", (0, 0)): 6.0,
        ("inputs of d", (0, 1)): -1.0,
        ("d/kernel", (0, 0)): 6.0,
        ("d/kernel", (1, 0)): -1.0,
    }
