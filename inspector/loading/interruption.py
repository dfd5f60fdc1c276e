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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_LOOK_S = 0.05
_AGAIN_S = 0.3
# Scripts get other ones (`policies.endings`).
_pthread_kill = getattr(signal, "pthread_kill", None)
_raise_signal = signal.raise_signal
_sleep = time.sleep


class Stopped(BaseException):
    """Raised in user code to end it; `reason` says who wanted that, `fix` what to do then."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Limit:
    """How much user code may use of something: stopped for it, with the reason, when it has.

    measure: what was used up to now, by the clock or by the processors.
    """

    measure: Callable[[], float]
    amount: float
    reason: str
    fix: str


class Interrupter:
    """Raises `Stopped` in the main thread while it is inside `running()`.

    Must be made in the main thread: only that one may set signal handlers.
    """

    def __init__(self) -> None:
        self._active = False
        self._reason: str | None = None
        self._fix = ""
        self._limits: list[tuple[Limit, float]] = []
        self._wanted = threading.Event()
        signal.signal(signal.SIGINT, self._on_signal)
        # Started now: a script that has used up all memory leaves none for a new thread.
        threading.Thread(target=self._insist, name="inspector-stop", daemon=True).start()

    @contextmanager
    def running(self, *limits: Limit) -> Iterator[None]:
        """User code runs inside; at the first limit that it reaches it is stopped."""
        self._limits = [(limit, limit.measure() + limit.amount) for limit in limits]
        self._active = True
        self._wanted.set()
        try:
            yield
        finally:
            self._active = False
            self._reason, self._fix, self._limits = None, "", []

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """User code waits for a person inside: that time is none of its own."""
        limits, self._limits = self._limits, []
        before = [limit.measure() for limit, _ in limits]
        try:
            yield
        finally:
            self._limits = [
                (limit, end + limit.measure() - was)
                for (limit, end), was in zip(limits, before, strict=True)
            ]

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
            if self._reason is None:
                self._look_at_limits()
            if self._active and self._reason is not None:
                _signal_main_thread()
                _sleep(_AGAIN_S)
            _sleep(_LOOK_S)

    def _look_at_limits(self) -> None:
        for limit, end in self._limits:
            if limit.measure() > end:
                self._reason, self._fix = limit.reason, limit.fix
                return

    def _on_signal(self, number: int, frame: Any) -> None:
        if self._active and self._reason is not None:
            raise Stopped(self._reason, self._fix)


def _signal_main_thread() -> None:
    if _pthread_kill is not None:
        _pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _raise_signal(signal.SIGINT)
