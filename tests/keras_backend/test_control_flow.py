"""Loops, branches and what gradients may pass."""

import numpy as np
import pytest
from keras import ops

from inspector import engine
from inspector.keras_backend.core import convert_to_tensor


def gradient(function, value):
    x = convert_to_tensor(value)
    with engine.recording() as segment:
        y = function(x)
    return engine.gradients(y, [x], segment.records)[0]


def test_while_loop_stops_at_its_limit():
    assert int(ops.while_loop(lambda i: i < 9, lambda i: i + 1, 0, maximum_iterations=4)) == 4


def test_scan_stacks_in_order_when_reversed():
    carry, made = ops.scan(lambda c, x: (c + x, c + x), 0.0, np.arange(3.0), reverse=True)

    assert float(carry) == 3
    assert made.tolist() == [3, 3, 2]


def test_scan_runs_without_inputs():
    carry, made = ops.scan(lambda c, _: (c + 1.0, c), 0.0, length=3)

    assert float(carry) == 3
    assert made.tolist() == [0, 1, 2]


@pytest.mark.parametrize("length", [1, 2, 5, 8])
@pytest.mark.parametrize("reverse", [False, True])
def test_associative_scan_gives_all_prefixes(length, reverse):
    values = np.arange(1.0, length + 1)
    wanted = np.cumsum(values[::-1])[::-1] if reverse else np.cumsum(values)

    found = ops.associative_scan(lambda a, b: a + b, values, reverse=reverse)

    assert found.tolist() == wanted.tolist()


def test_associative_scan_combines_in_order():
    matrices = np.random.default_rng(0).normal(size=(3, 2, 2)).astype("float32")
    first, second, third = matrices

    found = ops.associative_scan(ops.matmul, matrices).numpy()

    np.testing.assert_allclose(found[2], first @ second @ third, rtol=1e-5)


def test_switch_clamps_its_index():
    branches = [lambda: "first", lambda: "last"]

    assert [ops.switch(i, branches) for i in (-3, 0, 7)] == ["first", "first", "last"]


def test_stop_gradient_gives_none_back():
    assert gradient(lambda x: ops.sum(ops.stop_gradient(x) * 2.0), [1.0, 2.0]) is None


def test_stop_gradient_leaves_the_other_path():
    found = gradient(lambda x: ops.sum(ops.stop_gradient(x) * x), [3.0, 5.0])

    assert found.tolist() == [3, 5]


def test_custom_gradient_replaces_the_functions_own():
    @ops.custom_gradient
    def doubled(x):
        def back(*args, upstream=None):
            (upstream,) = args
            return upstream * 100.0

        return x * 2.0, back

    found = gradient(lambda x: ops.sum(doubled(x) * 3.0), [1.0, 2.0])

    assert found.tolist() == [300, 300]


def test_custom_gradient_gives_one_to_each_argument():
    @ops.custom_gradient
    def product(x, factor, y):
        return x * y, lambda upstream: (upstream * 5.0, None, upstream * 7.0)

    x, y = convert_to_tensor(2.0), convert_to_tensor(3.0)
    with engine.recording() as segment:
        out = product(x, "ignored", y)
    found = engine.gradients(out, [x, y], segment.records)

    assert [float(g) for g in found] == [5, 7]


def test_slice_moves_inward_like_xla():
    assert ops.slice(np.arange(5.0), (4,), (3,)).tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        (None, [9, 2, 4]),
        ("add", [10, 2, 7]),
        ("max", [9, 2, 4]),
        ("min", [1, 2, 3]),
        ("mul", [9, 2, 12]),
    ],
)
def test_scatter_update_reduces(reduction, expected):
    found = ops.scatter_update(np.array([1.0, 2, 3]), [[0], [2]], np.array([9.0, 4]), reduction)

    assert found.tolist() == expected


def test_scatter_update_leaves_its_input_alone():
    x = convert_to_tensor([1.0, 2.0])

    ops.scatter_update(x, [[0]], [5.0])

    assert x.tolist() == [1, 2]


def test_jvp_is_the_directional_derivative():
    value, slope = ops.jvp(lambda x: x**3, (np.array([2.0]),), (np.array([0.5]),))

    assert value.tolist() == [8]
    assert slope.tolist() == [6]
