"""The window's handle on the layout process; knows no Qt.

    client = LayoutClient(on_answer)         on_answer is called on a thread of the client's own
    number = client.request(run, expanded)   a newer request makes older answers go missing
    client.cancel()                          kills what is running
    client.close()

A process that still works on an outdated request after a short while is killed and replaced.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import LayoutError
from inspector.layout.outline import outline
from inspector.layout.scene import LayoutOptions, Scene
from inspector.layout.wire import pack_outline, read_frame, unpack_scene, write_frame
from inspector.trace import Run

_OUTDATED_GRACE_S = 0.5


@dataclass(frozen=True, slots=True)
class LayoutAnswer:
    """Answer to request `number`: a scene, or why there is none."""

    number: int
    scene: Scene | None
    error: LayoutError | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    number: int
    run: Run
    expanded: frozenset[str]
    options: LayoutOptions


class LayoutClient:
    """Starts the process with the first request, and again after it was killed."""

    def __init__(self, on_answer: Callable[[LayoutAnswer], None]) -> None:
        self._on_answer = on_answer
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._sent_run: Run | None = None
        self._numbers = 0
        self._running: _Wish | None = None
        self._next: _Wish | None = None

    @property
    def pid(self) -> int | None:
        """Process id while the process lives."""
        process = self._process
        return process.pid if process is not None else None

    def request(
        self, run: Run, expanded: frozenset[str], options: LayoutOptions | None = None
    ) -> int:
        """Ask for a scene; answers with its number. Older requests are not answered any more."""
        with self._lock:
            self._numbers += 1
            wish = _Wish(self._numbers, run, expanded, options or LayoutOptions())
            if self._running is None:
                self._send(wish)
            else:
                self._next = wish
                self._watch(self._running)
            return wish.number

    def cancel(self) -> None:
        """Stop whatever is running or waiting; none of it is answered."""
        with self._lock:
            self._next = None
            if self._running is not None:
                self._kill()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._next = None
            self._kill()

    def _watch(self, outdated: _Wish) -> None:
        timer = threading.Timer(_OUTDATED_GRACE_S, self._replace, args=(outdated,))
        timer.daemon = True
        timer.start()

    def _replace(self, outdated: _Wish) -> None:
        with self._lock:
            if self._running is outdated and self._next is not None:
                wish, self._next = self._next, None
                self._kill()
                self._send(wish)

    def _send(self, wish: _Wish) -> None:
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        rows = None if self._sent_run is wish.run else pack_outline(outline(wish.run))
        self._sent_run, self._running = wish.run, wish
        options = wish.options
        message = [wish.number, rows, sorted(wish.expanded), options.direction, options.engine]
        with contextlib.suppress(BrokenPipeError):  # it died: the reader says so
            write_frame(self._process.stdin, message)

    def _start(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "inspector.layout.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _import_path(),
            start_new_session=True,  # Ctrl+C in the terminal is for the window to handle
        )
        self._process, self._sent_run = process, None
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()

    def _kill(self) -> None:
        process, self._process, self._running = self._process, None, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            while (answer := read_frame(process.stdout)) is not None:
                number, packed, problem = answer
                scene = None if packed is None else unpack_scene(packed)
                error = None if problem is None else LayoutError(problem[0], fix=problem[1])
                if self._is_newest(process, number):
                    self._on_answer(LayoutAnswer(number, scene, error))
        self._gone(process)

    def _is_newest(self, process: subprocess.Popen[bytes], number: int) -> bool:
        """Note that the process is free, give it what waits; True when the answer is wanted."""
        with self._lock:
            if process is not self._process:
                return False
            wish, self._next, self._running = self._next, None, None
            if wish is not None:
                self._send(wish)
            return number == self._numbers

    def _gone(self, process: subprocess.Popen[bytes]) -> None:
        """The process ended by itself, not by `_kill`: answer for it."""
        with self._lock:
            if process is not self._process:
                return
            running = self._next or self._running
            self._next = None
            self._kill()
        if running is not None:
            error = LayoutError(
                f"The layout process ended with code {process.returncode}.",
                fix="Collapse some groups and try again.",
            )
            self._on_answer(LayoutAnswer(running.number, None, error))


def _import_path() -> dict[str, str]:
    """The child finds this very package, also where it is not installed."""
    package_parent = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": package_parent + (os.pathsep + before if before else "")}
