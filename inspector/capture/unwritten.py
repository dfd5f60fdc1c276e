"""Runs that have ended and wait to be written: the user's code goes on first.

Writing a run and entering it into the store costs about as much as recording it. While the user's
code runs it takes a share of the time at most: in a loop of short training steps most runs wait
until the loop is over. Who asks for runs gets all of them written first, in their order.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inspector.capture.runs import RunContext

# As if so long had passed already: the runs of a short script are written as they end, so that all
# are seen of one that then hangs.
_HEAD_START_S = 5.0


class Pace:
    """Work beside the user's code, kept to a share of the time since it began."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._began = time.perf_counter()
        self._spent = 0.0

    @property
    def allows(self) -> bool:
        """Whether more may be done now."""
        elapsed = time.perf_counter() - self._began
        return self._spent < self._share * (elapsed + _HEAD_START_S)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """The time of the block counts."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._spent += time.perf_counter() - began


class Unwritten:
    """The runs that wait, and when they are written.

    write: writes one run and tells it.
    share: of the time, for writing while the user's code runs.
    """

    def __init__(self, write: Callable[[RunContext], None], share: float) -> None:
        self._write = write
        self._waiting: deque[RunContext] = deque()
        self.pace = Pace(share)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, context: RunContext) -> None:
        """A run has ended."""
        self._waiting.append(context)

    def write_some(self) -> None:
        """Write runs while there is time for it."""
        while self._waiting and self.pace.allows:
            self._write_next()

    def write(self) -> None:
        """Write them all: somebody wants to see them."""
        while self._waiting:
            self._write_next()

    def _write_next(self) -> None:
        context = self._waiting.popleft()
        try:
            with self.pace.spending():
                self._write(context)
        except Exception:
            raise
        except BaseException:  # Stop, at any line of ours too: it is written later
            self._waiting.appendleft(context)
            raise
