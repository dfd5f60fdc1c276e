"""Keras' `backend.numpy`: complete, right, and the same in shapes alone as with values."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor, meta
from inspector.engine.promotion import is_float
from inspector.keras_backend import contract, hook

hook.install("numpy")
sys.path.insert(0, str(Path(__file__).parent))

from numpy_trials import CREATION, TRIALS, C, M  # noqa: E402

functions = importlib.import_module("inspector.keras_backend.ops.numpy")

# NumPy has these under another name, or with other arguments, or not at all.
OTHER_NAMES = {
    "bitwise_left_shift": "left_shift",
    "bitwise_right_shift": "right_shift",
}
NOT_NUMPYS = {"divide_no_nan", "view", "empty", "empty_like", "array", "argpartition"}
IDS = [f"{number}-{name}" for number, (name, _, _) in enumerate(TRIALS)]


def tensors(nested):
    """Arrays as Tensors, lists of arrays as lists of Tensors."""
    if isinstance(nested, np.ndarray):
        return Tensor(nested)
    if isinstance(nested, list) and nested and isinstance(nested[0], np.ndarray):
        return [Tensor(item) for item in nested]
    return nested


def symbols(nested):
    if isinstance(nested, np.ndarray):
        return meta(nested.shape, nested.dtype)
    if isinstance(nested, list) and nested and isinstance(nested[0], np.ndarray):
        return [meta(item.shape, item.dtype) for item in nested]
    return nested


def results(made):
    return list(made) if isinstance(made, list | tuple) else [made]


def run(name, args, options, convert):
    function = getattr(functions, name)
    ready = {key: convert(value) for key, value in options.items()}
    return results(function(*[convert(arg) for arg in args], **ready))


def test_every_function_is_tried():
    tried = {name for name, _, _ in [*TRIALS, *CREATION]}

    assert sorted(set(contract.functions("numpy")) - tried) == ["vectorize"]


@pytest.mark.parametrize(("name", "args", "options"), TRIALS, ids=IDS)
def test_shapes_alone_agree_with_values(name, args, options):
    real = run(name, args, options, tensors)

    symbolic = run(name, args, options, symbols)

    if name in ("ndim", "size"):
        assert symbolic == real
        return
    found = [(t.shape, t.dtype, t.is_meta) for t in symbolic]
    assert found == [(t.shape, t.dtype, True) for t in real]


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "args", "options"),
    [trial for trial in [*TRIALS, *CREATION] if trial[0] not in NOT_NUMPYS],
)
def test_values_are_numpys(name, args, options):
    with np.errstate(all="ignore"):
        right = results(
            getattr(np, OTHER_NAMES.get(name, name), None)(*args, **options)
            if hasattr(np, name) or name in OTHER_NAMES
            else getattr(np.linalg, name)(*args, **options)
        )

    found = run(name, args, options, tensors)

    assert len(found) == len(right)
    for ours, theirs in zip(found, right, strict=True):
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@pytest.mark.parametrize(
    "function", ["sum", "mean", "var", "std", "max", "cumsum", "exp", "sort", "median", "matmul"]
)
def test_narrow_floats_stay_narrow_and_keep_their_digits(function, name):
    from inspector.engine.promotion import dtype_of

    values = np.abs(M).astype(dtype_of(name))
    args = (values, values.T) if function == "matmul" else (values,)
    wide = [arg.astype("float32") for arg in args]

    found = getattr(functions, function)(*map(Tensor, args))

    assert found.dtype == dtype_of(name)
    right = getattr(np, function)(*wide)
    np.testing.assert_allclose(found.numpy().astype("float32"), right, rtol=2e-2)


# Sums of steps, choices of equals and the like have no slope to compare with.
FLAT = {"sign", "floor", "ceil", "trunc", "round", "heaviside", "floor_divide", "nextafter"}
SLOPED = [
    (name, args, options)
    for name, args, options in TRIALS
    if name not in FLAT and any(isinstance(a, np.ndarray) and a.dtype == np.float32 for a in args)
    if not any(isinstance(a, np.ndarray) and not np.isfinite(a).all() for a in args)
]


@pytest.mark.parametrize(
    ("name", "args", "options"), SLOPED, ids=[f"{i}-{t[0]}" for i, t in enumerate(SLOPED)]
)
def test_gradient_is_the_central_difference(name, args, options):
    generator = np.random.default_rng(3)
    wide = [
        a.astype("float64") if isinstance(a, np.ndarray) and a.dtype == np.float32 else a
        for a in args
    ]
    inputs = [tensors(a) for a in wide]
    sources = [t for t in inputs if isinstance(t, Tensor) and is_float(t.dtype)]
    with engine.recording() as segment:
        made = [
            t
            for t in results(getattr(functions, name)(*inputs, **options))
            if isinstance(t, Tensor) and is_float(t.dtype)
        ]
        seeds = [generator.normal(size=t.shape) for t in made]
        if not made:
            return
        total = sum((t * Tensor(s)).sum() for t, s in zip(made, seeds, strict=True))
    found = engine.gradients(total, sources, segment.records)

    # A number beside a tensor makes float64 float32: Keras' promotion is the reason.
    step = 1e-6 if all(t.dtype == np.float64 for t in made) else 1e-2

    def value(arrays):
        tensors_ = [tensors(a) for a in arrays]
        outs = [
            t
            for t in results(getattr(functions, name)(*tensors_, **options))
            if isinstance(t, Tensor) and is_float(t.dtype)
        ]
        return sum(float((t.numpy() * s).sum()) for t, s in zip(outs, seeds, strict=True))

    places = [i for i, t in enumerate(inputs) if isinstance(t, Tensor) and is_float(t.dtype)]
    for place, gradient in zip(places, found, strict=True):
        direction = generator.normal(size=wide[place].shape)
        ahead, behind = list(wide), list(wide)
        ahead[place], behind[place] = wide[place] + step * direction, wide[place] - step * direction
        slope = (value(ahead) - value(behind)) / (2 * step)
        mine = 0.0 if gradient is None else float((gradient.numpy() * direction).sum())
        near = 1e-5 if step < 1e-3 else 2e-2
        assert mine == pytest.approx(slope, rel=near, abs=near)


def test_lists_of_tensors_numbers_and_variables_are_operands():
    import keras

    variable = keras.Variable(C)

    assert functions.sum([Tensor(M), Tensor(M)]).shape == ()
    assert functions.add(variable, 1).shape == C.shape
    assert functions.stack([1.0, 2.0]).shape == (2,)
    assert functions.maximum([1, 2], 1.5).dtype == np.dtype("float32")


def test_numpys_own_functions_take_tensors():
    x = Tensor(C)

    np.testing.assert_allclose(np.sqrt(np.abs(x)).numpy(), np.sqrt(np.abs(C)), rtol=1e-6)
    np.testing.assert_allclose(np.mean(x, axis=1).numpy(), C.mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(np.concatenate([x, x]).numpy(), np.concatenate([C, C]))
    np.testing.assert_allclose(np.linalg.norm(x), np.linalg.norm(C), rtol=1e-6)
    np.testing.assert_allclose((C + x).numpy(), C + C)
    assert (np.float64(2.0) * x).dtype == np.dtype("float32")


def test_vectorize_maps_a_function_of_elements():
    @functions.vectorize
    def larger(a, b):
        return functions.maximum(a, b)

    found = larger(Tensor(M), 0.0)

    np.testing.assert_allclose(found.numpy(), np.maximum(M, 0))


def test_vectorize_gives_each_call_its_core():
    trace = functions.vectorize(functions.trace, signature="(n,m)->()")
    power = functions.vectorize(lambda x, *, to: x**to, excluded={"to"})

    np.testing.assert_allclose(trace(Tensor(C)).numpy(), np.trace(C, axis1=1, axis2=2), rtol=1e-6)
    np.testing.assert_allclose(power(Tensor(M), to=3).numpy(), M**3, rtol=1e-6)
    with pytest.raises(ValueError, match="signature"):
        trace(Tensor(C), Tensor(C))


def test_lines_of_nothing_but_nan_have_no_extreme():
    x = Tensor(np.array([[np.nan, np.nan], [1.0, np.nan]], "float32"))

    assert functions.nanargmax(x, axis=1).tolist() == [-1, 0]
    assert functions.nanargmin(x, axis=1).tolist() == [-1, 0]
    for name in ("nanmax", "nanmin", "nanmean", "nanmedian", "nanstd"):
        np.testing.assert_array_equal(
            np.isnan(getattr(functions, name)(x, axis=1).numpy()), [True, False]
        )
    assert functions.nansum(x, axis=1).tolist() == [0.0, 1.0]


def test_variance_of_infinite_numbers_is_no_number():
    assert np.isnan(functions.nanvar(np.array([1.0, np.inf, np.nan], "float32")))
    assert float(functions.nanvar(np.array([1.0, 3.0, np.nan], "float32"))) == 1.0
