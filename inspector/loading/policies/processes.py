"""Starting other programs: none runs; pools of processes become pools of threads."""

from __future__ import annotations

import concurrent.futures
import io
import multiprocessing
import multiprocessing.context
import multiprocessing.heap
import multiprocessing.pool
import os
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from inspector.loading.situation import Situation

_NOT_RUN = "No other program is started; the answer is success without output."
# Locks between processes are files in a folder that a worker may not write to.
_LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event", "Barrier")
_THREADS = "Runs in threads of the worker instead of in processes of its own."


def install(situation: Situation) -> None:
    """Answer for programs with empty success; run what was for processes in threads."""
    patches, add = situation.patches, situation.notes.add

    def system(command: Any) -> int:
        add(f"os.system({command!r})", _NOT_RUN)
        return 0

    patches.set(os, "system", system)
    patches.set(os, "popen", _popen(add))
    for name, answer in (
        ("run", _completed),
        ("call", lambda *args, **kwargs: 0),
        ("check_call", lambda *args, **kwargs: 0),
        ("check_output", _no_output),
        ("getoutput", lambda *args, **kwargs: ""),
        ("getstatusoutput", lambda *args, **kwargs: (0, "")),
    ):
        patches.set(
            subprocess, name, _noting(add, name, answer, getattr(subprocess, name), situation)
        )
    _install_pools(situation)
    _install_locks(situation)


def _install_locks(situation: Situation) -> None:
    """Between threads of one process, locks of threads do."""
    patches = situation.patches
    for name in _LOCKS:
        of_threads = getattr(threading, name)
        patches.set(multiprocessing, name, of_threads)
        patches.set(multiprocessing.context.BaseContext, name, _without_context(of_threads))
    patches.set(multiprocessing.heap.Arena, "_dir_candidates", [])  # shared values: in scratch


def _without_context(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda context, *args, **kwargs: make(*args, **kwargs)


def _install_pools(situation: Situation) -> None:
    patches, add = situation.patches, situation.notes.add

    def pool(*args: Any, **kwargs: Any) -> multiprocessing.pool.ThreadPool:
        add("multiprocessing.Pool", _THREADS)
        return multiprocessing.pool.ThreadPool(1)

    class NotedExecutor(concurrent.futures.ThreadPoolExecutor):
        def __init__(self, max_workers: int | None = None, *args: Any, **kwargs: Any) -> None:
            add("ProcessPoolExecutor", _THREADS)
            super().__init__(1)

    class ThreadProcess(threading.Thread):
        """`multiprocessing.Process` over a thread: start, join, is_alive, exitcode."""

        exitcode = 0
        pid = os.getpid()

        def start(self) -> None:
            add("multiprocessing.Process", _THREADS)
            self.daemon = True
            super().start()

        def terminate(self) -> None:
            """Nothing to end: threads go with the worker."""

        kill = close = terminate

    patches.set(multiprocessing, "Pool", pool)
    patches.set(multiprocessing, "Process", ThreadProcess)
    patches.set(multiprocessing.context.BaseContext, "Pool", lambda self, *a, **k: pool())
    patches.set(concurrent.futures, "ProcessPoolExecutor", NotedExecutor)


def _noting(
    add: Callable[[str, str], None],
    name: str,
    answer: Callable[..., Any],
    original: Callable[..., Any],
    situation: Situation,
) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        # A library's own probing (`platform.processor`) is not the script's doing: it meets the
        # guard's error, which such code expects where programs are missing.
        if situation.files.here() is None:
            return original(*args, **kwargs)
        command = args[0] if args else kwargs.get("args", "")
        text = command if isinstance(command, str) else " ".join(map(str, command))
        add(f"subprocess.{name}: {text}", _NOT_RUN)
        return answer(*args, **kwargs)

    return run


def _completed(command: Any, *args: Any, **kwargs: Any) -> subprocess.CompletedProcess[Any]:
    empty = _no_output(command, *args, **kwargs)
    return subprocess.CompletedProcess(command, 0, empty, empty)


def _no_output(*args: Any, **kwargs: Any) -> str | bytes:
    as_text = any(kwargs.get(name) for name in ("text", "universal_newlines", "encoding"))
    return "" if as_text else b""


def _popen(add: Callable[[str, str], None]) -> Callable[..., Any]:
    def popen(command: str, *args: Any, **kwargs: Any) -> io.StringIO:
        add(f"os.popen({command!r})", _NOT_RUN)
        return io.StringIO("")

    return popen
