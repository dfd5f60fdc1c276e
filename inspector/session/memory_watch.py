"""The memory limit of a worker: first a MemoryError at the user's line, else a clean end.

The system's own limit on private memory turns a too large allocation into a MemoryError right
where it is asked for. It lies above the one for resident memory, so that a script that grows in
small steps is ended before Inspector's own threads starve. It is left alone where a GPU is used,
since CUDA reserves far more addresses than it uses.

Resident memory is watched in any case; above the limit the worker says where it was, and ends with
an exit code that says why.
"""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from collections.abc import Callable

from inspector.session.exit_codes import OUT_OF_MEMORY

_LOOK_S = 0.05
_HEADROOM_BYTES = 512 << 20
_exit, _sleep = os._exit, time.sleep  # scripts get other ones


def limit_allocations(limit_bytes: int) -> None:
    """Let the system refuse private memory above the limit, where it can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    limit_bytes += max(limit_bytes // 4, _HEADROOM_BYTES)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or hard > limit_bytes:
        resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, hard))


def watch(limit_bytes: int, on_exceeded: Callable[[int], None]) -> None:
    """End the process when its resident memory goes above the limit.

    on_exceeded: told the bytes in use, to send what must be sent before the end.
    """

    def look() -> None:
        try:
            while (used := resident_bytes()) <= limit_bytes:
                _sleep(_LOOK_S)
            # In the words of a crash, which the client reads; it takes no memory to say.
            os.write(2, b"Fatal Python error: out of memory\n")
            faulthandler.dump_traceback(file=2)
            on_exceeded(used)
        finally:  # a MemoryError in here means the same
            _exit(OUT_OF_MEMORY)

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
