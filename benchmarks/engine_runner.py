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
    both = {}
    for index, name in enumerate(("forward", "step")):

        def made_anew(index=index):
            return engine_workloads.BUILDERS[workload]()[index]

        both |= timed(name, (forward, step)[index], made_anew, engine)
    print(json.dumps(both))


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


def timed(name, call, made_anew, engine):
    """Seconds of a call: plain and, on ours, recorded."""
    with no_gradients(engine, name):
        call()  # the first call builds and fills caches
        plain, recorded, later, written = [], [], [], []
        for _ in range(BLOCKS):
            plain.append(fastest(call))
            if engine == "ours":
                recorded.append(recorded_fastest(made_anew, written))
                later.append(fastest_when_counted(call))
    times = {name: min(plain)}
    if recorded:
        times |= {f"{name}-recorded": min(recorded), f"{name}-later": min(later)}
        times[f"{name}-written"] = min(written)
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


def recorded_fastest(made_anew, written):
    """The same with everything recorded, as the worker does it: also how the model is made.

    written: takes the seconds that writing one run down took, which waits until the runs are over.
    """
    best, began, recorders = float("inf"), time.process_time(), 0
    while recorders < FEWEST or time.process_time() - began < BLOCK_SECONDS:
        recorders += 1
        with recorder() as watching:
            call = made_anew()
            call()  # hooks look each class up once
            watching.settle()
            best = min(best, fastest(call, most=RECORDED))
            written.append(seconds_of_writing(watching))
        gc.collect()  # the next recorder finds the memory of this one
    return best


def seconds_of_writing(watching):
    """Processor seconds a run, of those runs that still wait to be written."""
    waiting = len(watching.unwritten)
    started = time.process_time()
    watching.settle()
    return (time.process_time() - started) / waiting if waiting else float("inf")


def fastest_when_counted(call):
    """The same where a recorder has all the runs that it keeps, and only counts this one."""
    with recorder(keep_runs=1):
        call()
        call()
        return fastest(call)


def is_workload(file):
    """The user's file is the one that makes the models."""
    return file.endswith("engine_workloads.py")


@contextlib.contextmanager
def recorder(**options):
    """What the worker puts around a script."""
    from inspector.capture import Recorder
    from inspector.session.settings import Settings, record_budget_bytes

    watching = Recorder(
        is_workload,
        lambda run, ended: None,
        lambda i, model: None,
        budget_bytes=record_budget_bytes(Settings()),
        writing_share=0.0,  # what may wait waits: it is timed by itself
        **options,
    )
    watching.install()
    try:
        yield watching
    finally:
        watching.settle()
        watching.uninstall()


if __name__ == "__main__":
    main()
