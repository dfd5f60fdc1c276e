"""The backstop: what gets past every policy meets an audit hook that refuses it.

The other policies replace functions so that scripts go on. Code that reaches the system by another
door (`io.FileIO`, `_socket`, `posix.fork`) still raises one of Python's audit events, and those
that would leave the process or change a real file raise an error that says so.

Python cannot take an audit hook out again; `undo` of the patches makes it idle.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from inspector.errors import InspectorError
from inspector.loading.overlay import Overlay
from inspector.loading.situation import Situation

_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class NetworkBlocked(InspectorError, ConnectionError):
    """Raised when a script wants to reach the network."""


class ProcessBlocked(InspectorError, PermissionError):
    """Raised when a script wants to start or end another process."""


class WriteBlocked(InspectorError, PermissionError):
    """Raised when a script wants to change a real file by a way that cannot be redirected."""


class Guard:
    """The handlers of the audit events that are refused; `active` switches them all."""

    def __init__(self, situation: Situation, overlay: Overlay) -> None:
        self.active = True
        self._situation = situation
        self._overlay = overlay
        self.handlers: dict[str, Callable[..., None]] = {"open": self.opened}
        for event in ("os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown",
                      "os.utime", "sqlite3.connect"):  # fmt: skip
            self.handlers[event] = self.changed
        for event in ("os.rename", "os.link", "os.symlink"):
            self.handlers[event] = self.moved
        for event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
                      "socket.getaddrinfo", "socket.gethostbyname"):  # fmt: skip
            self.handlers[event] = self.reached_out
        for event in ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn",
                      "os.startfile", "os.system", "subprocess.Popen", "pty.spawn",
                      "os.kill", "os.killpg"):  # fmt: skip
            self.handlers[event] = self.left_process

    def switch_off(self) -> None:
        """Refuse nothing any more."""
        self.active = False

    def opened(self, path: Any, mode: Any, flags: Any) -> None:
        if isinstance(flags, int) and flags & _WRITING_FLAGS:
            self.changed(path)

    def changed(self, path: Any, *rest: Any) -> None:
        if isinstance(path, int) or path is None or path == ":memory:":
            return
        if not self._overlay.is_free(path):
            raise WriteBlocked(
                f"The script wants to change {os.fsdecode(path)!r} in a way that Inspector "
                "cannot redirect to its scratch folder.",
                fix="Write it with open(), or take that line out while you inspect the model.",
            )

    def moved(self, source: Any, target: Any, *rest: Any) -> None:
        self.changed(source)
        self.changed(target)

    def reached_out(self, *arguments: Any) -> None:
        target = next((text for text in map(_address, arguments) if text), "the network")
        self._situation.notes.add(
            f"connection to {target}", "The network is off while a file is inspected."
        )
        raise NetworkBlocked(
            f"The script wants to reach {target}, and the network is off.",
            fix="Put the data beside the script, or leave the download out.",
        )

    def left_process(self, *arguments: Any) -> None:
        raise ProcessBlocked(
            "The script wants to start or end a process, which is off while it is inspected.",
            fix="Leave that line out while you inspect the model.",
        )


def install(situation: Situation, overlay: Overlay) -> Guard:
    """Hang the guard into Python's audit hooks, for the life of this process."""
    guard = Guard(situation, overlay)
    handlers = guard.handlers

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        handler = handlers.get(event)
        if handler is not None and guard.active:
            handler(*arguments)

    sys.addaudithook(hook)
    return guard


def _address(argument: Any) -> str:
    if isinstance(argument, tuple) and argument:
        return str(argument[0])
    return argument if isinstance(argument, str) else ""
