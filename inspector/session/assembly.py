"""A trace put together from events, so that a worker that dies takes nothing along.

The worker sends each model and run when it changes and does not send them again with `Opened`;
the client fills them in here. When the worker is lost before `Opened`, what has arrived by then is
the trace.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from inspector.session.protocol import (
    EngineChosen,
    Event,
    Hello,
    ModelFound,
    Opened,
    Replaced,
    RunExamined,
    RunUpdated,
    SourceFound,
)
from inspector.trace import Engine, Model, OpenFailure, Protection, Replacement, Run, Source, Trace

_T = TypeVar("_T")
_UNKNOWN_ENGINE = Engine("numpy", "unknown", "The worker ended before it chose.")


class Assembly:
    """The trace so far of one opened file.

    protection: of the worker, where it is known before the file is opened.
    """

    def __init__(self, file: str, protection: Protection | None = None) -> None:
        self._file = file
        self._engine = _UNKNOWN_ENGINE
        self._models: dict[int, Model] = {}
        self._runs: dict[int, Run] = {}
        self._replaced: list[Replacement] = []
        self._sources: dict[str, Source] = {}
        self._failure: OpenFailure | None = None
        self.is_open = False
        self.protection = protection

    def take(self, event: Event) -> Event:
        """Note what an event says; answers the event, an `Opened` one made whole."""
        if isinstance(event, Hello):
            self.protection = event.protection
        elif isinstance(event, EngineChosen):
            self._engine = event.engine
        elif isinstance(event, ModelFound):
            self._models[event.index] = event.model
        elif isinstance(event, RunUpdated):
            self._runs[event.run.number] = event.run
        elif isinstance(event, RunExamined):
            if event.run in self._runs:
                self._runs[event.run] = event.added_to(self._runs[event.run])
        elif isinstance(event, Replaced):
            self._replaced.append(event.replacement)
        elif isinstance(event, SourceFound):
            self._sources[event.source.file] = event.source
        elif isinstance(event, Opened):
            self._failure, self.is_open = event.trace.failure, True
            return Opened(
                replace(
                    event.trace,
                    models=event.trace.models or _in_order(self._models),
                    replaced=event.trace.replaced or tuple(self._replaced),
                    runs=event.trace.runs or _in_order(self._runs),
                    sources=event.trace.sources or tuple(self._sources.values()),
                    protection=event.trace.protection or self.protection,
                )
            )
        return event

    def trace(self, failure: OpenFailure | None = None) -> Trace:
        """What is known by now."""
        return Trace(
            file=self._file,
            engine=self._engine,
            models=_in_order(self._models),
            replaced=tuple(self._replaced),
            failure=self._failure or failure,
            runs=_in_order(self._runs),
            protection=self.protection,
        )


def _in_order(found: dict[int, _T]) -> tuple[_T, ...]:
    return tuple(found[number] for number in sorted(found))
