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

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_AGAIN_S = 0.3
# Scripts get other ones (`policies.endings`).
_pthread_kill = getattr(signal, "pthread_kill", None)
_raise_signal = signal.raise_signal


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
        self._left = threading.Event()
        signal.signal(signal.SIGINT, self._on_signal)

    @contextmanager
    def running(self, limit_s: float | None = None, limit_reason: str = "") -> Iterator[None]:
        """User code runs inside; after `limit_s` seconds it is stopped with `limit_reason`."""
        self._reason, self._left = None, threading.Event()
        timer = threading.Timer(limit_s or 0.0, self.stop, args=(limit_reason,))
        timer.daemon = True
        if limit_s:
            timer.start()
        self._active = True
        try:
            yield
        finally:
            self._active = False
            self._left.set()
            timer.cancel()

    @property
    def is_running(self) -> bool:
        """Whether user code runs now."""
        return self._active

    def stop(self, reason: str) -> bool:
        """End the user code that runs now; False when none does."""
        if not self._active:
            return False
        if self._reason is None:
            self._reason = reason
            threading.Thread(target=self._insist, args=(self._left,), daemon=True).start()
        return True

    def _insist(self, left: threading.Event) -> None:
        while not left.is_set():
            _signal_main_thread()
            left.wait(_AGAIN_S)

    def _on_signal(self, number: int, frame: Any) -> None:
        if self._active and self._reason is not None:
            raise Stopped(self._reason)


def _signal_main_thread() -> None:
    if _pthread_kill is not None:
        _pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _raise_signal(signal.SIGINT)
