"""Every primitive, forward and gradients, with CuPy's rules in force."""

from __future__ import annotations

import pytest
from case_runs import CASES, RUNS, WAITING, differences, forward, upload
from cupy_stand_in import namespace, syncs

from inspector.engine import array_module


@pytest.fixture
def stand_in(monkeypatch):
    """CuPy's stand-in is the array module from the call on."""

    def use():
        monkeypatch.setattr(array_module, "xp", namespace.xp)
        monkeypatch.setattr(array_module, "special", lambda: namespace.special)

    return use


@pytest.mark.parametrize("name", RUNS)
def test_primitive_gives_what_it_gives_on_numpy(name, stand_in):
    right = RUNS[name]()
    stand_in()

    assert differences(RUNS[name](), right, 1e-9) == ""


def test_only_the_named_primitives_wait_for_the_device(stand_in):
    stand_in()

    assert {case.primitive for case in CASES if waits(case)} == WAITING


def waits(case):
    inputs = [upload(array) for array in case.inputs]
    with syncs.counted() as found:
        forward(case, inputs)
    return found.total()
