"""Any layout, size, dtype and value, for every family of primitives: right, or refused by name.

Each trial takes one of the family's cases (`tests/engine/cases`) and spoils its inputs.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from case_runs import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inspector.engine import REGISTRY, Tensor, meta
from inspector.errors import NoValue

WITH_INPUTS = [case for case in CASES if case.inputs]
FAMILIES = sorted({REGISTRY[case.primitive].family for case in WITH_INPUTS})
each_family = pytest.mark.parametrize("family", FAMILIES)
trials = settings(max_examples=25, deadline=None, database=None)
ERRORS = (ValueError, TypeError, IndexError, ArithmeticError, NotImplementedError)


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """As the engine runs in the product: NumPy says nothing of overflow or NaN."""
    with np.errstate(all="ignore"):
        yield


def cases_of(family, fits=lambda case: True):
    return [c for c in WITH_INPUTS if REGISTRY[c.primitive].family == family and fits(c)]


def a_case(data, own):
    """One of these cases and the number of one of its inputs."""
    case = data.draw(st.sampled_from(own))
    return case, data.draw(st.integers(0, len(case.inputs) - 1))


def outcome(case, inputs):
    """The outputs, or the error, which must name the primitive."""
    try:
        made = REGISTRY[case.primitive](*inputs, **case.constants)
    except ERRORS as error:
        said = [str(error), *getattr(error, "__notes__", [])]
        assert any(case.primitive in text for text in said), said
        return error
    return list(made) if isinstance(made, tuple | list) else [made]


def replaced(case, number, array):
    return [array if n == number else x for n, x in enumerate(case.inputs)]


def check_rules(case, arrays):
    """What comes out has the shapes and dtypes that the rules foretell; no rule refuses it."""
    found = outcome(case, list(map(Tensor, arrays)))
    if isinstance(found, Exception):
        return found
    try:
        foretold = outcome(case, [meta(a.shape, Tensor(a).dtype) for a in arrays])
    except NoValue:  # the shape depends on the values
        return found
    assert not isinstance(foretold, Exception), foretold
    assert [(t.shape, t.dtype) for t in found] == [(t.shape, t.dtype) for t in foretold]
    return found


LAYOUTS = {
    "reversed": lambda x: x[..., ::-1].copy()[..., ::-1] if x.ndim else x,
    "column by column": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x,
    "within a larger one": lambda x: np.stack([x, x], axis=-1)[..., 1],
}


@each_family
@trials
@given(data=st.data())
def test_any_layout_gives_the_same_values(family, data):
    case, number = a_case(data, cases_of(family))
    change = LAYOUTS[data.draw(st.sampled_from(sorted(LAYOUTS)))]
    array = change(case.inputs[number]).view()  # the case's own array stays writable
    array.setflags(write=False)

    found = outcome(case, list(map(Tensor, replaced(case, number, array))))
    right = outcome(case, list(map(Tensor, case.inputs)))

    for one, other in zip(found, right, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6, atol=1e-9)


# Where the shapes of several inputs are tied to each other, Keras' layers see that they fit.
FREE = [
    family
    for family in FAMILIES
    if cases_of(family, lambda c: len(c.inputs) == 1 and c.inputs[0].size)
]


@pytest.mark.filterwarnings("ignore:(Mean of empty slice|Degrees of freedom)")
@pytest.mark.parametrize("family", FREE)
@trials
@given(data=st.data())
def test_any_size_is_computed_as_the_shapes_foretell_or_refused(family, data):
    own = cases_of(family, lambda c: len(c.inputs) == 1 and c.inputs[0].size)
    case, number = a_case(data, own)
    array = case.inputs[number]
    if array.ndim and data.draw(st.booleans()):
        axis = data.draw(st.integers(0, array.ndim - 1))
        size = data.draw(st.sampled_from([0, 1, array.shape[axis] + 1]))
        array = np.take(array, np.arange(size), axis=axis, mode="wrap")
    else:
        array = array.reshape(-1)[:1].reshape(())

    check_rules(case, [array])


@pytest.mark.filterwarnings("ignore:(Mean of empty slice|Degrees of freedom)")
@each_family
@trials
@given(data=st.data())
def test_empty_batch_is_computed_as_the_shapes_foretell_or_refused(family, data):
    case, _ = a_case(data, cases_of(family))
    sizes = [x.shape[0] for x in case.inputs if x.ndim]
    batch = data.draw(st.sampled_from(sizes or [0]))

    arrays = [x[:0] if x.ndim and x.shape[0] == batch else x for x in case.inputs]

    check_rules(case, arrays)


def poisoned(data, array):
    """NaN or an infinity at some places."""
    array = array.copy()
    places = data.draw(st.lists(st.integers(0, array.size - 1), min_size=1, max_size=3))
    array.reshape(-1)[places] = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    return array


def real_inputs(case):
    return [n for n, x in enumerate(case.inputs) if x.dtype == np.float64 and x.size]


REAL = [family for family in FAMILIES if cases_of(family, real_inputs)]
# What their cases expect was made beforehand, or multiplies what the primitive never reads.
WITHOUT_MATHS = {
    *(
        "attention",
        "convolution",
        "ctc",
        "decompositions",
        "fft",
        "normalization",
        "pooling",
        "random",
        "recurrent",
    ),
    *("linalg", "softmax", "sorting"),
}


@pytest.mark.parametrize("family", REAL)
@trials
@given(data=st.data())
def test_values_that_are_not_finite_give_what_the_maths_gives_or_are_refused(family, data):
    case = data.draw(st.sampled_from(cases_of(family, real_inputs)))
    number = data.draw(st.sampled_from(real_inputs(case)))
    arrays = replaced(case, number, poisoned(data, case.inputs[number]))

    found = check_rules(case, arrays)

    if case.expected is None or isinstance(found, Exception) or family in WITHOUT_MATHS:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = case.expected(*arrays)
    right = list(right) if isinstance(right, tuple | list) else [right]
    for one, other in zip(found, right, strict=False):
        np.testing.assert_allclose(one.numpy(), other, rtol=max(case.tolerance, 1e-6), atol=1e-9)


ELEMENTWISE = [c for c in WITH_INPUTS if REGISTRY[c.primitive].elementwise and real_inputs(c)]


@settings(trials, max_examples=150)
@given(data=st.data())
def test_values_that_are_not_finite_change_no_other_element(data):
    case = data.draw(st.sampled_from(ELEMENTWISE))
    number = data.draw(st.sampled_from(real_inputs(case)))
    array = poisoned(data, case.inputs[number])
    right = outcome(case, list(map(Tensor, case.inputs)))[0].numpy()
    touched = np.broadcast_to(~np.isfinite(array) | ~np.isfinite(case.inputs[number]), right.shape)

    found = outcome(case, list(map(Tensor, replaced(case, number, array))))[0].numpy()

    np.testing.assert_array_equal(found[~touched], right[~touched])


ROWS = arrays.arrays(
    np.float64,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.floats(-9, 9) | st.sampled_from([np.nan, np.inf, -np.inf]),
)


# What torch gives at -inf, -1000, -95, inf and NaN; JAX the same, but for a denormal that it
# flushes to 0.
EDGES = np.array([-np.inf, -1000, -95, np.inf, np.nan], "float32")
AT_EDGES = {
    "silu": [np.nan, 0, 0, np.inf, np.nan],
    "silu_grad": [np.nan, 0, 0, np.nan, np.nan],
    "sigmoid": [0, 0, 5.5211e-42, 1, np.nan],
    "sigmoid_grad": [0, 0, 5.5211e-42, 0, np.nan],
    "gelu": [np.nan, 0, 0, np.inf, np.nan],
    "gelu_grad": [np.nan, 0, 0, np.nan, np.nan],
    "gelu_tanh": [np.nan, 0, 0, np.inf, np.nan],
    "softplus": [0, 0, 5.5211e-42, np.inf, np.nan],
}


@pytest.mark.parametrize("name", AT_EDGES)
def test_activation_at_the_edges_gives_what_torch_gives(name):
    ones = np.ones(len(EDGES), "float32")
    operands = [ones, EDGES] if name.endswith("_grad") else [EDGES]

    found = REGISTRY[name](*map(Tensor, operands)).numpy()

    np.testing.assert_allclose(found, np.array(AT_EDGES[name], "float32"), rtol=1e-4, atol=1e-37)


@trials
@given(x=ROWS)
def test_softmax_of_a_row_is_nan_where_the_row_has_no_softmax(x):
    found = REGISTRY["softmax"](Tensor(x), axis=1).numpy()

    has_none = np.isnan(x).any(1) | np.isposinf(x).any(1) | np.isneginf(x).all(1)
    assert np.isnan(found[has_none]).all()
    assert np.isfinite(found[~has_none]).all()
    np.testing.assert_allclose(found[~has_none].sum(1), 1)


@trials
@given(x=ROWS)
def test_pool_of_a_window_has_the_nan_in_it_and_no_other(x):
    options = {"size": (1,), "strides": (1,), "padding": ((0, 0),)}

    for name in ("max_pool", "average_pool"):
        found = REGISTRY[name](Tensor(x[..., None]), **options).numpy()[..., 0]
        np.testing.assert_array_equal(found, x)


@trials
@given(x=ROWS)
def test_order_has_nan_behind_everything(x):
    found = REGISTRY["sort"](Tensor(x), axis=-1).numpy()
    values, places = REGISTRY["top_k"](Tensor(x), k=1)

    np.testing.assert_array_equal(found, np.sort(x, axis=-1))
    np.testing.assert_array_equal(values.numpy(), np.sort(x, axis=-1)[:, -1:])
    np.testing.assert_array_equal(np.take_along_axis(x, places.numpy(), -1), values.numpy())


# --- matrices ------------------------------------------------------------------------------------


@st.composite
def singular(draw):
    """A square matrix of whole numbers whose rank is smaller than its size, and that rank."""
    size = draw(st.integers(2, 5))
    rank = draw(st.integers(0, size - 1))
    left = np.zeros((size, size))
    left[:rank, :rank] = np.eye(rank)
    order = draw(st.permutations(range(size)))
    return left[order] * draw(st.integers(1, 9)), rank


@trials
@given(given_matrix=singular())
def test_singular_matrix_has_every_decomposition_and_no_inverse(given_matrix):
    matrix, rank = given_matrix
    x = Tensor(matrix)

    u, s, v = (part.numpy() for part in REGISTRY["svd"](x, full=False))
    pseudo = REGISTRY["pinv"](x, rcond=1e-9).numpy()
    q, r = (part.numpy() for part in REGISTRY["qr"](x, mode="reduced"))

    np.testing.assert_allclose(u * s @ v, matrix, atol=1e-9)
    np.testing.assert_allclose(matrix @ pseudo @ matrix, matrix, atol=1e-9)
    np.testing.assert_allclose(q @ r, matrix, atol=1e-9)
    assert REGISTRY["matrix_rank"](x, tol=None).numpy() == rank
    assert REGISTRY["det"](x).numpy() == 0
    for name, inputs in (("inverse", (x,)), ("solve", (x, x))):
        with pytest.raises(np.linalg.LinAlgError, match=r"[Ss]ingular") as caught:
            REGISTRY[name](*inputs)
        assert name in caught.value.__notes__[0]


@pytest.mark.parametrize("name", ["svd", "pinv", "eigh", "eig", "matrix_rank"])
@trials
@given(data=st.data())
def test_decomposition_of_what_is_not_finite_is_refused_and_ends(name, data):
    # NumPy's svd and pinv run for ever on an infinity.
    options = {"svd": {"full": False}, "pinv": {"rcond": 1e-9}, "matrix_rank": {"tol": None}}
    size = data.draw(st.integers(1, 4))
    matrix = poisoned(data, np.eye(size) + 1)

    with pytest.raises(np.linalg.LinAlgError, match=r"(?i)nan") as caught:
        REGISTRY[name](Tensor(matrix), **options.get(name, {}))

    assert name in caught.value.__notes__[0]


def test_values_that_an_op_refuses_are_not_called_symbolic():
    # How much comes out of these depends on the values: they have no rule to ask.
    with pytest.raises(ValueError, match="0d arrays") as caught:
        REGISTRY["nonzero"](Tensor(np.array(1.0)))

    assert "nonzero" in caught.value.__notes__[0]


# --- indices -------------------------------------------------------------------------------------


@trials
@given(
    size=st.integers(1, 6),
    places=arrays.arrays(np.int32, st.integers(1, 4), elements=st.integers(-12, 12)),
)
def test_index_out_of_range_is_refused_and_one_in_range_is_numpys(size, places):
    x = np.arange(size * 2.0).reshape(size, 2)
    reads = {
        "take": lambda: REGISTRY["take"](Tensor(x), Tensor(places), axis=0),
        "get_item": lambda: Tensor(x)[Tensor(places)],
    }

    for name, read in reads.items():
        if ((places >= -size) & (places < size)).all():
            np.testing.assert_array_equal(read().numpy(), x[places])
            continue
        with pytest.raises(IndexError, match="out of") as caught:
            read()
        assert name in caught.value.__notes__[0]
