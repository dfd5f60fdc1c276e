"""Values of tensors, pulled from the worker one window at a time and remembered for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from inspector.session.protocol import Command, ReadTensor, TensorRead

_MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class Wanted:
    """A window of one tensor; empty bounds mean the whole of it."""

    run: int
    tensor: int
    start: tuple[int, ...] = ()
    stop: tuple[int, ...] = ()


class TensorStore(QObject):
    """Asks for one window at a time; of each asker's wishes that came meanwhile, the newest stays.

    Stepping fast would else queue up hundreds of answers that nobody looks at any more.
    """

    arrived = Signal(object, object)

    def __init__(self, send: Callable[[Command], None], can_read: Callable[[], bool]) -> None:
        super().__init__()
        self.send = send
        self.can_read = can_read
        self._kept: OrderedDict[Wanted, TensorRead] = OrderedDict()
        self._asked: Wanted | None = None
        self._next: dict[str, Wanted] = {}
        self._request = 0

    def want(self, wanted: Wanted, asker: str = "") -> TensorRead | None:
        """The window if it is here; else None, and `arrived` tells when it is."""
        if wanted in self._kept:
            self._kept.move_to_end(wanted)
            self._next.pop(asker, None)
            return self._kept[wanted]
        if self.can_read():
            self._next[asker] = wanted
            self._ask()
        return None

    def take(self, answer: TensorRead) -> None:
        """Take an answer of the worker."""
        if self._asked is None or answer.request != self._request:
            return
        wanted, self._asked = self._asked, None
        self._kept[wanted] = answer
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit(wanted, answer)
        self._ask()

    def forget(self) -> None:
        """Forget everything: another file, or the same one opened again."""
        self._kept.clear()
        self._asked = None
        self._next.clear()

    def _ask(self) -> None:
        if self._asked is not None or not self._next:
            return
        wanted = self._next.pop(next(iter(self._next)))
        self._asked = wanted
        self._request += 1
        self.send(
            ReadTensor(
                self._request, wanted.run, wanted.tensor, start=wanted.start, stop=wanted.stop
            )
        )
