"""Which matrix kernels OpenBLAS runs after Inspector was imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = (
    "import inspector, numpy, threadpoolctl;"
    "print(threadpoolctl.threadpool_info()[0].get('architecture'))"
)


def _architecture(**environment):
    inherited = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    run = subprocess.run(
        [sys.executable, "-c", ASK], env=inherited | environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def _has_wide_vectors():
    try:
        words = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return False
    return {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= words


@pytest.mark.skipif(not _has_wide_vectors(), reason="this processor has no AVX-512")
def test_blas_uses_wide_vectors_where_the_processor_has_them():
    assert _architecture() not in ("Haswell", "Zen")


def test_blas_keeps_the_kernels_that_the_user_asks_for():
    assert _architecture(OPENBLAS_CORETYPE="Haswell") in ("Haswell", "Zen")
