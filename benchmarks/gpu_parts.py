"""The parts of ./dev gpu-check: each takes the device and gives its runs by name.

A run gives what is wrong as a text (empty: nothing; None: it does not count, because NumPy refuses
it as well), or a dictionary with that as `said` beside facts worth keeping. The first word of a
name is its group: the runs of a group share their kernels, so one process runs them all.
"""

from __future__ import annotations

import collections
import functools
import importlib
import time
from collections.abc import Callable

import numpy as np
from gpu_device import Device, on

from inspector.engine import array_module
from inspector.engine.cuda import launch
from inspector.errors import ReplayError

# Largest difference over largest value. The primitives run in float64, Keras in float32; GPUs add
# up in another order and may round products of float32 once more.
FLOAT64, KERAS = 1e-9, 1e-5
# A graph's fused chains round once where the ops round each time.
FUSED = 1e-6
REPEATS = 5

Runs = dict[str, Callable]


def float64(device: Device) -> Runs:
    """Every primitive, forward and backward, against NumPy."""
    from case_runs import RUNS

    return {
        _grouped(name): functools.partial(compared, run, device, FLOAT64)
        for name, run in RUNS.items()
    }


def narrow(dtype: str) -> Callable[[Device], Runs]:
    """The same in another dtype, where NumPy takes it."""

    def runs(device: Device) -> Runs:
        from case_runs import NARROW, runs_in

        return {
            _grouped(name): functools.partial(compared, run, device, NARROW[dtype], partly=True)
            for name, run in runs_in(dtype).items()
        }

    return runs


def keras(wanted: Callable[[str], bool]) -> Callable[[Device], Runs]:
    """Functions or layers of Keras in float32 against NumPy."""

    def runs(device: Device) -> Runs:
        from keras_runs import RUNS

        return {
            _grouped(name): functools.partial(compared, run, device, KERAS)
            for name, run in RUNS.items()
            if wanted(name)
        }

    return runs


def is_of_layer(name: str) -> bool:
    """Whether a run of `keras_runs` is of a layer, or of a training."""
    return name.startswith(("layer-", "training"))


def _grouped(name: str) -> str:
    """The name of a run behind its group: what it is of, less numbers, dtypes and kinds.

    >>> _grouped("12-add-float32"), _grouped("numpy-3-abs"), _grouped("layer-Dense (relu)")
    ('add 12-add-float32', 'abs numpy-3-abs', 'Dense layer-Dense (relu)')
    """
    kind, _, rest = name.partition("-")
    of = rest if kind == "layer" else name.split("-")[{"numpy": 2}.get(kind, -1)]
    if kind.isdigit():
        of = name.split("-")[1]
    return f"{(of or name).split()[0]} {name}"


def compared(run: Callable, device: Device, tolerance: float, partly: bool = False) -> str | None:
    """What a run gives on the device that it does not on NumPy.

    partly: a run that NumPy refuses does not count.
    """
    from case_runs import differences

    try:
        with np.errstate(all="ignore"):
            right = run()
    except Exception:
        if not partly:
            raise
        return None
    with on(device):
        return differences(run(), right, tolerance)


def graphs(device: Device) -> Runs:
    """Captured replays of every primitive, and of small models against the ops they hold."""
    from case_runs import UNCAPTURED, capture_cases

    named = {name for names in UNCAPTURED for name in names.split()}
    found: Runs = {
        f"model {'fused' if fused else 'plain'}": functools.partial(model_graph, device, fused)
        for fused in (False, True)
    }
    for primitive, cases in _by_primitive(capture_cases()).items():
        found[primitive] = functools.partial(captured, device, cases, primitive not in named)
    return found


def captured(device: Device, cases: list, can_be: bool) -> str:
    """What is wrong with the captured replays of a primitive that can be captured, or cannot."""
    from case_runs import capture_trial

    said, refused = [], ""
    for case in cases:
        try:
            with on(device):
                said.append(capture_trial(case))
        except ReplayError as error:
            refused = str(error)
    if bool(refused) == can_be:
        unlike = f"refused unlike on the stand-in: {refused}"
        return unlike if can_be else "not refused as on the stand-in"
    return "; ".join(filter(None, said))


def model_graph(device: Device, fused: bool) -> str:
    """How a small model's captured replay differs from the model on another input."""
    from case_runs import upload
    from keras_runs import small_model

    from inspector import engine
    from inspector.engine.cuda.graph import GraphReplay

    with on(device):
        model, x, _ = small_model()
        first, other = upload(x.astype("float32")), upload(np.cos(x).astype("float32"))
        with engine.recording() as segment:
            y = model(first, training=False)
        right = model(other, training=False).numpy()
        replay = GraphReplay(segment.records, given=[first.id], wanted=[y.id], use_fusion=fused)
        found = array_module.to_numpy(replay.run({first.id: other.data})[y.id])
    off = float(np.abs(found - right).max() / np.abs(right).max())
    return "" if off <= FUSED else f"off by {off:.1e}"


def torch(device: Device) -> Runs:
    """Layers' arithmetic, forward and gradients, against torch on the same device."""
    from gpu_torch import trial_names, trial_of

    def run(name: str) -> str:
        with on(device):
            return trial_of(name, device.torch)

    return {name: functools.partial(run, name) for name in trial_names()}


def waits(device: Device) -> Runs:
    """Which primitives make the host wait though they are not known to, and the other way round."""
    from case_runs import CASES, WAITING

    return {
        primitive: functools.partial(waits_known, device, cases, primitive in WAITING)
        for primitive, cases in _by_primitive(CASES).items()
    }


def waits_known(device: Device, cases: list, is_known: bool) -> str:
    """Whether the cases of a primitive make the host wait as they are known to."""
    from case_runs import forward, upload

    with on(device):
        inputs = [[upload(array) for array in case.inputs] for case in cases]
        does = any(
            device.waits(functools.partial(forward, case, given))
            for case, given in zip(cases, inputs, strict=True)
        )
    if does == is_known:
        return ""
    return "makes the host wait, unlike on the stand-in" if does else "waits on the stand-in only"


def times(device: Device) -> Runs:
    """ResNet-50 and BERT-base against torch, then our models' times alone."""
    from gpu_models import GOALS, SIZES, row

    workloads = importlib.import_module("engine_workloads").BUILDERS
    return {
        **{
            f"{model} {kind}": functools.partial(row, device, model, kind)
            for model in SIZES
            for kind in GOALS
        },
        **{f"ours {name}": functools.partial(timed, device, name) for name in workloads},
    }


def timed(device: Device, name: str) -> dict:
    """Wall seconds of a forward pass and of a training step of one of our models."""
    with on(device):
        forward, step = importlib.import_module("engine_workloads").BUILDERS[name]()
        return {"said": "", "forward_s": fastest(forward), "step_s": fastest(step)}


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


def _by_primitive(cases: list) -> dict[str, list]:
    found: dict[str, list] = {}
    for case in cases:
        found.setdefault(case.primitive, []).append(case)
    return found


def _first(device: Device) -> Runs:
    from gpu_first import first

    return first(device)


RUNS: dict[str, Callable[[Device], Runs]] = {
    "first": _first,
    "float64": float64,
    **{dtype: narrow(dtype) for dtype in ("float32", "float16", "bfloat16", "complex64")},
    "functions": keras(lambda name: not is_of_layer(name)),
    "layers": keras(is_of_layer),
    "graphs": graphs,
    "torch": torch,
    "waits": waits,
    "times": times,
}
assert set(launch.STORED) <= set(RUNS)
