"""Every primitive on drawn shapes, axes, dtypes and layouts: its rules, its values, its gradients.

The trials are in `tests/engine/trials`, by family. They are the same in every run, so that what
fails here fails again; `INSPECTOR_TRIALS=1000` tries that many of each, at random.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from inspector.keras_backend import hook

hook.install("numpy")  # operands of two dtypes meet as they do in the product

from inspector import engine  # noqa: E402
from inspector.engine import REGISTRY, Tensor, autodiff, meta  # noqa: E402
from inspector.engine.promotion import is_inexact  # noqa: E402
from inspector.errors import NoValue  # noqa: E402

MANY = int(os.environ.get("INSPECTOR_TRIALS", "0"))
trials = settings(
    max_examples=MANY or 16,
    derandomize=not MANY,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
REFUSALS = (ValueError, TypeError, IndexError, ArithmeticError, NotImplementedError)
WIDER = {"f": "float64", "V": "float64", "c": "complex128"}
PRECISION = {
    **{"float64": 1e-9, "complex128": 1e-9, "float32": 2e-5, "complex64": 2e-5},
    **{"float16": 1e-2, "bfloat16": 8e-2},
}
STEP = 1e-6


def tables():
    found = {}
    for path in sorted((Path(__file__).parent / "trials").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"trials_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert not found.keys() & module.TRIALS.keys(), path
        found |= module.TRIALS
    return found


TRIALS = tables()


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """As the engine runs in the product: NumPy says nothing of overflow or NaN."""
    with np.errstate(all="ignore"):
        yield


def test_every_primitive_has_trials():
    assert sorted(set(REGISTRY) - set(TRIALS)) == []
    assert sorted(set(TRIALS) - set(REGISTRY)) == []


@pytest.mark.filterwarnings("ignore")  # NumPy's own, of empty slices and the like
@pytest.mark.parametrize("name", sorted(TRIALS))
def test_primitive_keeps_its_rules_whatever_is_drawn(name):
    @trials
    @given(trial=TRIALS[name])
    def check(trial):
        before = [x.copy() for x in trial.inputs]
        made = outputs_of(name, trial, trial.inputs)
        if made is None:
            return
        check_foretold(name, trial, made)
        check_values(name, trial, made)
        check_gradients(name, trial, made)
        check_poisoned(name, trial)
        for x, old in zip(trial.inputs, before, strict=True):
            np.testing.assert_array_equal(x, old)

    check()


def outputs_of(name, trial, inputs, refusable=False):
    """The outputs; None where the primitive refuses, by its name, what it may refuse."""
    try:
        made = REGISTRY[name](*map(Tensor, inputs), **trial.constants)
    except REFUSALS as error:
        said = [str(error), *getattr(error, "__notes__", [])]
        assert refusable or trial.refusable or any(x.size == 0 for x in inputs), said
        assert any(name in text for text in said), said
        return None
    return list(made) if isinstance(made, tuple | list) else [made]


def check_foretold(name, trial, made):
    """The rules know the shapes and dtypes before there are values."""
    symbolic = [meta(x.shape, Tensor(x).dtype) for x in trial.inputs]
    try:
        foretold = REGISTRY[name](*symbolic, **trial.constants)
    except NoValue:  # the shape depends on the values
        return
    foretold = list(foretold) if isinstance(foretold, tuple | list) else [foretold]
    assert [(t.shape, t.dtype) for t in made] == [(t.shape, t.dtype) for t in foretold]


def widened(x):
    return x.astype(WIDER[x.dtype.kind]) if is_inexact(x.dtype) else x


def check_values(name, trial, made):
    """What NumPy gives for the same numbers in float64, as far as the dtype has digits."""
    wide = [widened(x) for x in trial.inputs]
    if trial.expected is not None:
        right = trial.expected(*wide)
        right = list(right) if isinstance(right, tuple | list) else [right]
    else:
        outputs = outputs_of(name, trial, wide)
        right = [] if outputs is None else [t.numpy() for t in outputs]
    dtypes = [x.dtype.name for x in trial.inputs] + [t.dtype.name for t in made]
    tolerance = max(PRECISION.get(dtype, 0.0) for dtype in dtypes) * trial.loose if dtypes else 0.0
    values = [widened(t.numpy()) for t in made]
    for one, other in zip(values, right, strict=False):
        check_close(one, other, tolerance)
    if trial.bounds is not None:
        low, high = trial.bounds
        assert all(((low <= v) & (v <= high)).all() for v in values)
    if trial.remade is not None:
        check_close(trial.remade(*values), wide[0], tolerance)


def check_close(found, right, tolerance):
    if not is_inexact(found.dtype):
        np.testing.assert_array_equal(found, np.asarray(right).astype(found.dtype))
        return
    size = np.abs(np.where(np.isfinite(right), right, 0)).max(initial=1.0)
    np.testing.assert_allclose(found, right, rtol=tolerance, atol=tolerance * size)


def check_gradients(name, trial, made):
    """Each gradient has its input's shape and dtype, and in float64 it is the slope."""
    numbers = range(len(trial.inputs)) if trial.differentiable is None else trial.differentiable
    numbers = [n for n in numbers if is_inexact(trial.inputs[n].dtype)]
    if REGISTRY[name].vjp is None or not numbers:
        return
    generator = np.random.default_rng(1)
    chosen = range(len(made)) if trial.outputs is None else trial.outputs
    chosen = [n for n in chosen if is_inexact(made[n].dtype)]
    seeds = [Tensor(drawn(generator, made[n].shape, made[n].dtype)) for n in chosen]
    inputs = list(map(Tensor, trial.inputs))
    with engine.recording() as segment:
        outputs = REGISTRY[name](*inputs, **trial.constants)
        outputs = list(outputs) if isinstance(outputs, tuple | list) else [outputs]
        found: dict[int, Tensor] = {}
        targets, sources = [outputs[n] for n in chosen], [inputs[n] for n in numbers]
        list(autodiff.backward(targets, sources, list(segment.records), seeds, found))
    directions = {}
    slope = 0.0
    for n, source in zip(numbers, sources, strict=True):
        gradient = found.get(source.id)
        directions[n] = drawn(generator, source.shape, source.dtype)
        if gradient is not None:
            assert (gradient.shape, gradient.dtype) == (source.shape, source.dtype)
            slope += float(np.real((widened(gradient.numpy()).conj() * directions[n]).sum()))
    floats = [x.dtype.name for x in (*inputs, *targets) if is_inexact(x.dtype)]
    if set(floats) <= {"float64", "complex128"}:
        check_slope(name, trial, chosen, seeds, directions, slope)


def drawn(generator, shape, dtype):
    values = generator.normal(size=shape)
    if dtype.kind == "c":
        values = values + 1j * generator.normal(size=shape)
    return np.asarray(values).astype(dtype)


def check_slope(name, trial, chosen, seeds, directions, slope):
    totals = []
    for sign in (1, -1):
        moved = [
            np.asarray(x + sign * STEP * directions[n]) if n in directions else x
            for n, x in enumerate(trial.inputs)
        ]
        outputs = outputs_of(name, trial, moved)
        totals.append(
            sum(
                float(np.real((seed.numpy().conj() * outputs[n].numpy()).sum()))
                for n, seed in zip(chosen, seeds, strict=True)
            )
        )
    if not np.isfinite(totals).all():  # the mean of nothing
        return
    right = (totals[0] - totals[1]) / (2 * STEP)
    # What cancels in the difference of two totals is lost.
    lost = 1e-15 * max(map(abs, totals)) / STEP
    assert slope == pytest.approx(right, rel=1e-5 * trial.loose, abs=1e-5 * trial.loose + lost)


def check_poisoned(name, trial):
    """NaN and infinities go through as the maths has them, or are refused by name."""
    numbers = [n for n, x in enumerate(trial.inputs) if x.dtype == np.float64 and x.size]
    if not numbers:
        return
    generator = np.random.default_rng(len(name) + sum(x.size for x in trial.inputs))
    inputs = [x.copy() for x in trial.inputs]
    array = inputs[generator.choice(numbers)]
    places = generator.integers(0, array.size, size=2)
    array.flat[places] = generator.choice([np.nan, np.inf, -np.inf])
    made = outputs_of(name, trial, inputs, refusable=True)
    if made is None:
        return
    check_foretold(name, trial, made)
    # Into whole numbers they have no right value.
    is_told = REGISTRY[name].elementwise and is_inexact(made[0].dtype)
    if is_told and trial.expected is not None:
        check_close(made[0].numpy(), trial.expected(*inputs), PRECISION["float64"] * trial.loose)
