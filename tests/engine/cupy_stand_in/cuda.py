"""Streams, graphs and memory pools of the stand-in: `xp.cuda`."""

from __future__ import annotations

from contextlib import contextmanager

from . import capturing


class Graph:
    """Work that was captured."""

    def __init__(self, capture: capturing.Capture) -> None:
        self._capture = capture

    def launch(self, stream=None) -> None:
        capturing.forbid("a launch")
        self._capture.repeat()


class Stream:
    """A queue; the stand-in has no waiting work, so only its order of calls is checked."""

    ptr = 0

    def __init__(self, null=False, non_blocking=False) -> None:
        self._non_blocking = non_blocking

    def __enter__(self):
        _entered.append(self)
        return self

    def __exit__(self, *error):
        _entered.pop()

    def synchronize(self) -> None:
        capturing.forbid("waiting for a stream")

    def begin_capture(self, mode=None) -> None:
        if not self._non_blocking or get_current_stream() is not self:
            raise capturing.CaptureFault("capture a stream of its own, and within it")
        capturing.now = capturing.Capture()

    def end_capture(self) -> Graph:
        made, capturing.now = capturing.now, None
        return Graph(made)


_null = Stream(null=True)
_entered: list[Stream] = []


def get_current_stream() -> Stream:
    return _entered[-1] if _entered else _null


class PinnedMemoryPool:
    """Memory of the host that uploads go through; the stand-in's lie in NumPy's."""

    def malloc(self, size):
        return None


_pinned = PinnedMemoryPool()
_pinned_allocator = _pinned.malloc


def set_pinned_memory_allocator(allocator=None):
    global _pinned_allocator
    _pinned_allocator = allocator or _pinned.malloc


def upload(size):
    """Every copy of values or addresses from the host begins here.

    In a capture CuPy goes on unless its allocator raises; what a launch would then read is lost.
    """
    _pinned_allocator(size)
    capturing.forbid("an upload of values from the host")


class MemoryPool:
    """Only its function is handed around."""

    def malloc(self, size):
        raise NotImplementedError("the stand-in's memory is NumPy's")


@contextmanager
def using_allocator(allocator=None):
    yield


class runtime:
    @staticmethod
    def runtimeGetVersion():
        return 13000


class Device:
    def synchronize(self) -> None:
        capturing.forbid("waiting for the device")
