"""Any shape, any axis, any dtype: `backend.numpy` against NumPy, and shapes against values."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inspector.engine import Tensor, meta
from inspector.keras_backend import hook

hook.install("numpy")
functions = importlib.import_module("inspector.keras_backend.ops.numpy")

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
FILLED = arrays.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4)
NUMBERS = st.floats(-8, 8, width=32)
trials = settings(max_examples=25, deadline=None)


def filled(shape, dtype=np.float32):
    size = int(np.prod(shape))
    values = np.random.default_rng(size).permutation(size) * 0.37 - size * 0.17
    return values.reshape(shape).astype(dtype)


def axes_of(data, ndim):
    """None, one axis, or several, counted from either end."""
    axis = st.integers(-ndim, ndim - 1) if ndim else st.none()
    several = st.lists(st.integers(0, max(ndim - 1, 0)), unique=True, max_size=ndim).map(tuple)
    return data.draw(st.one_of(st.none(), axis, several))


def check(name, args, options, *, right=None):
    """Ours, NumPy's and the shapes alone agree."""
    found = getattr(functions, name)(*map(Tensor, args), **options)
    right = getattr(np, name)(*args, **options) if right is None else right
    np.testing.assert_allclose(found.numpy(), right, rtol=1e-4, atol=1e-4)
    symbols = [meta(a.shape, a.dtype) for a in args]
    alone = getattr(functions, name)(*symbols, **options)
    assert (alone.shape, alone.dtype) == (found.shape, found.dtype)


@pytest.mark.parametrize("name", ["sum", "prod", "any", "all", "count_nonzero"])
@trials
@given(shape=SHAPES, data=st.data())
def test_reduction_with_an_empty_answer(name, shape, data):
    options = {} if name == "count_nonzero" else {"keepdims": data.draw(st.booleans())}

    check(name, [filled(shape)], {"axis": axes_of(data, len(shape)), **options})


@pytest.mark.parametrize("name", ["mean", "var", "std", "max", "min", "ptp", "nanmax", "median"])
@trials
@given(shape=FILLED, data=st.data())
def test_reduction_of_something(name, shape, data):
    axis = axes_of(data, len(shape))
    if axis == () and name == "median":
        axis = None

    check(name, [filled(shape)], {"axis": axis, "keepdims": data.draw(st.booleans())})


@pytest.mark.parametrize("name", ["max", "min", "argmax"])
def test_extreme_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match=r"no elements|empty"):
        getattr(functions, name)(Tensor(np.zeros((0, 3), np.float32)), axis=0)


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "less", "arctan2", "logaddexp"])
@trials
@given(shapes=arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3))
def test_operands_broadcast(name, shapes):
    first, second = shapes.input_shapes

    check(name, [filled(first), filled(second)[..., ::-1] if second else filled(second)], {})


@trials
@given(shape=FILLED, data=st.data())
def test_operands_that_do_not_fit_are_refused(shape, data):
    other = (*shape[:-1], shape[-1] + 2) if shape and shape[-1] > 1 else None
    if other is None:
        return

    with pytest.raises(ValueError, match="add"):
        functions.add(Tensor(filled(shape)), Tensor(filled(other)))
    with pytest.raises(ValueError, match="add"):
        functions.add(meta(shape, np.dtype("f4")), meta(other, np.dtype("f4")))


@pytest.mark.parametrize("name", ["cumsum", "sort", "argsort", "flip"])
@trials
@given(shape=arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4), data=st.data())
def test_along_an_axis(name, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))

    check(name, [filled(shape)], {"axis": axis})


@trials
@given(shape=SHAPES, data=st.data())
def test_shapes_change_without_a_value_lost(shape, data):
    x = filled(shape)
    order = data.draw(st.permutations(range(len(shape))))
    counts = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    widths = [(data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in shape]

    check("transpose", [x], {"axes": order})
    check("tile", [x], {"repeats": tuple(counts)}, right=np.tile(x, counts))
    check("reshape", [x], {"newshape": (x.size, 1)}, right=x.reshape(x.size, 1))
    if shape:
        check("pad", [x], {"pad_width": widths})


@trials
@given(shape=arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5), data=st.data())
def test_parts_join_to_the_whole(shape, data):
    x = filled(shape)
    axis = data.draw(st.integers(0, len(shape) - 1))
    points = sorted(data.draw(st.lists(st.integers(0, shape[axis]), max_size=3)))

    parts = functions.split(Tensor(x), points, axis=axis)
    joined = functions.concatenate(parts, axis=axis)

    for part, right in zip(parts, np.split(x, points, axis=axis), strict=True):
        np.testing.assert_array_equal(part.numpy(), right)
    np.testing.assert_array_equal(joined.numpy(), x)


@trials
@given(data=st.data())
def test_any_basic_index_is_numpys(data):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    key = data.draw(arrays.basic_indices(shape, allow_newaxis=True))
    x = filled(shape)

    np.testing.assert_array_equal(Tensor(x)[key].numpy(), x[key])
    assert meta(shape, x.dtype)[key].shape == x[key].shape


@trials
@given(data=st.data())
def test_any_advanced_index_is_numpys(data):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    key = data.draw(arrays.integer_array_indices(shape))
    x = filled(shape)

    np.testing.assert_array_equal(Tensor(x)[key].numpy(), x[key])
    assert meta(shape, x.dtype)[key].shape == x[key].shape


@trials
@given(
    shapes=arrays.mutually_broadcastable_shapes(signature="(n,m),(m,k)->(n,k)", max_side=3),
)
def test_any_matrix_product_is_numpys(shapes):
    first, second = shapes.input_shapes

    check("matmul", [filled(first), filled(second)], {})


@trials
@given(
    values=arrays.arrays(np.float32, arrays.array_shapes(max_dims=2, max_side=5), elements=NUMBERS),
    q=st.floats(0, 1, width=32),
    method=st.sampled_from(["linear", "lower", "higher", "midpoint", "nearest"]),
)
def test_any_quantile_is_numpys(values, q, method):
    right = np.quantile(values, np.float32(q), axis=0, method=method)
    neighbours = np.sort(values, axis=0)

    found = functions.quantile(Tensor(values), np.float32(q), axis=0, method=method)

    if method in ("linear", "midpoint"):
        np.testing.assert_allclose(found.numpy(), right, rtol=1e-3, atol=1e-3)
    else:
        # Rounding may fall on either side of a place between two elements.
        assert np.isin(found.numpy(), neighbours).all()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "float16", "float64", "bool"])
@pytest.mark.parametrize("name", ["sum", "mean", "max", "cumsum", "square", "sort", "exp"])
def test_read_only_and_strided_arrays_are_read(name, dtype):
    x = filled((6, 4)).astype(dtype)[::2, ::-1]
    x.setflags(write=False)
    packed = np.ascontiguousarray(x)

    found = getattr(functions, name)(Tensor(x))

    np.testing.assert_array_equal(found.numpy(), getattr(functions, name)(Tensor(packed)).numpy())
