"""The one place where events of the worker cross into Qt's thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from inspector.session.protocol import Command, Event


class Session(Protocol):
    """What the window needs of `session.client.Client`; tests bring their own."""

    def start(
        self,
        python: str | Path | None = None,
        *,
        file: str | Path | None = None,
        real: bool = False,
    ) -> None: ...

    def send(self, command: Command) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


SessionFactory = Callable[[Callable[[Event], None]], Session]


class SessionBridge(QObject):
    """Starts sessions and gives their events to slots of the window's thread.

    A session that was replaced by a newer one may still talk; its events are dropped here.
    """

    arrived = Signal(object)
    _crossing = Signal(int, object)

    def __init__(self, factory: SessionFactory) -> None:
        super().__init__()
        self._factory = factory
        self._session: Session | None = None
        self._generation = 0
        # Emitted on the reader's thread, delivered on ours.
        self._crossing.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        return self._session is not None

    def start(
        self, python: str | None = None, *, file: Path | None = None, real: bool = False
    ) -> None:
        """Start a fresh worker for a file, ending the one before."""
        self.close()
        self._generation += 1
        generation = self._generation
        session = self._factory(lambda event: self._crossing.emit(generation, event))
        self._session = session
        session.start(python, file=file, real=real)

    def send(self, command: Command) -> None:
        """Send a command to the worker, if there is one."""
        if self._session is not None:
            self._session.send(command)

    def stop(self) -> None:
        """Ask the worker to stop; it is ended when it does not within its grace time."""
        if self._session is not None:
            self._session.stop()

    def close(self) -> None:
        """End the worker; nothing more arrives from it."""
        session, self._session = self._session, None
        self._generation += 1
        if session is not None:
            session.close()

    def _deliver(self, generation: int, event: Event) -> None:
        if generation == self._generation:
            self.arrived.emit(event)
