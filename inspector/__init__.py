"""Inspector, a desktop debugger for Keras models."""

import os
import sys
from pathlib import Path

__version__ = "0.1.0"

_WIDE = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}


def _use_wide_blas_kernels() -> None:
    """Have OpenBLAS use AVX-512 on AMD processors that have it.

    It takes those newer than itself for Haswell, which halves the speed of matrix products
    (measured: 100 against 200 GFLOP/s on one core). It reads the variable when NumPy is loaded,
    so this stands in the first module of ours that a process imports.
    """
    if "OPENBLAS_CORETYPE" in os.environ or "numpy" in sys.modules:
        return
    try:
        with Path("/proc/cpuinfo").open() as file:
            first = file.read(8192).partition("\n\n")[0]
    except OSError:  # not Linux
        return
    if "AuthenticAMD" in first and set(first.split()) >= _WIDE:
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"


_use_wide_blas_kernels()
