"""Runs one sample three times on one engine; its last line is the fastest run's CPU seconds.

    path_runner.py ours|recorded|torch FILE

It runs in the environment of the engine it is told, so it may import nothing of ours for torch.
"""

from __future__ import annotations

import contextlib
import io
import os
import runpy
import sys
import time
from pathlib import Path


def main() -> None:
    """Prepare the engine, run, print."""
    engine, path = sys.argv[1], os.path.abspath(sys.argv[2])
    runs = {"torch": run_plain, "ours": run_plain, "recorded": run_recorded}
    (prepare_torch if engine == "torch" else prepare_ours)()
    print(f"{min(runs[engine](path) for _ in range(3)):.6f}")


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


def run_plain(path: str) -> float:
    """CPU seconds of one run of the file."""
    import keras

    keras.utils.clear_session()
    folder = str(Path(path).parent)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.chdir(folder):
        started = time.process_time()
        runpy.run_path(path, run_name="__main__")
        return time.process_time() - started


def run_recorded(path: str) -> float:
    """The same with everything recorded, as the worker does it."""
    from inspector.capture import Recorder

    recorder = Recorder(lambda file: file == path, lambda run, ended: None, lambda i, model: None)
    recorder.install()
    try:
        return run_plain(path)
    finally:
        recorder.uninstall()


if __name__ == "__main__":
    main()
