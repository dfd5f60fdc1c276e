"""`./dev gpu-check`: it finds what differs. Tried on CuPy's stand-in, and on a GPU where one is."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from inspector.engine import array_module, gpu_record
from inspector.engine.cuda import dispatch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "engine"))


@pytest.fixture(scope="module")
def gpu_check():
    spec = importlib.util.spec_from_file_location("gpu_check", ROOT / "benchmarks/gpu_check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stand_in(monkeypatch):
    """The stand-in's module; `special` follows the array module of the moment."""
    dispatch.install(monkeypatch.setattr)
    namespace = importlib.import_module("cupy_stand_in.namespace")
    numpys = array_module.special
    monkeypatch.setattr(
        array_module,
        "special",
        lambda: namespace.special if array_module.xp is namespace.xp else numpys(),
    )
    return namespace.xp


def test_check_finds_nothing_on_the_stand_in(gpu_check, stand_in):
    runs = importlib.import_module("case_runs").RUNS

    assert gpu_check.failed(runs, stand_in, gpu_check.TOLERANCE["primitives"]) == {}
    assert array_module.xp is np


def test_check_finds_what_differs_and_what_fails(gpu_check, stand_in):
    upload = importlib.import_module("case_runs").upload

    def off():
        return [upload(np.array([1.0, 2.0 if array_module.xp is np else 2.1]))]

    def refused():
        return [upload(np.ones(2)), upload(array_module.xp.geomspace(1.0, 2.0))]

    def wide():
        return [upload(np.ones(2, "float32" if array_module.xp is np else "float64"))]

    found = gpu_check.failed({"off": off, "refused": refused, "wide": wide}, stand_in, 1e-9)

    assert found["off"] == "result 0: off by 5.0e-02"
    assert found["refused"].startswith("AttributeError")
    assert found["wide"] == "result 0: (2,) float64, not (2,) float32"


def test_check_finds_primitives_that_wait(gpu_check, stand_in, monkeypatch):
    syncs = importlib.import_module("cupy_stand_in.syncs")
    case_runs = importlib.import_module("case_runs")

    def waits(call):
        with syncs.counted() as found:
            call()
        return found.total()

    with gpu_check.on(stand_in):
        assert gpu_check.unexpected_waits(waits) == []
        monkeypatch.setattr(case_runs, "WAITING", case_runs.WAITING - {"eig"})
        assert gpu_check.unexpected_waits(waits) == ["waits eig: unlike on the stand-in"]


def test_check_writes_a_record_that_is_read_as_verified(gpu_check, tmp_path, monkeypatch):
    path = tmp_path / "gpu_record.json"
    monkeypatch.setattr(gpu_record, "RECORD", path)
    monkeypatch.setattr(gpu_check, "ROOT", tmp_path)

    gpu_check.write({"device": "a GPU", "failures": [], "versions": gpu_check.installed()})

    assert "numpy" in json.loads(path.read_text())["versions"]
    assert gpu_record.verdict(path).text.startswith("verified (a GPU, ")


def test_check_refuses_a_machine_without_a_gpu(gpu_check, monkeypatch):
    monkeypatch.setattr(array_module, "probe", lambda: (False, "no NVIDIA driver"))

    with pytest.raises(SystemExit, match="no NVIDIA driver"):
        gpu_check.main()


@pytest.mark.gpu
@pytest.mark.parametrize("name", ["case_runs", "keras_runs"])
def test_engine_agrees_with_numpy_on_the_gpu(name, gpu_check):
    runs = importlib.import_module(name).RUNS
    array_module.use("cupy")
    device, array_module.xp = array_module.xp, np

    tolerance = gpu_check.TOLERANCE["primitives" if name == "case_runs" else "keras"]
    assert gpu_check.failed(runs, device, tolerance) == {}
