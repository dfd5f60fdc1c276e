"""The memory limit of a worker: first a MemoryError at the user's line, else a clean end.

The system's own limit on private memory turns a too large allocation into a MemoryError right
where it is asked for. It is left alone where a GPU is used, since CUDA reserves far more
addresses than it uses. Resident memory is watched in any case; above the limit the worker ends
with an exit code that says why.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from inspector.session.exit_codes import OUT_OF_MEMORY

_LOOK_S = 0.05
_exit = os._exit  # scripts get another one


def limit_allocations(limit_bytes: int) -> None:
    """Let the system refuse private memory above the limit, where it can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or hard > limit_bytes:
        resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, hard))


def watch(limit_bytes: int, on_exceeded: Callable[[int], None]) -> None:
    """End the process when its resident memory goes above the limit.

    on_exceeded: told the bytes in use, to send what must be sent before the end.
    """

    def look() -> None:
        while True:
            used = resident_bytes()
            if used > limit_bytes:
                on_exceeded(used)
                _exit(OUT_OF_MEMORY)
            time_sleep(_LOOK_S)

    time_sleep = time.sleep
    threading.Thread(target=look, name="inspector-memory", daemon=True).start()


def resident_bytes() -> int:
    """Bytes of this process that are in memory now; 0 where that cannot be known."""
    try:
        handle = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(handle, 128).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(handle)
