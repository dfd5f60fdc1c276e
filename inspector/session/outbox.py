"""What the worker sends: a queue that any thread fills and one thread empties.

Why a thread of its own: a Stop is raised in the main thread at any moment, and half a message on
the wire would break the session. Only this thread writes. It also forgets what is out of date:
of several states of one run that wait together only the newest is sent.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from inspector.errors import ProtocolError
from inspector.session.exit_codes import OUT_OF_MEMORY
from inspector.session.framing import encode
from inspector.session.protocol import Event, Failed, ModelFound, RunUpdated

_NOW_S = 0.5
_exit = os._exit  # scripts get another one


class Outbox:
    """Sends events in the order in which they were posted."""

    def __init__(self, send_bytes: Callable[[bytes], None]) -> None:
        self._send_bytes = send_bytes
        self._waiting: SimpleQueue[Event | threading.Event] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="inspector-outbox", daemon=True)
        self._thread.start()

    def post(self, event: Event) -> None:
        """Send `event` soon; never blocks."""
        self._waiting.put(event)

    def post_now(self, event: Event) -> None:
        """Send `event` before going on: what comes next may end the process.

        Waits half a second at most, when the window is slow to read.
        """
        self.post(event)
        self.flush(_NOW_S)

    def flush(self, timeout_s: float) -> bool:
        """Wait until all that was posted so far is sent; False when that took too long."""
        marker = threading.Event()
        self._waiting.put(marker)
        return marker.wait(timeout_s)

    def _run(self) -> None:
        try:
            while True:
                for item in _newest(self._take()):
                    if isinstance(item, threading.Event):
                        item.set()
                    elif not self._send(item):
                        return
        except MemoryError:
            # A worker that cannot send is of no use; its end tells the window why.
            _exit(OUT_OF_MEMORY)

    def _take(self) -> list[Event | threading.Event]:
        items = [self._waiting.get()]
        while True:
            try:
                items.append(self._waiting.get_nowait())
            except Empty:
                return items

    def _send(self, event: Event) -> bool:
        try:
            packed = encode(event)
        except ProtocolError as error:
            packed = encode(Failed(type(error).__name__, error.message, error.fix))
        try:
            self._send_bytes(packed)
        except (OSError, ValueError):  # the window is gone; the reading thread ends the worker
            return False
        return True


def _newest(items: list[Event | threading.Event]) -> list[Event | threading.Event]:
    last: dict[tuple[str, int], int] = {}
    for place, item in enumerate(items):
        if (key := _key(item)) is not None:
            last[key] = place
    return [
        item
        for place, item in enumerate(items)
        if (key := _key(item)) is None or last[key] == place
    ]


def _key(item: Event | threading.Event) -> tuple[str, int] | None:
    if isinstance(item, RunUpdated):
        return ("run", item.run.number)
    if isinstance(item, ModelFound):
        return ("model", item.index)
    return None
