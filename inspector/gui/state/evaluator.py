"""Questions to the worker about expressions, and who waits for their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from inspector.session.debug_messages import Evaluate, Evaluated, Evaluation
from inspector.session.protocol import Command, Event
from inspector.trace.breakpoints import Site

Values = tuple[Evaluation, ...]
# So many places are asked about at once: the answer is to come before one wonders.
_AT_ONCE = 2_000
NO_WORKER = Evaluation(problem="A saved trace has no values: open the file itself.")


class Evaluator(QObject):
    """Asks for values of expressions; an answer nobody waits for any more is passed over."""

    def __init__(self, send: Callable[[Command], None], can_ask: Callable[[], bool]) -> None:
        super().__init__()
        self._send = send
        self._can_ask = can_ask
        self._request = 0
        self._waiting: dict[int, Callable[[Values], None]] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._waiting)

    def ask(
        self,
        run: int,
        expression: str,
        places: Sequence[Site],
        then: Callable[[Values], None],
    ) -> None:
        """Ask for an expression at places of a run; `then` is called with all values, in order."""
        if not places or not self._can_ask():
            then((NO_WORKER,) * len(places))
            return
        found: list[Evaluation] = []

        def take(values: Values) -> None:
            found.extend(values)
            self._next(run, expression, places, len(found), take, lambda: then(tuple(found)))

        self._next(run, expression, places, 0, take, lambda: then(()))

    def take(self, event: Event) -> None:
        """Take an answer of the worker."""
        if isinstance(event, Evaluated):
            then = self._waiting.pop(event.request, None)
            if then is not None:
                then(event.values)

    def forget(self) -> None:
        """Wait for nothing any more: another file, or the worker is gone."""
        self._waiting.clear()

    def _next(
        self,
        run: int,
        expression: str,
        places: Sequence[Site],
        start: int,
        take: Callable[[Values], None],
        done: Callable[[], None],
    ) -> None:
        if start >= len(places):
            done()
            return
        part = places[start : start + _AT_ONCE]
        self._request += 1
        self._waiting[self._request] = take
        asked = tuple((site.call, site.op) for site in part)
        self._send(Evaluate(self._request, run, expression, asked))
