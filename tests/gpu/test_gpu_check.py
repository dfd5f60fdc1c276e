"""`./dev gpu-check`: it finds what differs. Tried on CuPy's stand-in, and on a GPU where one is."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from inspector.engine import REGISTRY, array_module, gpu_record
from inspector.engine.cuda import dispatch

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/engine", "benchmarks"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))


@pytest.fixture(scope="module")
def gpu_parts():
    return importlib.import_module("gpu_parts")


@pytest.fixture(scope="module")
def gpu_check():
    return importlib.import_module("gpu_check")


@pytest.fixture(scope="module")
def gpu_worker():
    return importlib.import_module("gpu_worker")


@pytest.fixture
def stand_in(monkeypatch):
    """The stand-in as a device; `special` follows the array module of the moment."""
    gpu_device = importlib.import_module("gpu_device")
    dispatch.install(monkeypatch.setattr)
    blas, dnn = (importlib.import_module(f"inspector.engine.cuda.{n}") for n in ("blas", "dnn"))
    monkeypatch.setattr(dnn, "_library", dnn._library)
    monkeypatch.setattr(blas, "_cublas", blas._cublas)
    monkeypatch.setattr(array_module, "special", array_module.special)
    return gpu_device.stand_in()


def wrong(gpu_worker, runs):
    """What the runs say, less those that have nothing to say."""
    said = {name: gpu_worker.finding(run)["said"] for name, run in runs.items()}
    return {name: text for name, text in said.items() if text}


def test_check_finds_nothing_on_the_stand_in(gpu_parts, gpu_worker, stand_in):
    runs = gpu_parts.RUNS["float64"](stand_in)

    assert len(runs) > 300
    assert wrong(gpu_worker, runs) == {}
    assert array_module.xp is np


def test_check_finds_what_differs_and_what_fails(gpu_parts, gpu_worker, stand_in):
    upload = importlib.import_module("case_runs").upload

    def off():
        return [upload(np.array([1.0, 2.0 if array_module.xp is np else 2.1]))]

    def refused():
        return [upload(np.ones(2)), upload(array_module.xp.geomspace(1.0, 2.0))]

    def wide():
        return [upload(np.ones(2, "float32" if array_module.xp is np else "float64"))]

    def found(run, **how):
        return gpu_worker.finding(lambda: gpu_parts.compared(run, stand_in, 1e-9, **how))["said"]

    assert found(off) == "result 0: off by 5.0e-02"
    assert found(refused).startswith("AttributeError")
    assert found(wide) == "result 0: (2,) float64, not (2,) float32"
    assert found(lambda: 1 / 0).startswith("ZeroDivisionError")
    assert found(lambda: 1 / 0, partly=True) is None


def test_signs_of_eigenvectors_are_for_a_library_to_choose(
    gpu_parts, gpu_worker, stand_in, monkeypatch
):
    def other(xp, made):
        signs = xp.asarray(np.where(np.arange(9) % 2, 1.0, -1.0))
        if len(made) == 2:
            return made[0], made[1] * signs[: made[1].shape[-1]]
        count = made[1].shape[-1]
        left, right = (xp.concatenate([signs[:count], -signs[: 9 - count]]) for _ in range(2))
        u, v = made[0].shape[-1], made[2].shape[-2]
        return made[0] * left[:u], made[1], made[2] * right[:v, None]

    for name in ("eigh", "svd"):
        op = REGISTRY[name]
        monkeypatch.setattr(op, "forward", _changed(op.forward, other))
    runs = gpu_parts.RUNS["float64"](stand_in)
    some = {name: run for name, run in runs.items() if name.split()[0] in ("eigh", "svd")}

    assert len(some) == 6
    assert wrong(gpu_worker, some) == {}


def _changed(forward, change):
    def changed(xp, *arrays, **constants):
        made = forward(xp, *arrays, **constants)
        return made if xp is np else change(xp, made)

    return changed


def test_check_finds_primitives_that_wait(gpu_parts, gpu_worker, stand_in, monkeypatch):
    case_runs = importlib.import_module("case_runs")

    assert wrong(gpu_worker, gpu_parts.RUNS["waits"](stand_in)) == {}
    monkeypatch.setattr(case_runs, "WAITING", case_runs.WAITING - {"eig"} | {"add"})
    assert wrong(gpu_worker, gpu_parts.RUNS["waits"](stand_in)) == {
        "add": "waits on the stand-in only",
        "eig": "makes the host wait, unlike on the stand-in",
    }


def test_check_finds_graphs_that_are_wrong_or_refused(gpu_parts, gpu_worker, stand_in, monkeypatch):
    runs = gpu_parts.RUNS["graphs"](stand_in)
    wanted = ("model plain", "model fused", "add", "eig")
    some = {name: run for name, run in runs.items() if name in wanted}
    assert wrong(gpu_worker, some) == {}
    graph = importlib.import_module("inspector.engine.cuda.graph")
    plain = graph.GraphReplay.run
    monkeypatch.setattr(graph.GraphReplay, "run", lambda self, changes: plain(self, {}))
    assert set(wrong(gpu_worker, some)) == {"model plain", "model fused"}


def test_check_finds_primitives_that_are_captured_unlike_what_is_known(
    gpu_parts, gpu_worker, stand_in, monkeypatch
):
    case_runs = importlib.import_module("case_runs")
    monkeypatch.setattr(case_runs, "UNCAPTURED", {"add": "for this test"})
    runs = gpu_parts.RUNS["graphs"](stand_in)

    said = wrong(gpu_worker, {name: runs[name] for name in ("add", "eig", "exp")})

    assert set(said) == {"add", "eig"}
    assert said["add"] == "not refused as on the stand-in"
    assert said["eig"].startswith("refused unlike on the stand-in: Op 0 (eig) cannot be part of")


def test_first_part_finds_what_did_not_run_as_it_should(gpu_parts, gpu_worker, stand_in):
    runs = gpu_parts.RUNS["first"](stand_in)
    del runs["session"]  # it takes seconds, and is run below
    assert wrong(gpu_worker, runs) == {}
    importlib.import_module("inspector.engine.cuda.dnn")._library = lambda: "no cuDNN"
    assert wrong(gpu_worker, runs) == {
        name: "ran as im2col: no cuDNN" for name in runs if name.startswith("cuDNN ")
    }


def test_groups_are_what_a_run_is_of(gpu_parts, gpu_worker):
    names = ("12-add-float32", "numpy-3-abs", "ops-relu", "layer-Dense", "training")
    grouped = [gpu_parts._grouped(name) for name in names]
    assert [name.split()[0] for name in grouped] == ["add", "abs", "relu", "Dense", "training"]
    runs = {name: print for name in ("a 1", "a 2", "b 1", "c 1")}
    assert list(gpu_worker.share(runs, 0, 2)) == ["a 1", "a 2", "c 1"]
    assert list(gpu_worker.share(runs, 1, 2)) == ["b 1"]


# A worker of four runs of which "dies" ends the process, and "hangs" never ends.
WORKER = """
import json, os, sys, time
file = sys.argv[-1]
told = [json.loads(line) for line in open(file) if line.strip()] if os.path.exists(file) else []
done = {line["name"] for line in told if "name" in line}
out = open(file, "a")
def tell(**found):
    print(json.dumps(found), file=out, flush=True)
RUNS = sys.argv[1].split(",")
if RUNS == ["broken"]:
    sys.exit("no such module")
tell(total=len(RUNS))
for name in RUNS:
    if name in done:
        continue
    tell(begun=name)
    if name == "dies":
        os._exit(7)
    if name == "hangs":
        time.sleep(60)
    tell(name=name, said="off" if name == "wrong" else "", seconds=0.1)
"""


@pytest.fixture
def share(gpu_check, tmp_path):
    """`share(runs, seconds)`: what a process with these runs is found to have done."""
    script = tmp_path / "worker.py"
    script.write_text(WORKER)

    def run(runs, seconds=20.0):
        one = gpu_check.Share([sys.executable, str(script), runs], tmp_path, 0)
        end = time.monotonic() + seconds
        while one.goes_on() and time.monotonic() < end:
            time.sleep(0.02)
        one.end()
        return one.found()

    return run


def test_share_goes_on_in_a_new_process_when_a_run_ends_its_own(share):
    found = share("good,dies,wrong")

    said = {line["name"]: line["said"] for line in found["lines"]}
    assert (found["unfinished"], found["faults"]) == (0, [])
    assert (said["good"], said["wrong"]) == ("", "off")
    assert said["dies"].startswith("ended its process with 7")


def test_share_tells_what_is_left_when_time_is_over(share):
    found = share("good,hangs,wrong", seconds=1.5)

    assert [line["name"] for line in found["lines"]] == ["good"]
    assert found["unfinished"] == 2


def test_share_is_given_up_when_it_never_begins(share):
    found = share("broken")

    assert (found["lines"], found["unfinished"]) == ([], 1)
    assert found["faults"] == ["a process ended with 1 before any run: no such module"]


def test_check_writes_a_record_of_what_it_ran(gpu_check, tmp_path, capsys):
    path = tmp_path / "record.json"

    gpu_check.main(["--stand-in", "--record", str(path), "--workers", "1", "first"])

    record = json.loads(path.read_text())
    first = record["parts"]["first"]
    assert record["settings"][first["setting"]]["device"] == gpu_check.STAND_IN
    assert (first["failures"], first["unfinished"]) == ([], 0)
    assert first["facts"]["cuDNN conv float16"]["ran"] == "cuDNN exact"
    assert first["runs"] == 35
    assert "numpy" in record["settings"][first["setting"]]["versions"]
    assert set(record["parts"]) == {"first"}
    assert "GPU code: not fully verified, without float64" in capsys.readouterr().out


def setting(**changes):
    found = {"device": "a GPU", "precision": "exact", "hashes": gpu_record.hashes()}
    return {**found, **changes}


def finding(**changes):
    return {"failures": [], "unfinished": 0, "runs": 1, **changes}


def test_record_keeps_parts_of_other_code_and_says_so(gpu_check, tmp_path):
    path = tmp_path / "record.json"
    for part in gpu_record.PARTS:
        gpu_check.write(path, part, finding(), setting())
    assert gpu_record.verdict(path).verified

    other = setting(hashes={**gpu_record.hashes(), "inspector/engine/tape.py": "other"})
    gpu_check.write(path, "waits", finding(), other)

    assert gpu_record.verdict(path).text.endswith("1 file, inspector/engine/tape.py")
    assert len(json.loads(path.read_text())["settings"]) == 2


def test_record_keeps_other_precisions_apart(gpu_check, tmp_path):
    path = tmp_path / "record.json"
    gpu_check.write(path, "times", finding(), setting(precision="half"))

    assert list(json.loads(path.read_text())["parts"]) == ["times half"]
    assert "without first" in gpu_record.verdict(path).text


def test_merge_takes_the_newest_of_each_part(gpu_check, tmp_path):
    one, other, to = (tmp_path / name for name in ("one.json", "other.json", "to.json"))
    gpu_check.write(one, "waits", finding(failures=["old"]), setting())
    gpu_check.write(one, "torch", finding(runs=7), setting())
    later = json.loads(one.read_text())
    del later["parts"]["torch"]
    later["parts"]["waits"] |= {"failures": ["new"], "when": "9999-01-01T00:00:00+00:00"}
    other.write_text(json.dumps(later))

    gpu_check.main(["--record", str(to), "--merge", str(other), str(one)])

    parts = json.loads(to.read_text())["parts"]
    assert (parts["waits"]["failures"], parts["torch"]["runs"]) == (["new"], 7)


def test_merge_takes_nothing_of_the_stand_in_into_the_record(gpu_check, tmp_path, monkeypatch):
    one, record = tmp_path / "one.json", tmp_path / "record.json"
    gpu_check.write(one, "waits", finding(), setting(device=gpu_check.STAND_IN))
    monkeypatch.setattr(gpu_record, "RECORD", record)

    with pytest.raises(SystemExit, match="is no GPU"):
        gpu_check.main(["--record", str(record), "--merge", str(one)])

    assert not record.exists()


def test_record_keeps_a_part_that_was_run_to_its_end(gpu_check, tmp_path):
    path = tmp_path / "record.json"
    other = setting(hashes={})
    for found, how in ((finding(), setting()), (finding(unfinished=3), setting())):
        gpu_check.write(path, "waits", found, how)
    assert json.loads(path.read_text())["parts"]["waits"]["unfinished"] == 0

    gpu_check.write(path, "waits", finding(unfinished=3), other)

    assert json.loads(path.read_text())["parts"]["waits"]["unfinished"] == 3


def test_every_part_can_be_run(gpu_parts):
    assert tuple(gpu_parts.RUNS) == gpu_record.PARTS


@pytest.mark.parametrize("arguments", [["speed"], ["--stand-in", "first"]])
def test_check_refuses_what_makes_no_sense(gpu_check, arguments, capsys):
    with pytest.raises(SystemExit):
        gpu_check.main(arguments)

    said = capsys.readouterr().err
    assert "no part speed" in said or "a --record of its own" in said


def test_check_refuses_a_machine_without_a_gpu(gpu_check, monkeypatch):
    monkeypatch.setattr(array_module, "probe", lambda: (False, "no NVIDIA driver"))

    with pytest.raises(SystemExit, match="no NVIDIA driver"):
        gpu_check.main(["--record", "none.json"])


def test_comparison_with_torch_says_that_there_is_no_torch(gpu_parts, gpu_worker, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    device = importlib.import_module("gpu_device").Device(np, "", {}, "cpu", bool, print)

    said = wrong(gpu_worker, gpu_parts.RUNS["torch"](device))

    assert said["torch"].startswith("ModuleNotFoundError")


def test_comparison_with_torch_finds_what_differs():
    differing = importlib.import_module("gpu_torch").differing
    ones = np.ones(2, "float32")

    assert differing([ones, ones], [ones, ones]) == ""
    assert differing([ones, ones * 2], [ones, ones]) == "result 1: off by 1.0e+00"
    assert differing([ones * np.nan], [ones]) == "result 0: off by nan"
    assert differing([ones], [ones[:1]]) == "result 0: (2,), not (1,)"


def test_models_that_are_timed_can_be_built():
    model = importlib.import_module("gpu_models").keras_model("bert", 1)

    assert model.output_shape == (None, 128, 768)


@pytest.mark.gpu
@pytest.mark.parametrize("part", [part for part in gpu_record.PARTS if part != "times"])
def test_part_finds_nothing_on_the_gpu(part, gpu_parts, gpu_worker):
    device = importlib.import_module("gpu_device").gpu()

    assert wrong(gpu_worker, gpu_parts.RUNS[part](device)) == {}
