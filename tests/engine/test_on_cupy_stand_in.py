"""Every primitive, forward and gradients, with CuPy's rules in force."""

from __future__ import annotations

import numpy as np
import pytest
from case_runs import CASES, NARROW, RUNS, WAITING, differences, forward, runs_in, upload
from cupy_stand_in import namespace, syncs

from inspector.engine import array_module
from inspector.engine.accumulation import add_at
from inspector.engine.cuda import dispatch


@pytest.fixture
def stand_in(monkeypatch):
    """CuPy's stand-in is the array module from the call on."""

    def use():
        monkeypatch.setattr(array_module, "xp", namespace.xp)
        monkeypatch.setattr(array_module, "special", lambda: namespace.special)
        dispatch.install(monkeypatch.setattr)

    return use


@pytest.mark.parametrize("name", RUNS)
def test_primitive_gives_what_it_gives_on_numpy(name, stand_in):
    right = RUNS[name]()
    stand_in()

    assert differences(RUNS[name](), right, 1e-9) == ""


@pytest.mark.parametrize("dtype", NARROW)
def test_primitives_take_other_dtypes_as_on_numpy(dtype, stand_in):
    runs = runs_in(dtype)
    right = {name: outcome(run) for name, run in runs.items()}
    stand_in()
    found = {name: outcome(run) for name, run in runs.items() if right[name] is not None}

    # Few refuse the dtype on NumPy: what has no meaning for complex numbers, for the most part.
    assert len(found) > 0.85 * len(runs)
    off = {name: said(found[name], right[name], NARROW[dtype]) for name in found}
    assert {name: text for name, text in off.items() if text} == {}


def outcome(run):
    """The results; the error on the stand-in, None on NumPy."""
    try:
        with np.errstate(all="ignore"):
            return run()
    except Exception as error:
        return None if array_module.xp is np else error


def said(found, right, tolerance):
    if isinstance(found, Exception):
        return f"{type(found).__name__}: {found}"
    return differences(found, right, tolerance)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "uint16", "int32", "int64"])
def test_adding_where_places_repeat_is_the_same_for_whole_numbers(dtype, stand_in):
    values = np.array([100, 100, 3, 1, 0]).astype(dtype)
    places = np.array([1, 1, 0, 1, 2])
    right = add_at(np, np.zeros(3, dtype), places, values)
    stand_in()
    xp = array_module.xp

    found = add_at(xp, xp.zeros(3, dtype), xp.asarray(places), xp.asarray(values))

    assert found.dtype == dtype
    np.testing.assert_array_equal(found.get(), right)


def test_only_the_named_primitives_wait_for_the_device(stand_in):
    stand_in()

    assert {case.primitive for case in CASES if waits(case)} == WAITING


def waits(case):
    inputs = [upload(array) for array in case.inputs]
    with syncs.counted() as found:
        forward(case, inputs)
    return found.total()
