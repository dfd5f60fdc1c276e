"""Which arrays the engine computes with: NumPy, or CuPy where a GPU really works.

This is the one file that imports cupy. The choice is made once per process, by running an
elementwise kernel and a matrix product, and its reason is kept as text: whoever shows the
engine's name shows the reason beside it, so that a fall back to the CPU is never silent.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from inspector.engine import allocation
from inspector.engine.cuda import precision
from inspector.errors import EngineError

EngineName = Literal["auto", "cupy", "numpy"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen array module: `name`, the `device` it runs on, and the `reason`."""

    name: Literal["numpy", "cupy"]
    device: str
    reason: str


# The module whose arrays Tensors hold. Read it as `array_module.xp`, never import the name: `use`
# rebinds it.
xp: Any = np
choice = Choice("numpy", "cpu", "no engine was asked for yet")


def probe() -> tuple[bool, str]:
    """Whether CuPy computes right on this machine, and the device's name or what went wrong."""
    if not _has_driver():
        return False, "no NVIDIA driver on this machine"
    try:
        import cupy

        if not cupy.cuda.is_available():
            return False, "no CUDA device or driver"
        values = cupy.arange(8, dtype=cupy.float32)
        if float((values * 2).sum()) != 56:
            return False, "the GPU computed a wrong sum"
        if float((values.reshape(2, 4) @ values.reshape(4, 2)).sum()) != 236:
            return False, "the GPU computed a wrong matrix product"
        return True, str(cupy.cuda.runtime.getDeviceProperties(0)["name"].decode())
    except ImportError as error:
        return False, f"CuPy is not installed ({error})"
    except Exception as error:  # CUDA, NVRTC and cuBLAS fail in their own unrelated classes
        return False, f"{type(error).__name__}: {error}"


def _has_driver() -> bool:
    """Whether CUDA's driver can be loaded: asked first, for importing CuPy takes up to a second."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def use(name: EngineName = "auto") -> Choice:
    """Choose the array module for this process and say why.

    Raises:
        EngineError: `cupy` was asked for by name and does not work here, or the switch of
            `cuda/precision.py` has a value of no meaning.
    """
    global xp, choice
    precision.choose()
    works, reason = (False, "NumPy was asked for") if name == "numpy" else probe()
    if name == "cupy" and not works:
        raise EngineError(
            f"CuPy was asked for but cannot be used: {reason}.",
            fix="Install the `gpu` extra on a machine with a CUDA GPU, or use --engine numpy.",
        )
    if works:
        import cupy

        # Only here: the kernels' rules know the primitives, which know this module.
        from inspector.engine.cuda import dispatch

        dispatch.install()
        exactness = "" if precision.current == "exact" else f"; products in {precision.current}"
        xp, choice = cupy, Choice("cupy", reason, f"the GPU passed its probe{exactness}")
    else:
        xp, choice = np, Choice("numpy", "cpu", reason)
        allocation.keep_freed_memory()
    return choice


def to_numpy(array: Any) -> np.ndarray[Any, Any]:
    """The same values as a NumPy array; copies from the device where needed."""
    return array if isinstance(array, np.ndarray) else np.asarray(array.get())


def special() -> Any:
    """`scipy.special`, or CuPy's of the same name; imported when first needed."""
    if xp is np:
        return importlib.import_module("scipy.special")
    return importlib.import_module("cupyx.scipy.special")
