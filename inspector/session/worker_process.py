"""The worker as the client sees it: a child process and one connection, no messages yet.

    start ─▶ process runs `python -m inspector.session.worker_start ADDRESS`; on its stdin the
             key of the connection, and what it may reach
          ─▶ `accept` waits until it has connected (or has died)
          ─▶ `receive` gives one message after the other, None when the process is gone

The worker writes its scratch files into a folder of this object's, which is removed when the
process is gone, however it went. What native code prints on the descriptors 1 and 2 is read here.

The key goes through stdin, since any process of the same person can read the environment and the
command line of another one, and the script that runs in the worker can read its environment.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import IO

from inspector.session.confinement import Plan, plan_text
from inspector.session.confinement.environment import worker_environment
from inspector.session.framing import MAX_MESSAGE_BYTES

_POLL_S = 0.25
_END_WAIT_S = 5.0
_FOLDER_NAMES = ("TMPDIR", "TEMP", "TMP")
_MAX_NATIVE_BYTES = 1 << 18


class WorkerProcess:
    """One worker process with its connection.

    on_native_output: told the stream's name and text that did not come as an `Output` event; on
        threads of their own.
    file: what will be opened; its folder can be read wherever it lies.
    real: whether it is run for real, with all the rights of the person who opened it.
    """

    def __init__(
        self,
        python: str,
        environment: dict[str, str],
        on_native_output: Callable[[str, str], None],
        *,
        file: str | None = None,
        real: bool = False,
    ) -> None:
        key = secrets.token_bytes(32)
        self._on_native_output = on_native_output
        self._folder = tempfile.mkdtemp(prefix="inspector-")
        self._listener = Listener(authkey=key)
        self._connection: Connection | None = None
        self._sending = threading.Lock()
        try:
            self._process = self._started(python, environment, real=real)
        except OSError:
            self._listener.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._tell(key, Plan(self._folder, file, real))
        self._readers = [
            self._read_native("stdout", self._process.stdout),
            self._read_native("stderr", self._process.stderr),
        ]
        # Its address is asked for now: a listener that was closed has none.
        address = self._listener.address
        threading.Thread(target=self._wake_when_dead, args=(address,), daemon=True).start()

    def _started(
        self, python: str, environment: dict[str, str], *, real: bool
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                python,
                "-m",
                "inspector.session.worker_start",
                str(self._listener.address),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(os.environ, real=real)
            | _import_path()
            | dict.fromkeys(_FOLDER_NAMES, self._folder)
            | environment,
            start_new_session=True,  # a Ctrl+C in the terminal is for the window to handle
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def accept(self) -> bool:
        """Wait until the worker has connected; False when it died before."""
        while self._process.poll() is None:
            try:
                self._connection = self._listener.accept()
            except (AuthenticationError, EOFError, OSError):
                continue  # a stranger, or the wake-up call of `_wake_when_dead`
            return True
        return False

    def send(self, packed: bytes) -> None:
        """Send one message.

        Raises:
            OSError: the worker is gone.
        """
        if self._connection is None:
            raise OSError("the worker has not connected yet")
        with self._sending:
            self._connection.send_bytes(packed)

    def receive(self) -> bytes | None:
        """The next message; None when the worker is gone and all it sent has been read."""
        if self._connection is None:
            return None
        try:
            # The process is asked too: a child that the script left behind keeps the line open.
            while not self._connection.poll(_POLL_S):
                if self._process.poll() is not None and not self._connection.poll(0):
                    return None
            return self._connection.recv_bytes(MAX_MESSAGE_BYTES)
        except (EOFError, OSError):
            return None

    def kill(self) -> None:
        """End the process now, with all the processes that it started."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, 9)  # it leads its own group: see start_new_session
            self._process.kill()

    def end(self) -> int | None:
        """Wait for the process (not for ever), close everything; answers its exit code."""
        try:
            exit_code = self._process.wait(_END_WAIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            exit_code = self._process.wait()
        for reader in self._readers:  # a child that holds the pipes must not hold us
            reader.join(_POLL_S)
        if self._connection is not None:
            self._connection.close()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        return exit_code

    def _read_native(self, name: str, pipe: IO[bytes] | None) -> threading.Thread:
        assert pipe is not None  # Popen was asked for one

        def read() -> None:
            left = _MAX_NATIVE_BYTES
            with pipe:
                while chunk := os.read(pipe.fileno(), 1 << 16):
                    if left > 0:
                        self._on_native_output(name, chunk[:left].decode("utf-8", "replace"))
                    left -= len(chunk)

        thread = threading.Thread(target=read, name=f"inspector-{name}", daemon=True)
        thread.start()
        return thread

    def _tell(self, key: bytes, plan: Plan) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # Popen was asked for a pipe
        with contextlib.suppress(OSError):  # died at once: `accept` will say so
            stdin.write(f"{key.hex()}\n{plan_text(plan)}\n".encode())
            stdin.close()

    def _wake_when_dead(self, address: str | tuple[str, int]) -> None:
        self._process.wait()
        # `accept` cannot be given a time limit; a call without the key makes it look again.
        with contextlib.suppress(OSError, EOFError):
            Client(address).close()


def _import_path() -> dict[str, str]:
    # Another Python than ours must find this very package, and nothing else of ours.
    package_parent = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    before = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": package_parent + (os.pathsep + before if before else "")}
