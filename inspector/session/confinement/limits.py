"""Limits that the system keeps for a worker: open files, size of a file, processes, core dumps.

Memory has a module of its own (`session.memory_watch`), since reaching that limit must be told.
Reaching one of these is an OSError at the user's line.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from inspector.session.settings import Settings

_GRACE_S = 3.0  # for the ways that name the line


def limit(settings: Settings) -> None:
    """Put the limits in force that every worker has, where the system has any."""
    _set("RLIMIT_CORE", 0)
    _set("RLIMIT_NOFILE", settings.open_files)
    _set("RLIMIT_FSIZE", settings.file_mb << 20)


def limit_processes(settings: Settings) -> None:
    """Limit how many processes and threads this person may have in addition to those of now.

    For where processes cannot be refused: it counts all of a person's programs, so that a worker
    is kept from starting threads when other programs of theirs start many.
    """
    _set("RLIMIT_NPROC", _running() + settings.processes)


@contextmanager
def processor_limit(seconds: float) -> Iterator[None]:
    """Inside, the system ends a process that has used so much processor time, and some grace.

    For code that nothing else can stop: native code that holds Python's lock for ever.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limits
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if math.isfinite(seconds):
        new = int(time.process_time() + seconds + _GRACE_S)
        if hard == resource.RLIM_INFINITY or new < hard:
            resource.setrlimit(resource.RLIMIT_CPU, (new, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _set(name: str, value: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    kind = getattr(resource, name)
    _, hard = resource.getrlimit(kind)
    new = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (new, new))


def _running() -> int:
    """Threads of all processes that belong to this person."""
    count, own = 0, os.getuid()
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if not name.isdecimal():
            continue
        try:
            if os.stat(f"/proc/{name}").st_uid == own:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:  # ended meanwhile
            continue
    return count
