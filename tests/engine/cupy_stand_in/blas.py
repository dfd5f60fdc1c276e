"""cuBLAS's stand-in: the one product that we call, by its definition, on memory at pointers.

Matrices lie column by column; what is asked for is C = op(A) op(B), matrix by matrix of a stack.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from . import array
from .capturing import on_device

_DTYPES = {0: "float32", 1: "float64", 2: "float16", 4: "complex64", 5: "complex128"}
_FACTORS = {0: ctypes.c_float, 1: ctypes.c_double, 2: ctypes.c_float, 4: ctypes.c_float}
_FACTORS |= {5: ctypes.c_double}


class Library:
    """What `blas._cublas` gives, together with a handle."""

    def __init__(self) -> None:
        self.streams: list[int] = []
        self.computed: list[int] = []

    def cublasSetStream_v2(self, handle: Any, stream: int) -> int:
        self.streams.append(stream)
        return 0

    def cublasSetWorkspace_v2(self, handle: Any, pointer: int, size: int) -> int:
        assert array.held_at(pointer).nbytes == size
        return 0

    def cublasGemmStridedBatchedEx(self, handle: Any, *given: Any) -> int:
        op_a, op_b, m, n, k, alpha, *rest = given
        a, a_kind, a_wide, a_step, b, b_kind, b_wide, b_step, beta, *rest = rest
        c, c_kind, c_wide, c_step, count, compute, algorithm = rest
        assert (_read(alpha, a_kind), _read(beta, a_kind), algorithm) == (1, 0, -1)
        assert a_kind == b_kind == c_kind
        shapes = [(k, m) if op_a else (m, k), (n, k) if op_b else (k, n), (m, n)]
        places = ((a, a_wide, a_step), (b, b_wide, b_step), (c, c_wide, c_step))
        views = [
            _stack(place, kind, shape, count)
            for place, kind, shape in zip(places, (a_kind, b_kind, c_kind), shapes, strict=True)
        ]
        self.computed.append(compute)
        _multiply(*views, op_a, op_b)
        return 0


def _read(pointer: int, kind: int) -> float:
    return _FACTORS[kind].from_address(pointer).value


def _stack(place: tuple[int, int, int], kind: int, shape: tuple[int, int], count: int) -> Any:
    pointer, wide, step = place
    held = array.view_at(pointer)
    rows, columns = shape
    assert held.dtype == _DTYPES[kind], "another dtype lies there"
    assert wide >= max(1, rows), "columns overlap"
    last = (count - 1) * step + (columns - 1) * wide + rows
    assert pointer + last * held.itemsize <= np.lib.array_utils.byte_bounds(held)[1], "too far"
    steps = [n * held.itemsize for n in (step, 1, wide)]
    return np.lib.stride_tricks.as_strided(held, (count, *shape), steps)


@on_device
def _multiply(a: Any, b: Any, c: Any, op_a: int, op_b: int) -> None:
    a, b = (x.swapaxes(1, 2) if op else x for x, op in ((a, op_a), (b, op_b)))
    wide = "float32" if c.dtype == np.float16 else c.dtype
    c[...] = np.matmul(a.astype(wide), b.astype(wide))


def library() -> tuple[Any, Any]:
    return Library(), ctypes.c_void_p(1)
