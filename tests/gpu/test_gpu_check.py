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
sys.path[:0] = [str(ROOT / "tests" / "engine"), str(ROOT / "benchmarks")]


def _module(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # they import each other
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gpu_parts():
    return _module("gpu_parts")


@pytest.fixture(scope="module")
def gpu_check(gpu_parts):
    return _module("gpu_check")


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


def test_check_finds_nothing_on_the_stand_in(gpu_parts, stand_in):
    found = gpu_parts.primitives(stand_in)

    assert found["failures"] == []
    assert found["runs"] > 300
    assert array_module.xp is np


def test_check_finds_what_differs_and_what_fails(gpu_parts, stand_in):
    upload = importlib.import_module("case_runs").upload

    def off():
        return [upload(np.array([1.0, 2.0 if array_module.xp is np else 2.1]))]

    def refused():
        return [upload(np.ones(2)), upload(array_module.xp.geomspace(1.0, 2.0))]

    def wide():
        return [upload(np.ones(2, "float32" if array_module.xp is np else "float64"))]

    found = gpu_parts.compared({"off": off, "refused": refused, "wide": wide}, stand_in, 1e-9)

    said = dict(text.split(": ", 1) for text in found["failures"])
    assert found["runs"] == 3
    assert said["off"] == "result 0: off by 5.0e-02"
    assert said["refused"].startswith("AttributeError")
    assert said["wide"] == "result 0: (2,) float64, not (2,) float32"


def test_check_counts_only_what_numpy_takes(gpu_parts, stand_in):
    found = gpu_parts.compared({"none": lambda: 1 / 0}, stand_in, 1e-9, partly=True)

    assert found == {"runs": 0, "failures": []}
    with pytest.raises(ZeroDivisionError):
        gpu_parts.compared({"none": lambda: 1 / 0}, stand_in, 1e-9)


def test_check_finds_primitives_that_wait(gpu_parts, stand_in, monkeypatch):
    case_runs = importlib.import_module("case_runs")

    with gpu_parts.on(stand_in):
        assert gpu_parts.unexpected_waits(waits) == []
        monkeypatch.setattr(case_runs, "WAITING", case_runs.WAITING - {"eig"})
        assert gpu_parts.unexpected_waits(waits) == ["eig: unlike on the stand-in"]


def waits(call):
    with importlib.import_module("cupy_stand_in.syncs").counted() as found:
        call()
    return found.total()


def test_check_finds_models_whose_graphs_are_wrong(gpu_parts, stand_in, monkeypatch):
    graph = importlib.import_module("inspector.engine.cuda.graph")
    with gpu_parts.on(stand_in):
        assert gpu_parts.model_graphs() == []
        plain = graph.GraphReplay.run
        monkeypatch.setattr(graph.GraphReplay, "run", lambda self, changes: plain(self, {}))
        assert [text.partition(":")[0] for text in gpu_parts.model_graphs()] == [
            "model, fused=False",
            "model, fused=True",
        ]


@pytest.fixture
def run_check(gpu_check, gpu_parts, stand_in, tmp_path, monkeypatch):
    """`run_check(parts)` checks the stand-in; gives the exit status and the record."""
    path = tmp_path / "gpu_record.json"
    monkeypatch.setattr(gpu_record, "RECORD", path)
    monkeypatch.setattr(gpu_check, "cuda_versions", lambda device: {"cuda": 13000})
    monkeypatch.setattr(gpu_parts, "waits_on_device", waits)

    def run(*parts):
        with pytest.raises(SystemExit) as ended:
            gpu_check.check(list(parts), stand_in, "a GPU")
        return ended.value.code, json.loads(path.read_text())

    return run


def test_check_writes_a_record_part_by_part(run_check, gpu_parts, monkeypatch):
    others = {part: lambda device: {"failures": []} for part in gpu_record.PARTS}
    del others["waits"]
    monkeypatch.setattr(gpu_parts, "RUNNERS", {**gpu_parts.RUNNERS, **others})

    status, record = run_check("waits")
    assert (status, set(record["parts"])) == (0, {"waits"})
    assert "numpy" in record["versions"]
    assert gpu_record.verdict(gpu_record.RECORD).text.startswith("not fully verified")
    run_check(*others)
    assert gpu_record.verdict(gpu_record.RECORD).text.startswith("verified (a GPU, ")


def test_check_drops_parts_of_other_code(run_check, gpu_parts, monkeypatch):
    quick = {part: lambda device: {"failures": []} for part in gpu_record.PARTS}
    monkeypatch.setattr(gpu_parts, "RUNNERS", quick)
    run_check("keras")
    monkeypatch.setattr(gpu_record, "hashes", lambda root=None: {"inspector/engine/a.py": "other"})

    assert set(run_check("waits")[1]["parts"]) == {"waits"}


def test_check_ends_with_1_where_something_failed(run_check, gpu_parts, monkeypatch):
    wrong = {"keras": lambda device: {"failures": ["dense: off"]}}
    monkeypatch.setattr(gpu_parts, "RUNNERS", wrong)

    status, record = run_check("keras")

    assert status == 1
    assert record["parts"]["keras"]["failures"] == ["dense: off"]
    assert gpu_record.verdict(gpu_record.RECORD).text.startswith("1 checks failed")


def test_every_part_can_be_run(gpu_parts):
    assert tuple(gpu_parts.RUNNERS) == gpu_record.PARTS


def test_check_refuses_parts_that_do_not_exist(gpu_check):
    with pytest.raises(SystemExit, match="no part"):
        gpu_check.main(["speed"])


def test_check_refuses_a_machine_without_a_gpu(gpu_check, monkeypatch):
    monkeypatch.setattr(array_module, "probe", lambda: (False, "no NVIDIA driver"))

    with pytest.raises(SystemExit, match="no NVIDIA driver"):
        gpu_check.main([])


def test_comparison_with_torch_says_that_there_is_no_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)

    assert (
        _module("gpu_torch").compared_with_torch("cuda")["failures"][0].startswith("torch is not")
    )


def test_comparison_with_torch_finds_what_differs():
    differing = _module("gpu_torch").differing
    ones = np.ones(2, "float32")

    assert differing([ones, ones], [ones, ones]) == ""
    assert differing([ones, ones * 2], [ones, ones]) == "result 1: off by 1.0e+00"
    assert differing([ones * np.nan], [ones]) == "result 0: off by nan"
    assert differing([ones], [ones[:1]]) == "result 0: (2,), not (1,)"


def test_models_that_are_timed_can_be_built(gpu_parts):
    model = _module("gpu_models").keras_model("bert", 1)

    assert model.output_shape == (None, 128, 768)


@pytest.mark.gpu
@pytest.mark.parametrize("part", [part for part in gpu_record.PARTS if part != "times"])
def test_part_finds_nothing_on_the_gpu(part, gpu_parts):
    array_module.use("cupy")
    device, array_module.xp = array_module.xp, np

    assert gpu_parts.RUNNERS[part](device)["failures"] == []
