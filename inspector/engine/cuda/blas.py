"""Matrix products by cuBLAS itself, for graphs: CuPy refuses to call it while a stream is captured.

    xp = Capturable(cupy, stream)    CuPy, but for a `matmul` that a capture of this stream takes

cuBLAS has matrices column by column. Ours lie row by row, which is their transpose, so the product
is asked for as C' = B' A'. The workspace is our own: cuBLAS would allocate one inside of the graph.
"""

from __future__ import annotations

import ctypes
import functools
import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from inspector.engine import array_module
from inspector.engine.cuda import precision
from inspector.engine.rules import Shape

# cudaDataType and cublasComputeType_t of a dtype, and what its factors are.
_KINDS = {
    "float16": (2, 68, "float32"),
    "float32": (0, 68, "float32"),
    "float64": (1, 70, "float64"),
    "complex64": (4, 68, "complex64"),
    "complex128": (5, 70, "complex128"),
}
_FAST_TF32 = 77
_DEFAULT_ALGORITHM = -1
_PLAIN, _TRANSPOSED = 0, 1
# Bytes; what cuBLAS recommends for Hopper, and more than others need.
_WORKSPACE = 32 << 20


class _Laid(NamedTuple):
    """Matrices in memory: whether they lie transposed, from row to row, and to the next of them."""

    array: Any
    op: int
    wide: int
    step: int


class Capturable:
    """An array module whose `matmul` can be captured; all else is CuPy's.

    One at a time: they share cuBLAS's handle, which works for the latest of them.
    """

    def __init__(self, xp: Any, stream: Any) -> None:
        self._xp = xp
        self._library, self._handle = _cublas()
        self._workspace = xp.empty(_WORKSPACE, "uint8")
        _check(self._library.cublasSetStream_v2(self._handle, stream.ptr))
        place = self._workspace.data.ptr
        _check(self._library.cublasSetWorkspace_v2(self._handle, place, _WORKSPACE))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._xp, name)

    def matmul(self, a: Any, b: Any, out: Any = None) -> Any:
        """The product over the last two axes; those before them broadcast."""
        if a.ndim == 1:
            return self.matmul(a[None], b)[..., 0, :]
        if b.ndim == 1:
            return self.matmul(a, b[:, None])[..., 0]
        if a.dtype.name not in _KINDS or a.dtype != b.dtype or 0 in (a.size, b.size):
            return self._xp.matmul(a, b) if out is None else self._xp.matmul(a, b, out=out)
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        if out is not None and out.flags.c_contiguous and out.dtype == a.dtype:
            self._multiply(a, b, out, lead)
            return out
        made = self._xp.empty((*lead, a.shape[-2], b.shape[-1]), a.dtype)
        self._multiply(a, b, made, lead)
        if out is None:
            return made
        out[...] = made
        return out

    def _multiply(self, a: Any, b: Any, made: Any, lead: Shape) -> None:
        kind, compute, factor = _KINDS[made.dtype.name]
        if precision.current == "tf32" and made.dtype == np.float32:
            compute = _FAST_TF32
        left, right = (self._laid(array, lead) for array in (a, b))
        rows, columns = made.shape[-2:]
        one, zero = np.ones(1, factor), np.zeros(1, factor)
        _check(
            self._library.cublasGemmStridedBatchedEx(
                *(self._handle, right.op, left.op, columns, rows, a.shape[-1]),
                *(one.ctypes.data, right.array.data.ptr, kind, right.wide, right.step),
                *(left.array.data.ptr, kind, left.wide, left.step),
                *(zero.ctypes.data, made.data.ptr, kind, columns, rows * columns),
                *(math.prod(lead), compute, _DEFAULT_ALGORITHM),
            )
        )

    def _laid(self, array: Any, lead: Shape) -> _Laid:
        """The stack where it lies if one step leads from row to row and one to the next matrix."""
        stack, strides = array.shape[:-2], [n // array.itemsize for n in array.strides]
        rows, columns = array.shape[-2:]
        step = _step(stack, strides) if stack == lead or math.prod(stack) == 1 else None
        down, along = strides[-2:]
        if step is not None:
            if (columns == 1 or along == 1) and (rows == 1 or down >= columns):
                return _Laid(array, _PLAIN, columns if rows == 1 else down, step)
            if (rows == 1 or down == 1) and (columns == 1 or along >= rows):
                return _Laid(array, _TRANSPOSED, rows if columns == 1 else along, step)
        if step is None:
            array = self._xp.broadcast_to(array, (*lead, rows, columns))
        copy = self._xp.ascontiguousarray(array)
        return _Laid(copy, _PLAIN, columns, 0 if copy.size == rows * columns else rows * columns)


def _step(stack: Shape, strides: Sequence[int]) -> int | None:
    """From one matrix of a stack to the next; None where it is not always the same."""
    axes = [(size, stride) for size, stride in zip(stack, strides, strict=False) if size > 1]
    for (_, outer), (size, inner) in pairwise(axes):
        if outer != size * inner:
            return None
    return axes[-1][1] if axes else 0


def _check(status: int) -> None:
    if status:
        raise RuntimeError(f"cuBLAS ended with status {status}")


@functools.cache
def _cublas() -> tuple[Any, Any]:
    """The library that CuPy has loaded, and a handle of our own."""
    major = array_module.xp.cuda.runtime.runtimeGetVersion() // 1000
    name = f"cublas64_{major}.dll" if sys.platform == "win32" else f"libcublas.so.{major}"
    library = ctypes.CDLL(name)
    number, long, pointer = ctypes.c_int, ctypes.c_longlong, ctypes.c_void_p
    operand: tuple[Any, ...] = (pointer, number, number, long)
    product: list[Any] = [pointer, *[number] * 5, pointer, *operand, *operand, pointer, *operand]
    library.cublasGemmStridedBatchedEx.argtypes = [*product, *[number] * 3]
    library.cublasCreate_v2.argtypes = [ctypes.POINTER(pointer)]
    library.cublasSetStream_v2.argtypes = [pointer, pointer]
    library.cublasSetWorkspace_v2.argtypes = [pointer, pointer, ctypes.c_size_t]
    handle = pointer()
    _check(library.cublasCreate_v2(ctypes.byref(handle)))
    return library, handle
