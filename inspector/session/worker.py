"""The worker: what the process that `worker_start` has confined does, command by command.

    main thread      imports Keras, runs user code: Keras' state is bound to one thread
    reading thread   takes commands; Stop and Shutdown act at once, the others wait their turn
    outbox thread    sends events

It ends when it is told to, when the window is gone, or when the memory limit is reached.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, cast, get_args

from inspector.engine import threads
from inspector.engine.array_module import EngineName
from inspector.errors import InspectorError, ProtocolError, UsageError
from inspector.keras_backend import hook
from inspector.loading.interruption import Interrupter, Stopped
from inspector.session import memory_watch, scratch_watch
from inspector.session.debug_messages import ForgetRun, Pause, SetBreakpoints, WhatIf
from inspector.session.debugging import Debugger
from inspector.session.exit_codes import NO_KERAS, OUT_OF_MEMORY
from inspector.session.framing import MAX_MESSAGE_BYTES, decode_command
from inspector.session.outbox import Outbox
from inspector.session.output import UserOutput
from inspector.session.protocol import (
    VERSION,
    ApplyWeights,
    AskInputs,
    Command,
    Failed,
    HandOver,
    Hello,
    NameBatch,
    Opened,
    OpenFile,
    Progress,
    RunModel,
    Shutdown,
    Stop,
)
from inspector.session.settings import Settings, memory_limit_bytes
from inspector.trace import Engine, OpenFailure, Protection, Trace

if TYPE_CHECKING:  # imports Keras, which must come after the hook
    from inspector.session.opening import OpenedFile

_FLUSH_S = 1.0
_exit = os._exit  # scripts get another one


class Worker:
    """Carries out commands, one after the other, in the main thread."""

    def __init__(self, connection: Connection, settings: Settings, protection: Protection) -> None:
        self._connection = connection
        self._settings = settings
        self._protection = protection
        # Commands are numbered as they come in: a Stop is for those that came before it.
        self._commands: SimpleQueue[tuple[int, Command]] = SimpleQueue()
        self._taken_in = 0
        self._stopped_up_to = 0
        self._stopping = threading.Lock()
        self._outbox = Outbox(connection.send_bytes)
        self._interrupter = Interrupter()
        self._output = UserOutput(self._outbox.post_now, settings.output_kb << 10)
        self._debugger = Debugger()
        self._opened: OpenedFile | None = None

    def run(self) -> None:
        """Take commands for ever."""
        sys.stdout, sys.stderr = self._output.stream("stdout"), self._output.stream("stderr")
        limit = memory_limit_bytes(self._settings)
        memory_watch.watch(limit, self._out_of_memory)
        if self._protection.mode == "inspect":
            written = self._settings.scratch_mb << 20
            scratch_watch.watch(tempfile.gettempdir(), written, self._out_of_disk)
        threading.Thread(target=self._read, name="inspector-commands", daemon=True).start()
        self._outbox.post(Hello(VERSION, os.getpid(), self._protection))
        while True:
            number, command = self._commands.get()
            with self._stopping:
                if number > self._stopped_up_to:
                    self._interrupter.forget()
            self._guarded(command)

    def _guarded(self, command: Command) -> None:
        try:
            self._carry_out(command)
        except InspectorError as error:
            failed = Failed(type(error).__name__, error.message, error.fix)
        except Stopped as error:
            failed = Failed("Stopped", error.reason, "Start it again when you want it.")
        except BaseException as error:  # the loop's guard: the session outlives every command
            failed = Failed(
                type(error).__name__,
                str(error) or type(error).__name__,
                "Report this with the file that was open: it is a fault of Inspector.",
                traceback.format_exc(),
            )
        else:
            return
        self._outbox.post(failed)
        if isinstance(command, OpenFile):  # an opening ends with `Opened`, whatever happens
            failure = OpenFailure("open", failed.type, failed.message, failed.fix)
            engine = Engine("numpy", "unknown", "The file could not be opened.")
            self._outbox.post(Opened(Trace(command.path, engine, failure=failure)))

    def _carry_out(self, command: Command) -> None:
        if isinstance(command, OpenFile):
            self._open(command)
        elif self._opened is None:
            raise UsageError("No file is open in this worker.", fix="Open a file first.")
        elif self._opened.answers.answer(command):
            return
        elif isinstance(command, RunModel):
            self._opened.run_model(command)
        elif isinstance(command, ApplyWeights):
            self._opened.apply_weights(command)
        elif isinstance(command, HandOver):
            self._opened.hand_over(command)
        elif isinstance(command, NameBatch):
            self._opened.name_batch(command)
        elif isinstance(command, AskInputs):
            self._opened.ask_inputs(command)
        elif isinstance(command, WhatIf):
            self._opened.what_if(command)
        elif isinstance(command, ForgetRun):
            self._opened.forget_run(command)

    def _open(self, command: OpenFile) -> None:
        if self._opened is not None:
            raise UsageError(
                "This worker has run a file already, and Keras with it.",
                fix="Start a new worker for each file.",
            )
        self._outbox.post(Progress("Starting Keras"))
        self._start_keras(command)
        # Only now: importing Keras before the hook is in place would bring its own backend.
        from inspector.session.opening import OpenedFile

        self._output.start()
        self._opened = OpenedFile(
            command,
            self._outbox,
            interrupter=self._interrupter,
            output=self._output,
            settings=self._settings,
            debugger=self._debugger,
            next_command=lambda: self._commands.get()[1],
            real=self._protection.mode == "real",
        )
        self._opened.open()

    def _start_keras(self, command: OpenFile) -> None:
        engine = cast(EngineName, command.engine)
        if engine not in get_args(EngineName):
            raise UsageError(f"There is no engine {engine!r}.", fix="Use auto, cupy or numpy.")
        try:
            choice = hook.install(engine, Path(tempfile.mkdtemp(prefix="inspector-keras-")))
        except ImportError as error:
            self._outbox.post(
                Failed(
                    "ImportError",
                    f"Keras cannot be imported in {sys.executable}: {error}.",
                    "Install keras>=3.15.1,<3.16 there, or choose another Python.",
                )
            )
            self._leave(NO_KERAS)
        if choice.name == "numpy":
            threads.use_physical_cores(spare=1)  # the window has its own work
            memory_watch.limit_allocations(memory_limit_bytes(self._settings))

    def _read(self) -> None:
        while True:
            try:
                command = decode_command(self._connection.recv_bytes(MAX_MESSAGE_BYTES))
            except (EOFError, OSError):  # the window is gone
                self._leave(0)
            except MemoryError:
                _exit(OUT_OF_MEMORY)
            except ProtocolError as error:
                self._outbox.post(Failed(type(error).__name__, error.message, error.fix))
                continue
            if isinstance(command, Stop):
                with self._stopping:
                    self._stopped_up_to = self._taken_in
                    self._interrupter.stop("You pressed Stop.")
            elif isinstance(command, SetBreakpoints):
                self._set_breakpoints(command)
            elif isinstance(command, Pause):
                self._debugger.pause()
            elif isinstance(command, Shutdown):
                self._leave(0)
            else:
                self._taken_in += 1
                self._commands.put((self._taken_in, command))

    def _set_breakpoints(self, command: SetBreakpoints) -> None:
        # At once, on this thread: the user's code may be busy for long.
        try:
            self._debugger.set_breakpoints(command.breakpoints)
        except InspectorError as error:
            self._outbox.post(Failed(type(error).__name__, error.message, error.fix))

    def _out_of_memory(self, used: int) -> None:
        limit = memory_limit_bytes(self._settings)
        self._outbox.post(
            Failed(
                "OutOfMemory",
                f"The script uses {used >> 20} MB of memory, more than the {limit >> 20} MB "
                "it may.",
                "Use smaller arrays, or allow more with INSPECTOR_MEMORY_MB.",
            )
        )
        self._output.flush()
        self._outbox.flush(_FLUSH_S)

    def _out_of_disk(self, written: int) -> None:
        self._outbox.post(
            Failed(
                "OutOfDisk",
                f"The script wrote {written >> 20} MB, more than the "
                f"{self._settings.scratch_mb} MB it may.",
                "Write less, or allow more with INSPECTOR_SCRATCH_MB.",
            )
        )
        self._output.flush()
        self._outbox.flush(_FLUSH_S)

    def _leave(self, code: int) -> None:
        # Not sys.exit: user threads and exit handlers must not keep the process.
        self._output.flush()
        self._outbox.flush(_FLUSH_S)
        _exit(code)
