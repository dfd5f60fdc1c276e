"""Checks the engine on a GPU and writes down what was found, for ./dev gpu-check.

What runs in the tests on NumPy and on CuPy's stand-in runs here on CuPy: every primitive forward
and backward, the functions of the backend, the layers, a training. Right is what NumPy gives (in
float64 for the primitives, whose NumPy results are tested against differences and definitions).
Then: which primitives make the host wait, and how long models take.

benchmarks/gpu_record.json gets the versions, the failures, the times and the hashes of the code;
`inspector doctor` and the tests compare those with the code of their day. Commit it.
"""

from __future__ import annotations

import datetime
import functools
import importlib
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "engine"), str(Path(__file__).parent)]

import numpy as np  # noqa: E402

from inspector.engine import array_module, gpu_record  # noqa: E402
from inspector.errors import EngineError  # noqa: E402

# Largest difference over largest value. The primitives run in float64, Keras in float32; GPUs add
# up in another order and may round products of float32 once more.
TOLERANCE = {"primitives": 1e-9, "keras": 1e-5}
PACKAGES = ("cupy-cuda13x", "cupy-cuda12x", "numpy", "scipy", "keras")
REPEATS = 5


def main() -> None:
    """Check, write the record, end with 1 where something failed."""
    try:
        choice = array_module.use("cupy")
    except EngineError as error:
        raise SystemExit(f"gpu-check: {error} {error.fix}") from error
    # Importing Keras chooses NumPy; from here on the runs switch between the two.
    device, failures, counts = array_module.xp, [], {}
    for name, module in (("primitives", "case_runs"), ("keras", "keras_runs")):
        runs = importlib.import_module(module).RUNS
        found = failed(runs, device, TOLERANCE[name])
        print(f"{name}: {len(runs) - len(found)} of {len(runs)} agree with NumPy", flush=True)
        failures += [f"{name} {run}: {why}" for run, why in found.items()]
        counts[name] = len(runs)
    with on(device):
        failures += unexpected_waits(waits_on_device)
        times = timings()
    write(
        {
            "device": choice.device,
            "versions": {**installed(), **cuda_versions(device.cuda.runtime)},
            "runs": counts,
            "failures": failures,
            "seconds": times,
        }
    )
    print("\n".join(failures) or "no failures")
    sys.exit(bool(failures))


@contextmanager
def on(module) -> Iterator[None]:
    """Compute with this array module inside."""
    before, array_module.xp = array_module.xp, module
    try:
        yield
    finally:
        array_module.xp = before


def failed(runs: dict[str, Callable], device, tolerance: float) -> dict[str, str]:
    """Which runs give something else on the device than on NumPy, and what."""
    from case_runs import differences

    found = {}
    for name, run in runs.items():
        with on(np):
            right = run()
        try:
            with on(device):
                said = differences(run(), right, tolerance)
        except Exception as error:  # whatever CuPy or CUDA raise is a finding
            said = f"{type(error).__name__}: {error}"
        if said:
            found[name] = said
    return found


def unexpected_waits(waits: Callable) -> list[str]:
    """Primitives that make the host wait though they are not known to, and the other way round."""
    from case_runs import CASES, WAITING, forward, upload

    found = set()
    for case in CASES:
        inputs = [upload(array) for array in case.inputs]
        if waits(functools.partial(forward, case, inputs)):
            found.add(case.primitive)
    print(f"{len(found)} primitives make the host wait, {len(WAITING)} are known to", flush=True)
    return [f"waits {name}: unlike on the stand-in" for name in sorted(found ^ WAITING)]


def waits_on_device(call: Callable) -> bool:
    """Whether CuPy had to synchronise in the call."""
    import cupyx

    try:
        with cupyx.allow_synchronize(False):
            call()
    except cupyx.DeviceSynchronized:
        return True
    return False


def timings() -> dict[str, dict[str, float]]:
    """Wall seconds of a forward pass and of a training step, the device waited for."""
    import engine_workloads

    found = {}
    for name, build in engine_workloads.BUILDERS.items():
        forward, step = build()
        found[name] = {"forward": fastest(forward), "step": fastest(step)}
        print(f"{name}: {found[name]}", flush=True)
    return found


def fastest(call: Callable) -> float:
    """Wall seconds of the fastest repeat, after two that compile and warm up."""
    device, best = array_module.xp.cuda.Device(), float("inf")
    for repeat in range(2 + REPEATS):
        device.synchronize()
        started = time.perf_counter()
        call()
        device.synchronize()
        if repeat >= 2:
            best = min(best, time.perf_counter() - started)
    return best


def write(found: dict) -> None:
    """The record, for the next reader and for `gpu_record.verdict`."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    record = {"date": today, "commit": commit(), **found, "hashes": gpu_record.hashes()}
    gpu_record.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {gpu_record.RECORD.relative_to(ROOT)}; commit it", flush=True)


def installed() -> dict[str, str]:
    """Versions of Python and of what computes."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def cuda_versions(runtime) -> dict[str, int]:
    return {"cuda": runtime.runtimeGetVersion(), "driver": runtime.driverGetVersion()}


def commit() -> str:
    """The commit, marked where the tree has other changes."""
    command = ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
