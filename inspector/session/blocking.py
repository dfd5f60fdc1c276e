"""A session that waits for each answer: for the command line, which has nothing else to do.

    with BlockingSession("vae.py") as session:
        trace = session.opened().trace
        run = session.run_model("vae", training=True)
        answer = session.answer(session.ask(run.number, tensor, start, stop))

Two of them open side by side: a worker starts when the session is made, `opened` waits.
"""

from __future__ import annotations

import math
import os
import queue
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from inspector.errors import CaptureError
from inspector.session.assembly import Assembly
from inspector.session.client import Client, OpenResult
from inspector.session.protocol import (
    Event,
    Failed,
    HandedOver,
    HandOver,
    Lost,
    Opened,
    OpenFile,
    ReadTensor,
    RunModel,
    RunUpdated,
    TensorRead,
)
from inspector.session.settings import settings_from
from inspector.trace import OpenFailure, Run

_START_S = 60.0


class BlockingSession:
    """One file in a worker of its own, which lives until `close`.

    on_event: also told every event, on another thread.
    options:  fields of `OpenFile` (`engine`, `input_specs`, `keep_ops`, `model`, `seed`).
    """

    def __init__(
        self,
        path: str | Path,
        *,
        on_event: Callable[[Event], None] | None = None,
        **options: object,
    ) -> None:
        command = OpenFile(str(Path(path).absolute()), **options)  # type: ignore[arg-type]  # its fields
        self.path = command.path
        self._on_event = on_event
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._assembly = Assembly(command.path)
        self._failures: list[Failed] = []
        self.lost: Lost | None = None
        self._requests = 0
        self._longest_s = 2 * settings_from(os.environ).open_seconds + _START_S
        self._client = Client(self._take)
        self._client.start(file=command.path)
        self._client.send(command)

    def __enter__(self) -> BlockingSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        self._client.close()

    def opened(self) -> OpenResult:
        """Wait for the end of the opening; the trace is what there is, also when it was lost."""
        event = self._wait((Opened,))
        if isinstance(event, Opened):
            return OpenResult(event.trace, self.lost, tuple(self._failures))
        lost = self.lost
        assert lost is not None  # `_wait` answers None for nothing else
        failure = OpenFailure("open", "WorkerLost", lost.reason, lost.fix, lost.file, lost.line)
        return OpenResult(self._assembly.trace(failure), lost, tuple(self._failures))

    def run_model(
        self,
        model: str,
        *,
        training: bool = False,
        seed: int = 0,
        input_specs: tuple[str, ...] = (),
        inputs_of: int | None = None,
    ) -> Run:
        """Run a model again; the run may hold a failure.

        Raises:
            CaptureError: there is no such model, it cannot be fed, or the worker is gone.
        """
        self._client.send(RunModel(model, input_specs, training, seed, inputs_of))
        while (event := self._wait((RunUpdated, Failed))) is not None:
            if isinstance(event, Failed):
                raise CaptureError(event.message, fix=event.fix)
            if isinstance(event, RunUpdated) and event.ended and event.run.model == model:
                return event.run
        raise CaptureError(
            f"The worker is gone: {self.lost.reason if self.lost else ''}",
            fix="Run it again with a smaller batch.",
        )

    def hand_over(self, model: str, run: int) -> Path:
        """Have a model and the inputs of a run written down; gives the folder.

        Raises:
            CaptureError: it cannot be, or the worker is gone.
        """
        self._client.send(HandOver(model, run))
        event = self._wait((HandedOver, Failed))
        if isinstance(event, HandedOver):
            return Path(event.folder)
        if isinstance(event, Failed):
            raise CaptureError(event.message, fix=event.fix)
        raise CaptureError("The worker is gone.", fix="Open the file again.")

    def ask(
        self, run: int, tensor: int, start: tuple[int, ...], stop: tuple[int, ...]
    ) -> ReadTensor:
        """Ask for values without waiting, so that two workers can look for them at once."""
        self._requests += 1
        limit = max(math.prod(last - first for first, last in zip(start, stop, strict=True)), 1)
        command = ReadTensor(self._requests, run, tensor, start, stop, limit, with_statistics=False)
        self._client.send(command)
        return command

    def answer(self, question: ReadTensor) -> TensorRead:
        """Wait for the answer to a question of `ask`."""
        while (event := self._wait((TensorRead, Failed))) is not None:
            if isinstance(event, Failed):
                return _problem(question, event.message)
            if isinstance(event, TensorRead) and event.request == question.request:
                return event
        return _problem(question, f"The worker is gone: {self.lost.reason if self.lost else ''}")

    def _take(self, event: Event) -> None:
        if self._on_event is not None:
            self._on_event(event)
        self._events.put(event)

    def _wait(self, kinds: tuple[type, ...]) -> Event | None:
        """The next event of these kinds; None when the worker is lost."""
        end = time.monotonic() + self._longest_s
        while self.lost is None:
            try:
                event = self._events.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                # The worker is asked to stop, then killed: `Lost` or an answer comes for sure.
                self._client.stop()
                end = time.monotonic() + _START_S
                continue
            self._assembly.take(event)
            if isinstance(event, Lost):
                self.lost = event
            elif isinstance(event, Failed):
                self._failures.append(event)
            if isinstance(event, kinds):
                return event
        return None


def _problem(question: ReadTensor, why: str) -> TensorRead:
    return TensorRead(question.request, question.run, question.tensor, (), "", problem=why)
