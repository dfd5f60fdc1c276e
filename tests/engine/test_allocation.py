"""Keeping freed memory."""

import ctypes
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
