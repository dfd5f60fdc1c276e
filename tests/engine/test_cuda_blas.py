"""Products for CUDA graphs: asked of cuBLAS as it wants them, and as ctypes passes them on."""

from __future__ import annotations

import ctypes
import subprocess

import numpy as np
import pytest
from cupy_stand_in import blas as stand_in_blas
from cupy_stand_in import kernels, namespace

from inspector.engine import array_module
from inspector.engine.cuda import blas, precision

random = np.random.default_rng(0)
# The shapes of two operands.
PAIRS = {
    "matrices": ((4, 5), (5, 3)),
    "stacks": ((2, 3, 4, 5), (2, 3, 5, 6)),
    "one matrix for a stack": ((2, 3, 4, 5), (5, 6)),
    "a stack for one matrix": ((4, 5), (3, 5, 2)),
    "both broadcast": ((2, 1, 4, 5), (1, 3, 5, 2)),
    "a column": ((4, 5), (5, 1)),
    "a row": ((1, 5), (5, 4)),
    "vectors": ((5,), (5, 3)),
    "a matrix and a vector": ((2, 4, 5), (5,)),
}


@pytest.fixture
def library(monkeypatch):
    monkeypatch.setattr(array_module, "xp", namespace.xp)
    found = stand_in_blas.library()
    monkeypatch.setattr(blas, "_cublas", lambda: found)
    return found[0]


def capturable():
    return blas.Capturable(namespace.xp, namespace.xp.cuda.Stream(non_blocking=True))


def operand(shape, dtype, turned):
    """An array of this shape, lying as it is or with its last two axes the other way round."""
    values = random.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * random.normal(size=shape)
    values = values.astype(dtype)
    if not turned or len(shape) < 2:
        return namespace.xp.asarray(values), values
    held = namespace.xp.asarray(np.ascontiguousarray(values.swapaxes(-1, -2)))
    return held.swapaxes(-1, -2), values


@pytest.mark.parametrize("dtype", blas._KINDS)
@pytest.mark.parametrize("pair", PAIRS)
def test_products_are_those_of_numpy(pair, dtype, library):
    for turned in ((False, False), (True, False), (False, True), (True, True)):
        (a, left), (b, right) = (
            operand(shape, dtype, t) for shape, t in zip(PAIRS[pair], turned, strict=True)
        )

        made = capturable().matmul(a, b).get()

        wanted = np.matmul(left, right)
        assert (made.shape, made.dtype) == (wanted.shape, wanted.dtype)
        np.testing.assert_allclose(
            made, wanted, rtol=1e-2 if dtype == "float16" else 1e-4, atol=1e-2
        )


@pytest.mark.parametrize(("batch", "copies"), [(1, 0), (3, 2)])
def test_heads_of_one_sequence_are_multiplied_where_they_lie(batch, copies, library, monkeypatch):
    """(batch, time, heads, width) with heads before time: one step leads on for a batch of 1."""
    (q, left), (k, right) = (operand((batch, 6, 4, 8), "float32", False) for _ in range(2))
    made = []
    plain = namespace.xp.ascontiguousarray
    monkeypatch.setattr(namespace.xp, "ascontiguousarray", lambda x: made.append(x) or plain(x))

    found = capturable().matmul(q.transpose(0, 2, 1, 3), k.transpose(0, 2, 3, 1))

    wanted = np.matmul(left.transpose(0, 2, 1, 3), right.transpose(0, 2, 3, 1))
    np.testing.assert_allclose(found.get(), wanted, rtol=1e-4, atol=1e-5)
    assert len(made) == copies


def test_parts_of_a_matrix_are_multiplied_where_they_lie(library):
    (a, left), (b, right) = (operand((9, 9), "float64", False) for _ in range(2))

    found = capturable().matmul(a[1:5, 2:7], b[3:8, ::2])

    np.testing.assert_allclose(found.get(), left[1:5, 2:7] @ right[3:8, ::2], rtol=1e-5, atol=1e-6)


def test_products_go_where_they_are_asked_to(library):
    (a, left), (b, right) = (operand(s, "float32", False) for s in ((4, 5), (5, 6)))
    whole = namespace.xp.zeros((4, 12), "float32")
    xp = capturable()

    made = xp.matmul(a, b, out=whole[:, :6])
    rows = xp.matmul(a, b, out=namespace.xp.empty((4, 6), "float32"))

    np.testing.assert_allclose(whole.get()[:, :6], left @ right, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(made.get(), rows.get())
    assert not whole.get()[:, 6:].any()


@pytest.mark.parametrize(("switch", "compute"), [("exact", 68), ("tf32", 77)])
def test_products_are_as_exact_as_the_switch_says(switch, compute, library, monkeypatch):
    monkeypatch.setattr(precision, "current", switch)
    (a, _), (b, _) = (operand((3, 3), "float32", False) for _ in range(2))

    capturable().matmul(a, b)

    assert library.computed == [compute]


def test_whole_numbers_are_left_to_cupy(library):
    a = namespace.xp.asarray(np.arange(6).reshape(2, 3))

    made = capturable().matmul(a, a.T)

    assert made.get().tolist() == [[5, 14], [14, 50]]
    assert library.computed == []


# cuBLAS's functions for float32 with their signatures, in C.
SOURCE = """
extern "C" int cublasCreate_v2(void** handle) { *handle = (void*)0x5eed; return 0; }
extern "C" int cublasSetStream_v2(void* handle, void* stream) { return handle != (void*)0x5eed; }
extern "C" int cublasSetWorkspace_v2(void*, void* place, unsigned long long size) {
  return place && size == (32u << 20) ? 0 : 7;
}
extern "C" int cublasGemmStridedBatchedEx(
    void* handle, int ta, int tb, int m, int n, int k, const void* alpha, const float* a, int at,
    int lda, long long sa, const float* b, int bt, int ldb, long long sb, const void* beta,
    float* c, int ct, int ldc, long long sc, int count, int compute, int algorithm) {
  if (handle != (void*)0x5eed || at || bt || ct || compute != 68 || algorithm != -1) return 7;
  if (*(const float*)alpha != 1 || *(const float*)beta != 0) return 8;
  for (int g = 0; g < count; ++g)
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double total = 0;
        for (int l = 0; l < k; ++l)
          total += (double)a[g * sa + (ta ? l + i * lda : i + l * lda)] *
                   b[g * sb + (tb ? j + l * ldb : l + j * ldb)];
        c[g * sc + i + j * ldc] = total;
      }
  return 0;
}
"""


def test_products_reach_a_library_through_ctypes(tmp_path, monkeypatch):
    """All arguments in their places and sizes: a library of these names, made by a C compiler."""
    made, load = tmp_path / "libcublas.so", ctypes.CDLL
    command = [kernels.compiler(), "-x", "c++", "-shared", "-fPIC", "-o", str(made), "-"]
    subprocess.run(command, input=SOURCE, text=True, check=True)
    monkeypatch.setattr(array_module, "xp", namespace.xp)
    asked = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: asked.append(name) or load(str(made)))
    monkeypatch.setattr(blas, "_cublas", blas._cublas.__wrapped__)
    (a, left), (b, right) = (
        operand(shape, "float32", turned)
        for shape, turned in (((2, 3, 4, 5), False), ((3, 5, 6), True))
    )

    found = capturable().matmul(a, b)

    np.testing.assert_allclose(found.get(), left @ right, rtol=1e-5, atol=1e-6)
    assert asked == ["libcublas.so.13"]
