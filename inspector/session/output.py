"""What user code prints: two text streams whose text leaves as `Output` events.

Prints are gathered for a moment and sent together. After `limit` characters in one opening the
rest is only counted, so that a script that prints for ever floods nobody.

What native code writes to the descriptors 1 and 2 does not pass here: the client reads those, so
that the last words of a dying process arrive too.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable

from inspector.session.protocol import Event, Output

_GATHER_S = 0.03
_GATHER_CHARACTERS = 16_384


class UserOutput:
    """Both streams of one worker.

    building: tells whether Keras builds symbolically now; prints are labelled with it.
    """

    def __init__(self, post: Callable[[Event], None], limit: int) -> None:
        self.building: Callable[[], bool] = lambda: False
        self._post = post
        self._limit = limit
        self._left = limit
        self._cut = 0
        self._gathered: list[str] = []
        self._size = 0
        self._kind = ("stdout", False)
        self._last = 0.0
        self._lock = threading.RLock()
        self._wake = threading.Event()
        threading.Thread(target=self._pump, name="inspector-output", daemon=True).start()

    def stream(self, name: str) -> UserStream:
        """The stream to put in the place of `sys.stdout` or `sys.stderr`."""
        return UserStream(self, name)

    def start(self) -> None:
        """A new opening begins: the full amount may be printed again."""
        self._left, self._cut = self._limit, 0

    def write(self, name: str, text: str) -> None:
        """Take what was printed."""
        if self._left <= 0:
            self._cut += len(text)
            return
        kind = (name, self.building())
        with self._lock:
            if kind != self._kind:
                self.flush()
                self._kind = kind
            kept = text[: self._left]
            self._left -= len(kept)
            self._cut += len(text) - len(kept)
            self._gathered.append(kept)
            self._size += len(kept)
            if self._left <= 0:
                self._gathered.append(f"\n... cut here: {self._limit:,} characters were printed\n")
        # The first line after a pause goes at once: the process may be about to die.
        is_first = text.endswith("\n") and time.monotonic() - self._last > _GATHER_S
        if is_first or self._size > _GATHER_CHARACTERS:
            self.flush()
        else:
            self._wake.set()

    def flush(self) -> None:
        """Send what was gathered."""
        with self._lock:
            text, self._gathered, self._size = "".join(self._gathered), [], 0
            self._last = time.monotonic()
            if text:
                self._post(Output(self._kind[0], text, self._kind[1]))

    def finish(self) -> None:
        """The opening ends: say how much was not shown."""
        self.flush()
        if self._cut:
            self._post(Output("stderr", f"... {self._cut:,} more characters are not shown\n"))
            self._cut = 0

    def _pump(self) -> None:
        while True:
            self._wake.wait()
            time.sleep(_GATHER_S)
            self._wake.clear()
            self.flush()


class UserStream(io.TextIOBase):
    """A text stream for `sys.stdout` or `sys.stderr`."""

    def __init__(self, output: UserOutput, name: str) -> None:
        super().__init__()
        self._output = output
        self._name = name
        self._number = 1 if name == "stdout" else 2
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a read-only attribute in typeshed
        return "utf-8"

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Nothing to do: what is gathered leaves in a moment."""

    def fileno(self) -> int:
        return self._number

    def close(self) -> None:
        """Stays open: a script that closes stdout must not silence its own error."""


class _Bytes(io.RawIOBase):
    def __init__(self, stream: UserStream) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        packed = bytes(data)  # type: ignore[call-overload]  # whatever has a buffer
        self._stream.write(packed.decode("utf-8", "replace"))
        return len(packed)

    def close(self) -> None:
        """Stays open, as its stream does."""
