"""Times one workload on one engine; its last line is the seconds as JSON.

    engine_runner.py ours|torch WORKLOAD|import

It runs in the environment of the engine it is told, so it may import nothing of ours for torch.
Every figure is the fastest repeat, in CPU seconds of this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time

# Each block of repeats ends after this many CPU seconds, but has at least this many repeats.
BLOCK_SECONDS, FEWEST = 1.2, 2
# Recorded runs are kept until the byte budget is reached; the first ones wait for the system to
# hand out that memory, so a few more are made (docs/engine.md).
FEWEST_RECORDED = 5
# Two blocks of each kind, in turns: a slow moment of the machine then hits both.
BLOCKS = 2


def main() -> None:
    """Prepare the engine, time, print."""
    engine, workload = sys.argv[1:]
    started = time.process_time()
    (prepare_torch if engine == "torch" else prepare_ours)()
    imported = time.process_time() - started
    if workload == "import":
        print(json.dumps({"import": imported}))
        return
    import engine_workloads

    forward, step = engine_workloads.BUILDERS[workload]()
    print(json.dumps({**timed("forward", forward, engine), **timed("step", step, engine)}))


def prepare_torch() -> None:
    """Import Keras on torch."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import torch

    torch.set_num_threads(1)
    assert keras.backend.backend() == "torch"


def prepare_ours() -> None:
    """Import Keras on our engine."""
    from inspector.keras_backend import hook

    hook.install("numpy")
    import keras

    assert keras.backend.backend() == "numpy"


def timed(name, call, engine):
    """Seconds of a call: plain and, on ours, recorded."""
    with no_gradients(engine, name):
        call()  # the first call builds and fills caches
        plain, recorded = [], []
        for _ in range(BLOCKS):
            plain.append(fastest(call))
            if engine == "ours":
                recorded.append(recorded_fastest(call))
    times = {name: min(plain)}
    if recorded:
        times[f"{name}-recorded"] = min(recorded)
    return times


def no_gradients(engine, name):
    """What a torch user writes around a forward pass: torch would keep a graph without it."""
    if engine == "torch" and name == "forward":
        import torch

        return torch.no_grad()
    return contextlib.nullcontext()


def fastest(call, fewest=FEWEST):
    """CPU seconds of the fastest repeat."""
    best, began, repeats = float("inf"), time.process_time(), 0
    while repeats < fewest or time.process_time() - began < BLOCK_SECONDS:
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
        repeats += 1
    return best


def recorded_fastest(call):
    """The same with everything recorded, as the worker does it."""
    from inspector.capture import Recorder

    recorder = Recorder(lambda file: False, lambda run, ended: None, lambda i, model: None)
    recorder.install()
    try:
        call()  # hooks look each class up once
        return fastest(call, FEWEST_RECORDED)
    finally:
        recorder.settle()
        recorder.uninstall()


if __name__ == "__main__":
    main()
