"""Compiles a kernel file for a dtype and starts its functions.

A kernel file is CUDA C++ in the storage type T and the arithmetic type A of `prelude.cuh`; it is
compiled once per dtype, by NVRTC through CuPy, which keeps the result on disk. Whole numbers are
`int` in a kernel, so arrays of 2³¹ elements are left to CuPy's own functions.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
# The kernel files, and what each begins with beside the prelude.
FILES = {
    "columns": "block.cuh",
    "depthwise": "window.cuh",
    "gather": None,
    "pool": "window.cuh",
    "rows": "block.cuh",
}
# The values of STORED in prelude.cuh.
STORED = {"float32": 0, "float64": 1, "float16": 2, "bfloat16": 3}
_THREADS = 256
_LARGEST = 2**31 - 2**16


def prelude(stored: int) -> str:
    """What every kernel begins with."""
    return f"#define STORED {stored}\n{_text('prelude.cuh')}"


def source(file: str, stored: int) -> str:
    """The whole text of a kernel file for one dtype."""
    header = FILES[file]
    return "\n".join([prelude(stored), _text(header) if header else "", _text(f"{file}.cu")])


@functools.cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def takes(*arrays: Any) -> bool:
    """Whether kernels know this dtype, which all arrays have, and can count their elements."""
    first = arrays[0].dtype
    return first.name in STORED and all(a.dtype == first and fits(a) for a in arrays)


def fits(array: Any) -> bool:
    """Whether an `int` counts its elements, of which there are some."""
    return 0 < array.size < _LARGEST


def work_dtype(dtype: Any) -> np.dtype[Any]:
    """What values of a dtype are computed in: A."""
    return np.dtype("float64" if dtype.name == "float64" else "float32")


def each(xp: Any, kernel: str, dtype: Any, count: int, *arguments: Any) -> None:
    """Start `kernel` ("file.function") with at least `count` threads."""
    _start(xp, kernel, dtype, -(-count // _THREADS), _THREADS, arguments)


def by_row(xp: Any, kernel: str, dtype: Any, rows: int, width: int, *arguments: Any) -> None:
    """Start `kernel` with a block of threads per row; about four columns for each thread."""
    threads = min(512, max(32, 1 << math.ceil(math.log2(max(1, width / 4)))))
    _start(xp, kernel, dtype, rows, threads, arguments)


def _start(
    xp: Any, kernel: str, dtype: Any, blocks: int, threads: int, arguments: tuple[Any, ...]
) -> None:
    file, _, name = kernel.partition(".")
    function = _function(xp.RawModule, file, name, STORED[dtype.name])
    function((blocks,), (threads,), tuple(map(_typed, arguments)))


@functools.cache
def _function(make: Callable[..., Any], file: str, name: str, stored: int) -> Any:
    return _module(make, file, stored).get_function(name)


@functools.cache
def _module(make: Callable[..., Any], file: str, stored: int) -> Any:
    return make(code=source(file, stored))


def _typed(argument: Any) -> Any:
    """Python's numbers in the size that kernels take them: CuPy would pass 64 bits."""
    if isinstance(argument, int):
        return np.int32(argument)
    return np.float64(argument) if isinstance(argument, float) else argument
