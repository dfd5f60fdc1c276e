"""The parts of ./dev gpu-check: each takes the device's array module and gives what it found.

A finding is a dictionary with `failures`, a list of texts, and whatever else is worth keeping.
NumPy is the array module outside of `on(device)`.
"""

from __future__ import annotations

import collections
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras_runs  # first of all: importing Keras chooses NumPy for the process
import numpy as np

from inspector.engine import array_module

# Largest difference over largest value. The primitives run in float64, Keras in float32; GPUs add
# up in another order and may round products of float32 once more.
TOLERANCE = {"primitives": 1e-9, "keras": 1e-5}
# A graph's fused chains round once where the ops round each time.
FUSED = 1e-6
REPEATS = 5


@contextmanager
def on(module) -> Iterator[None]:
    """Compute with this array module inside."""
    before, array_module.xp = array_module.xp, module
    try:
        yield
    finally:
        array_module.xp = before


def primitives(device) -> dict:
    from case_runs import RUNS

    return compared(RUNS, device, TOLERANCE["primitives"])


def dtypes(device) -> dict:
    from case_runs import NARROW, runs_in

    found = [compared(runs_in(dtype), device, NARROW[dtype], partly=True) for dtype in NARROW]
    return {
        "runs": sum(part["runs"] for part in found),
        "failures": [text for part in found for text in part["failures"]],
    }


def keras(device) -> dict:
    return compared(keras_runs.RUNS, device, TOLERANCE["keras"])


def compared(runs: dict[str, Callable], device, tolerance: float, partly: bool = False) -> dict:
    """Which runs give something else on the device than on NumPy.

    partly: a run that NumPy refuses is no run.
    """
    count, failures = 0, []
    for name, run in runs.items():
        right = _right(run, partly)
        if right is not None:
            count += 1
            said = _said(run, right, device, tolerance)
            failures += [f"{name}: {said}"] if said else []
    print(f"{count - len(failures)} of {count} agree with NumPy", flush=True)
    return {"runs": count, "failures": failures}


def _right(run: Callable, partly: bool):
    try:
        with on(np), np.errstate(all="ignore"):
            return run()
    except Exception:
        if not partly:
            raise
        return None


def _said(run: Callable, right: list, device, tolerance: float) -> str:
    from case_runs import differences

    try:
        with on(device):
            return differences(run(), right, tolerance)
    except Exception as error:  # whatever CuPy or CUDA raise is a finding
        return f"{type(error).__name__}: {error}"


def graphs(device) -> dict:
    """Captured replays of every primitive, and of small models against the ops they hold."""
    from case_runs import UNCAPTURED, capture_cases, capture_trial

    failures, refused = [], set()
    with on(device):
        for case in capture_cases():
            try:
                said = capture_trial(case)
            except Exception as error:  # whatever CuPy or CUDA raise is a finding
                said = f"{type(error).__name__}: {error}"
            if said is None:
                refused.add(case.primitive)
            elif said:
                failures.append(f"{case.primitive}: {said}")
        named = {name for names in UNCAPTURED for name in names.split()}
        failures += [f"{name}: refused unlike on the stand-in" for name in refused ^ named]
        failures += model_graphs()
    return {"failures": failures}


def model_graphs() -> list[str]:
    """What differs between small models' captured replays and the models on another input."""
    from case_runs import upload

    from inspector import engine
    from inspector.engine.cuda.graph import GraphReplay

    model, x, _ = keras_runs.small_model()
    first, other = upload(x.astype("float32")), upload(np.cos(x).astype("float32"))
    with engine.recording() as segment:
        y = model(first, training=False)
    right, failures = model(other, training=False).numpy(), []
    for fused in (False, True):
        replay = GraphReplay(segment.records, given=[first.id], wanted=[y.id], use_fusion=fused)
        found = array_module.to_numpy(replay.run({first.id: other.data})[y.id])
        off = float(np.abs(found - right).max() / np.abs(right).max())
        if not off <= FUSED:
            failures.append(f"model, fused={fused}: off by {off:.1e}")
    return failures


def torch(device) -> dict:
    from gpu_torch import compared_with_torch

    with on(device):
        return compared_with_torch("cuda")


def waits(device) -> dict:
    with on(device):
        return {"failures": unexpected_waits(waits_on_device)}


def unexpected_waits(does_wait: Callable) -> list[str]:
    """Primitives that make the host wait though they are not known to, and the other way round."""
    from case_runs import CASES, WAITING, forward, upload

    found = set()
    for case in CASES:
        inputs = [upload(array) for array in case.inputs]
        if does_wait(functools.partial(forward, case, inputs)):
            found.add(case.primitive)
    print(f"{len(found)} primitives make the host wait, {len(WAITING)} are known to", flush=True)
    return [f"{name}: unlike on the stand-in" for name in sorted(found ^ WAITING)]


def waits_on_device(call: Callable) -> bool:
    """Whether CuPy had to synchronise in the call."""
    import cupyx

    try:
        with cupyx.allow_synchronize(False):
            call()
    except Exception as error:
        # The op names itself around CuPy's error.
        chain = (error, error.__cause__, error.__context__)
        if not any(isinstance(one, cupyx.DeviceSynchronized) for one in chain):
            raise
        return True
    return False


def times(device) -> dict:
    from gpu_models import against_torch

    with on(device):
        ours = timings()
        rows, implementations = against_torch("cuda")
    return {"failures": [], "ours": ours, "rows": rows, "implementations": implementations}


def timings() -> dict[str, dict[str, float]]:
    """Wall seconds of a forward pass and of a training step, the device waited for."""
    import engine_workloads

    found = {}
    for name, build in engine_workloads.BUILDERS.items():
        forward, step = build()
        found[name] = {"forward": fastest(forward), "step": fastest(step)}
        print(f"{name}: {found[name]}", flush=True)
    return found


def fastest(call: Callable, wait: Callable | None = None, repeats: int = REPEATS) -> float:
    """Wall seconds of the fastest repeat, after two that compile and warm up."""
    wait = wait or array_module.xp.cuda.Device().synchronize
    best = float("inf")
    for repeat in range(2 + repeats):
        wait()
        started = time.perf_counter()
        call()
        wait()
        if repeat >= 2:
            best = min(best, time.perf_counter() - started)
    return best


def implementations(records) -> dict[str, int]:
    """How often which GPU code ran; empty names are the functions for NumPy and CuPy."""
    found = collections.Counter(r.implementation or r.primitive.name for r in records)
    return dict(found.most_common())


RUNNERS = {
    "primitives": primitives,
    "dtypes": dtypes,
    "keras": keras,
    "graphs": graphs,
    "torch": torch,
    "waits": waits,
    "times": times,
}
