"""Stopping user code: from another thread, at any line, in a way that scripts cannot swallow.

    interrupter = Interrupter()                     in the main thread
    with interrupter.running():                     user code runs in here, nothing else does
        exec(...)
    interrupter.stop("You pressed Stop.")           from any thread: raises Stopped in there

A signal is used where there are signals, since it also wakes a main thread that waits in the
system. `Stopped` is no Exception, so `except Exception` lets it through; for scripts that catch
everything it is raised again and again until the block is left.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LOOK_S = 0.05
_AGAIN_S = 0.3
# Scripts get other ones (`policies.endings`).
_pthread_kill = getattr(signal, "pthread_kill", None)
_raise_signal = signal.raise_signal
_now, _sleep = time.monotonic, time.sleep


class Stopped(BaseException):
    """Raised in user code to end it; `reason` says who wanted that."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Interrupter:
    """Raises `Stopped` in the main thread while it is inside `running()`.

    Must be made in the main thread: only that one may set signal handlers.
    """

    def __init__(self) -> None:
        self._active = False
        self._reason: str | None = None
        self._deadline = math.inf
        self._limit_reason = ""
        self._wanted = threading.Event()
        signal.signal(signal.SIGINT, self._on_signal)
        # Started now: a script that has used up all memory leaves none for a new thread.
        threading.Thread(target=self._insist, name="inspector-stop", daemon=True).start()

    @contextmanager
    def running(self, limit_s: float | None = None, limit_reason: str = "") -> Iterator[None]:
        """User code runs inside; after `limit_s` seconds it is stopped with `limit_reason`."""
        self._limit_reason = limit_reason
        self._deadline = time.monotonic() + limit_s if limit_s else math.inf
        self._active = True
        self._wanted.set()
        try:
            yield
        finally:
            self._active = False
            self._reason = None

    def forget(self) -> None:
        """A new command begins: a Stop that came for the one before does not count."""
        self._reason = None

    @property
    def is_running(self) -> bool:
        """Whether user code runs now."""
        return self._active

    def stop(self, reason: str) -> bool:
        """End the user code that runs now, or that is about to; False when none runs yet."""
        if self._reason is None:
            self._reason = reason
        return self._active

    def _insist(self) -> None:
        while True:
            self._wanted.clear()  # before the look: `running` sets it after it became active
            if not self._active:
                self._wanted.wait()
            if self._reason is None and _now() > self._deadline:
                self._reason = self._limit_reason
            if self._active and self._reason is not None:
                _signal_main_thread()
                _sleep(_AGAIN_S)
            _sleep(_LOOK_S)

    def _on_signal(self, number: int, frame: Any) -> None:
        if self._active and self._reason is not None:
            raise Stopped(self._reason)


def _signal_main_thread() -> None:
    if _pthread_kill is not None:
        _pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _raise_signal(signal.SIGINT)
