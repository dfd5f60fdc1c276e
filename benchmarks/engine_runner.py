"""Times one workload on one engine; its last line is the seconds as JSON.

    engine_runner.py ours|torch WORKLOAD|builds|import [THREADS]

It runs in the environment of the engine it is told, so it may import nothing of ours for torch.
Every figure is the fastest repeat, in CPU seconds of this process; in wall seconds when it is
given a number of threads.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import time

# Each block of repeats ends after this many CPU seconds, but has at least this many repeats.
BLOCK_SECONDS, FEWEST, FEWEST_BUILDS = 1.2, 2, 3
# A recorder keeps that many runs of a model and only counts later ones: each is made anew after so
# many, so that every timed run is one that is recorded in full.
RECORDED = 19
# Two blocks of each kind, in turns: a slow moment of the machine then hits both.
BLOCKS = 2


def main() -> None:
    """Prepare the engine, time, print."""
    engine, workload, *threads = sys.argv[1:]
    started = time.process_time()
    (prepare_torch if engine == "torch" else prepare_ours)(*map(int, threads))
    imported = time.process_time() - started
    if workload == "import":
        print(json.dumps({"import": imported}))
        return
    import engine_workloads

    if workload == "builds":
        builds = engine_workloads.BUILDS.items()
        print(json.dumps({name: fastest(build, FEWEST_BUILDS) for name, build in builds}))
        return
    forward, step = engine_workloads.BUILDERS[workload]()
    if threads:
        print(json.dumps({"forward": on_the_wall(forward, engine), "step": on_the_wall(step, "")}))
        return
    print(json.dumps({**timed("forward", forward, engine), **timed("step", step, engine)}))


def prepare_torch(threads: int = 1) -> None:
    """Import Keras on torch."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import torch

    torch.set_num_threads(threads)
    assert keras.backend.backend() == "torch"


def prepare_ours(threads: int = 1) -> None:
    """Import Keras on our engine; its threads come from the environment, as in the worker."""
    from inspector.engine import threads as array_threads
    from inspector.keras_backend import hook

    hook.install("numpy")
    array_threads.use_physical_cores()
    import keras

    assert keras.backend.backend() == "numpy"


def timed(name, call, engine):
    """Seconds of a call: plain and, on ours, recorded."""
    with no_gradients(engine, name):
        call()  # the first call builds and fills caches
        plain, recorded, later = [], [], []
        for _ in range(BLOCKS):
            plain.append(fastest(call))
            if engine == "ours":
                recorded.append(recorded_fastest(call))
                later.append(fastest_when_counted(call))
    times = {name: min(plain)}
    if recorded:
        times |= {f"{name}-recorded": min(recorded), f"{name}-later": min(later)}
    return times


def on_the_wall(call, engine):
    """Wall seconds of the fastest repeat."""
    with no_gradients(engine, "forward"):
        call()
        return fastest(call, clock=time.perf_counter)


def no_gradients(engine, name):
    """What a torch user writes around a forward pass: torch would keep a graph without it."""
    if engine == "torch" and name == "forward":
        import torch

        return torch.no_grad()
    return contextlib.nullcontext()


def fastest(call, fewest=FEWEST, most=None, clock=time.process_time):
    """Seconds of the fastest repeat."""
    best, began, repeats = float("inf"), clock(), 0
    while repeats < fewest or (clock() - began < BLOCK_SECONDS and repeats != most):
        started = clock()
        call()
        best = min(best, clock() - started)
        repeats += 1
    return best


def recorded_fastest(call):
    """The same with everything recorded, as the worker does it."""
    best, began = float("inf"), time.process_time()
    while best == float("inf") or time.process_time() - began < BLOCK_SECONDS:
        with recorder():
            call()  # hooks look each class up once
            best = min(best, fastest(call, most=RECORDED))
        gc.collect()  # the next recorder finds the memory of this one
    return best


def fastest_when_counted(call):
    """The same where a recorder has all the runs that it keeps, and only counts this one."""
    with recorder(keep_runs=1):
        call()
        call()
        return fastest(call)


@contextlib.contextmanager
def recorder(**options):
    """What the worker puts around a script."""
    from inspector.capture import Recorder

    watching = Recorder(
        lambda file: False, lambda run, ended: None, lambda i, model: None, **options
    )
    watching.install()
    try:
        yield
    finally:
        watching.settle()
        watching.uninstall()


if __name__ == "__main__":
    main()
