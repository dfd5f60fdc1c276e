"""Every primitive and many functions of the backend, with CuPy's rules in force."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from inspector import engine
from inspector.engine import REGISTRY, Tensor, array_module, autodiff
from inspector.engine.promotion import is_inexact

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "keras_backend")]

from cupy_stand_in import namespace, syncs  # noqa: E402


def all_cases():
    cases = []
    for path in sorted((HERE / "cases").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"stand_in_cases_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cases += module.CASES
    return cases


CASES = all_cases()
NAMES = [f"{number}-{case.primitive}" for number, case in enumerate(CASES)]


# Where the host has to wait for the device in a forward pass, and why.
WAITS = {
    "get_item take take_along_axis put put_in_zeros": "wrong indices wrap on CuPy, so we check",
    "segment_sum segment_extreme segment_product": "rows outside of the segments are left out",
    "isin unique nonzero bincount": "the size of the result, or a table, depends on the values",
    "random_categorical random_gamma random_beta random_binomial": (
        "drawn on the host from given parameters: the same numbers on every device"
    ),
    "eig lu_factor ctc_beam_search": "computed on the host",
}


@pytest.fixture
def stand_in(monkeypatch):
    """CuPy's stand-in is the array module."""

    def use():
        monkeypatch.setattr(array_module, "xp", namespace.xp)
        monkeypatch.setattr(array_module, "special", lambda: namespace.special)

    return use


def run(case):
    """Values of the outputs and gradients, the host's waits in the forward pass."""
    inputs = [Tensor(array_module.xp.asarray(array)) for array in case.inputs]
    with syncs.counted() as waits, engine.recording() as segment:
        made = REGISTRY[case.primitive](*inputs, **case.constants)
    outputs = tuple(made) if isinstance(made, tuple | list) else (made,)
    return outputs, gradients(case, inputs, outputs, segment), waits


def gradients(case, inputs, outputs, segment):
    if REGISTRY[case.primitive].vjp is None or case.differentiable == ():
        return []
    numbers = range(len(outputs)) if case.outputs is None else case.outputs
    targets = [outputs[number] for number in numbers if is_inexact(outputs[number].dtype)]
    sources = [
        tensor
        for number, tensor in enumerate(inputs)
        if is_inexact(tensor.dtype)
        and (case.differentiable is None or number in case.differentiable)
    ]
    generator = np.random.default_rng(3)
    seeds = [
        Tensor(array_module.xp.asarray(generator.normal(size=t.shape).astype(t.dtype)))
        for t in targets
    ]
    found = {}
    if targets and sources:
        list(autodiff.backward(targets, sources, segment.records, seeds, found))
    return [found.get(source.id) for source in sources]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_primitive_gives_what_it_gives_on_numpy(case, stand_in):
    outputs, slopes, _ = run(case)
    stand_in()
    on_device, slopes_on_device, _ = run(case)

    assert [t.dtype for t in on_device] == [t.dtype for t in outputs]
    assert all(type(t.data) is namespace.xp.ndarray for t in on_device)
    for found, right in zip(on_device, outputs, strict=True):
        assert_same(found, right)
    for found, right in zip(slopes_on_device, slopes, strict=True):
        assert (found is None) == (right is None)
        if found is not None:
            assert_same(found, right)


def assert_same(found, right):
    assert found.shape == right.shape
    np.testing.assert_allclose(found.numpy(), right.numpy(), rtol=1e-9, atol=1e-9)


def test_only_these_primitives_wait_for_the_device(stand_in):
    stand_in()

    waiting = {case.primitive for case in CASES if run(case)[2].total()}

    assert waiting == {name for names in WAITS for name in names.split()}
