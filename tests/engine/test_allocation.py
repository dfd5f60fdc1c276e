"""Keeping freed memory."""

import ctypes
import subprocess
import sys

import pytest

from inspector.engine import allocation


def has_mallopt():
    return sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "mallopt")


@pytest.mark.skipif(not has_mallopt(), reason="this C library has no mallopt")
def test_keep_freed_memory_is_granted_where_the_library_can():
    assert allocation.keep_freed_memory()


def test_keep_freed_memory_does_nothing_on_other_systems(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")

    assert not allocation.keep_freed_memory()


RESIDENT = """
import numpy as np
from inspector.engine import allocation

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 >> 20

allocation.keep_freed_memory()
arrays = [np.ones(1 << 20) for _ in range(40)]
full = resident()
del arrays
kept = resident()
allocation.give_freed_memory_back()
print(full, kept, resident())
"""


@pytest.mark.skipif(not has_mallopt(), reason="this C library has no mallopt")
def test_freed_memory_is_kept_until_it_is_given_back():
    done = subprocess.run(
        [sys.executable, "-c", RESIDENT], capture_output=True, text=True, check=True
    )

    full, kept, rest = map(int, done.stdout.split())

    assert full - kept < 40
    assert full - rest > 280
