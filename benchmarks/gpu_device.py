"""What ./dev gpu-check checks: the GPU through CuPy, or the tests' stand-in to try the command."""

from __future__ import annotations

import functools
import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras_runs  # noqa: F401  # first of all: importing Keras chooses NumPy for the process
import numpy as np

from inspector.engine import array_module


@dataclass(frozen=True)
class Device:
    """An array module beside NumPy, and what else depends on the device."""

    xp: Any
    name: str
    versions: dict[str, int]
    # Where torch computes, and whether a call of ours made the host wait.
    torch: str
    waits: Callable[[Callable], bool]
    # Hands memory that nobody uses back to the system, for others to take.
    release: Callable[[], None]


@contextmanager
def on(device: Device) -> Iterator[None]:
    """Compute on this device inside; NumPy is the array module outside."""
    before, array_module.xp = array_module.xp, device.xp
    try:
        yield
    finally:
        array_module.xp = before


def gpu() -> Device:
    """CuPy's current device.

    Raises:
        EngineError: it cannot be used; the message says why.
    """
    choice = array_module.use("cupy")
    xp, array_module.xp = array_module.xp, np
    runtime = xp.cuda.runtime
    versions = {"cuda": runtime.runtimeGetVersion(), "driver": runtime.driverGetVersion()}
    return Device(xp, choice.device, versions, "cuda", _waits, functools.partial(_release, xp))


def stand_in() -> Device:
    """CuPy's stand-in, computed by NumPy: shows that the command works, nothing about a GPU."""
    dispatch = importlib.import_module("inspector.engine.cuda.dispatch")
    dispatch.install()
    namespace = importlib.import_module("cupy_stand_in.namespace")
    library = importlib.import_module("cupy_stand_in.dnn").library()
    importlib.import_module("inspector.engine.cuda.dnn")._library = lambda: library
    products = importlib.import_module("cupy_stand_in.blas").library()
    importlib.import_module("inspector.engine.cuda.blas")._cublas = lambda: products
    numpys = array_module.special
    array_module.special = lambda: (
        namespace.special if array_module.xp is namespace.xp else numpys()
    )
    return Device(namespace.xp, "the stand-in of CuPy", {}, "cpu", _counted, gc.collect)


def works(device: Device) -> bool:
    """Whether it still computes: after some errors a process gets nothing more from its GPU."""
    try:
        return float(device.xp.asarray(np.ones(4)).sum()) == 4.0
    except Exception:  # whatever CuPy or CUDA raise
        return False


def _release(xp: Any) -> None:
    gc.collect()
    xp.get_default_memory_pool().free_all_blocks()


def _waits(call: Callable) -> bool:
    """Whether CuPy had to synchronise in the call."""
    import cupyx

    try:
        with cupyx.allow_synchronize(False):
            call()
    except Exception as error:
        # The op names itself around CuPy's error.
        chain = [error]
        while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
            chain.append(before)
        if not any(isinstance(one, cupyx.DeviceSynchronized) for one in chain):
            raise
        return True
    return False


def _counted(call: Callable) -> bool:
    with importlib.import_module("cupy_stand_in.syncs").counted() as found:
        call()
    return bool(found.total())
