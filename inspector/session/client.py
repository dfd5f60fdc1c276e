"""The window's (and the CLI's) side of a session: start, send, listen, stop, close.

    client = Client(on_event)      on_event is called on a thread of the client's own
    client.start()
    client.send(OpenFile("vae.py"))
    client.stop()                  ends what the worker does; kills the worker if it does not stop
    client.close()

    open_file("vae.py").trace      the same without a window: waits for the end

Whatever happens to the worker, `Lost` comes exactly once, last, unless `close` asked for the end.
Knows no Qt, no Keras, no engine.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import ProtocolError, UsageError
from inspector.session.assembly import Assembly
from inspector.session.debug_messages import WhatIf
from inspector.session.exit_codes import fix_of, last_place, reason_of
from inspector.session.framing import decode_event, encode
from inspector.session.interpreter import interpreter
from inspector.session.protocol import (
    VERSION,
    ApplyWeights,
    Command,
    Event,
    Failed,
    Hello,
    Lost,
    Opened,
    OpenFile,
    Output,
    RunModel,
    RunUpdated,
    Shutdown,
    Stop,
)
from inspector.session.settings import settings_from
from inspector.session.worker_process import WorkerProcess
from inspector.trace import OpenFailure, Trace

STOP_GRACE_S = 2.0
_LAST_WORDS = 8192
_CRASH = "Fatal Python error"
_START_S, _END_S = 60.0, 30.0
# Failures that mean that nothing of the file was run (`inspector run` ends with 2 then).
NOT_READ = frozenset(
    {"FileNotFoundError", "IsADirectoryError", "NotADirectoryError", "PermissionError", "OSError",
     "NotPython", "EmptyFile", "ValueError", "RecursionError", "MemoryError",
     "NotAModel", "DamagedFile", "RefusedFile", "WeightsOnly"}
)  # fmt: skip
NOT_PYTHON = frozenset({"SyntaxError", "IndentationError", "TabError"})


class Client:
    """A session with one worker process.

    environment: settings of the worker (`INSPECTOR_MEMORY_LIMIT_MB`, ...; see `session.settings`).
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        *,
        stop_grace_s: float = STOP_GRACE_S,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._on_event = on_event
        self._stop_grace_s = stop_grace_s
        self._environment = dict(environment or {})
        self._worker: WorkerProcess | None = None
        self._thread: threading.Thread | None = None
        self._waiting: list[bytes] = []
        self._lock = threading.Lock()
        self._connected = False
        self._closing = False
        self._gone = threading.Event()
        self._busy = threading.Event()
        self._reason = ""
        self._last_words = ""
        self._assembly = Assembly("")

    def start(
        self,
        python: str | Path | None = None,
        *,
        file: str | Path | None = None,
        real: bool = False,
    ) -> None:
        """Start the worker; commands may be sent at once.

        Args:
            python: the interpreter of the worker, or the folder of a virtual environment; None
                takes the one that runs this.
            file: what will be opened: its folder can be read, wherever it lies.
            real: run the file as its author would, with all of this person's rights.

        Raises:
            UsageError: the interpreter cannot be started or has no Keras in range, or the client
                was started before.
        """
        if self._worker is not None:
            raise UsageError("This client was started before.", fix="Make a new Client.")
        chosen = interpreter(python)
        try:
            self._worker = WorkerProcess(
                chosen.path,
                chosen.environment() | self._environment,
                self._native_output,
                file=str(Path(file).absolute()) if file else None,
                real=real,
            )
        except OSError as error:
            raise UsageError(
                f"The Python {python} cannot be started: {error.strerror}.",
                fix="Name a Python interpreter that exists and has Keras 3.15 installed.",
            ) from error
        self._thread = threading.Thread(target=self._listen, name="inspector-client", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether there is a worker to talk to."""
        return self._worker is not None and not self._gone.is_set()

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None before it was started."""
        return self._worker.pid if self._worker else None

    @property
    def is_busy(self) -> bool:
        """Whether the worker still opens a file or runs a model."""
        return self._busy.is_set()

    def send(self, command: Command) -> None:
        """Send a command; one that is sent before the worker is up waits for it."""
        if isinstance(command, OpenFile):
            self._assembly = Assembly(command.path, self._assembly.protection)
        if isinstance(command, OpenFile | RunModel | WhatIf | ApplyWeights):
            self._busy.set()
        packed = encode(command)
        with self._lock:
            if not self._connected:
                self._waiting.append(packed)
                return
        self._send_now(packed)

    def stop(self) -> None:
        """Stop what the worker does: it is asked, and killed when the grace time is over."""
        if not self.is_alive or not self._busy.is_set():
            return
        self.send(Stop())
        threading.Thread(target=self._kill_unless_stopped, daemon=True).start()

    def close(self, timeout_s: float = 2.0) -> None:
        """End the worker; no `Lost` follows."""
        self._closing = True
        if self._worker is None:
            return
        if self.is_alive:
            self.send(Shutdown())
            may_end_itself = self._connected and not self._busy.is_set()
            if not may_end_itself or not self._gone.wait(timeout_s):
                self._worker.kill()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _send_now(self, packed: bytes) -> None:
        assert self._worker is not None  # only called once the worker has connected
        # When it fails the worker is going down, and the listening thread says so.
        with contextlib.suppress(OSError, ValueError):
            self._worker.send(packed)

    def _kill_unless_stopped(self) -> None:
        assert self._worker is not None  # `stop` looked
        end = self._stop_grace_s
        while end > 0 and self._busy.is_set() and not self._gone.wait(0.05):
            end -= 0.05
        if self._busy.is_set() and not self._gone.is_set():
            self._reason = (
                f"The worker did not stop within {self._stop_grace_s:g} seconds and was ended."
            )
            self._worker.kill()

    def _listen(self) -> None:
        worker = self._worker
        assert worker is not None  # `start` made it
        if worker.accept():
            self._flush_waiting()
            while (packed := worker.receive()) is not None:
                try:
                    self._deliver(decode_event(packed))
                except ProtocolError as error:
                    self._reason = error.message
                    worker.kill()
                    break
        exit_code = worker.end()
        self._gone.set()
        self._busy.clear()
        if not self._closing:
            file, line = last_place(self._last_words) or (None, None)
            reason = self._reason or reason_of(exit_code)
            if file is not None:
                reason += f" It was at {file}, line {line}."
            self._on_event(Lost(exit_code, reason, fix_of(exit_code), file, line))

    def _native_output(self, stream: str, text: str) -> None:
        crashed = _CRASH in self._last_words
        self._last_words = (self._last_words + text)[-_LAST_WORDS:]
        # What faulthandler prints is read for the line; `Lost` tells it in one sentence.
        text = "" if crashed and stream == "stderr" else text.partition(_CRASH)[0]
        if text and not self._closing:
            self._on_event(Output(stream, text))

    def _flush_waiting(self) -> None:
        with self._lock:
            self._connected = True
            waiting, self._waiting = self._waiting, []
            for packed in waiting:  # inside the lock: nothing may overtake them
                self._send_now(packed)

    def _deliver(self, event: Event) -> None:
        if isinstance(event, Hello) and event.version != VERSION:
            raise ProtocolError(
                f"The worker speaks version {event.version} of the protocol, not {VERSION}.",
                fix="Install the same version of Inspector for the worker's Python.",
            )
        # While a file opens, runs end one after the other; only `Opened` ends the opening.
        is_answer = isinstance(event, Failed) or (isinstance(event, RunUpdated) and event.ended)
        if isinstance(event, Opened) or (is_answer and self._assembly.is_open):
            self._busy.clear()
        self._on_event(self._assembly.take(event))


@dataclass(frozen=True, slots=True)
class OpenResult:
    """How an opening ended.

    lost:     the worker died on the way; the trace is what had arrived by then.
    failures: commands that could not be carried out.
    """

    trace: Trace
    lost: Lost | None = None
    failures: tuple[Failed, ...] = ()

    @property
    def nothing_ran(self) -> bool:
        """Whether the file could not even be started."""
        failure = self.trace.failure
        if failure is None or self.trace.runs or failure.file != self.trace.file:
            return False
        # A script that misses a file of its own has a line at which it does.
        is_unread = failure.line is None and failure.type in NOT_READ
        return is_unread or failure.type in NOT_PYTHON


def open_file(
    path: str | Path,
    *,
    on_event: Callable[[Event], None] | None = None,
    timeout_s: float | None = None,
    python: str | None = None,
    environment: Mapping[str, str] | None = None,
    real: bool = False,
    ask: Callable[[Client, Trace], None] | None = None,
    **options: object,
) -> OpenResult:
    """Open a file in a worker of its own, wait for the end, end the worker.

    Args:
        on_event: also told every event, on another thread.
        timeout_s: stop the worker after so many seconds; None waits twice as long as the worker
            gives the script, for one that cannot keep its own time any more. A file that is run
            for real may take as long as it wants.
        real: run it as its author would, unprotected.
        ask: called once it is open, while there still is a worker to ask.
        options: fields of `OpenFile` (`engine`, `model`, `input_specs`, `training`, `seed`).

    Raises:
        UsageError: `python` cannot be started.
    """
    command = OpenFile(str(Path(path).absolute()), **options)  # type: ignore[arg-type]  # its fields
    wait = _Wait(command.path, on_event)
    client = Client(wait.take, environment=environment)
    client.start(python, file=command.path, real=real)
    client.send(command)
    try:
        longest_s = None if real else _longest_s(environment)
        if not wait.ended.wait(timeout_s or longest_s):
            client.stop()
            wait.ended.wait(_END_S)
        if ask is not None and client.is_alive:
            ask(client, wait.result().trace)
    except KeyboardInterrupt:
        # Stopped as in the window, so that the line at which it was is known.
        client.stop()
        if not wait.ended.wait(STOP_GRACE_S + 1):
            raise
    finally:
        client.close()
    return wait.result()


def _longest_s(environment: Mapping[str, str] | None) -> float:
    return 2 * settings_from(os.environ | dict(environment or {})).open_seconds + _START_S


class _Wait:
    """Takes events until the opening has ended."""

    def __init__(self, path: str, on_event: Callable[[Event], None] | None) -> None:
        self.ended = threading.Event()
        self._on_event = on_event
        self._assembly = Assembly(path)
        self._opened: Trace | None = None
        self._lost: Lost | None = None
        self._failures: list[Failed] = []

    def take(self, event: Event) -> None:
        self._assembly.take(event)
        if isinstance(event, Opened):
            self._opened = event.trace
        elif isinstance(event, Failed):
            self._failures.append(event)
        elif isinstance(event, Lost):
            self._lost = event
        if self._on_event is not None:
            self._on_event(event)
        if isinstance(event, Opened | Lost):
            self.ended.set()

    def result(self) -> OpenResult:
        trace = self._opened or self._assembly.trace(self._failure())
        return OpenResult(trace, self._lost, tuple(self._failures))

    def _failure(self) -> OpenFailure | None:
        lost = self._lost
        place = (lost.file, lost.line) if lost is not None else (None, None)
        if self._failures:
            last = self._failures[-1]
            return OpenFailure("open", last.type, last.message, last.fix, *place)
        if lost is not None:
            return OpenFailure("open", "WorkerLost", lost.reason, lost.fix, *place)
        return None
