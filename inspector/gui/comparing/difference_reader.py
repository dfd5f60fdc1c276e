"""Values of two runs compared in the background, one slice of each at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from PySide6.QtCore import QObject, Signal

from inspector.session.protocol import Command, ReadTensor, TensorRead
from inspector.session.value_difference import Slice, comparable_tensors, compare_slices
from inspector.trace import Run
from inspector.trace.difference import Pair, RunDifference, ValueDifference, with_values

# The panels count their requests from 1; these answers are told apart by their numbers.
_FIRST_REQUEST = 1 << 40
_Comparing = Generator[Slice, tuple[TensorRead, TensorRead], ValueDifference]
_Task = tuple[int, str, _Comparing, int, int]


class DifferenceReader(QObject):
    """Asks for the values of each matched pair; `pair_read` carries its index and the pair."""

    pair_read = Signal(int, object)
    finished = Signal()

    def __init__(self, send: Callable[[Command], None], parent: QObject) -> None:
        super().__init__(parent)
        self._send = send
        self._request = _FIRST_REQUEST
        self._runs = 0, 0
        self._pairs: tuple[Pair, ...] = ()
        self._tasks: Iterator[_Task] = iter(())
        self._task: _Task | None = None
        self._asked: tuple[int, ...] = ()
        self._answers: dict[int, TensorRead] = {}
        self._found: dict[int, list[ValueDifference]] = {}

    @property
    def is_reading(self) -> bool:
        """Whether there is still something to compare."""
        return self._task is not None

    def start(self, difference: RunDifference, a: Run, b: Run) -> None:
        """Compare the values of these runs, giving up what was asked before."""
        self._asked, self._answers, self._found = (), {}, {}
        self._runs = a.number, b.number
        self._pairs = difference.pairs
        self._tasks = _tasks(difference.pairs)
        self._next_tensor()

    def take(self, answer: TensorRead) -> None:
        """Take an answer of the worker; those to other questions are passed over."""
        if self._task is None or answer.request not in self._asked:
            return
        self._answers[answer.request] = answer
        if len(self._answers) < len(self._asked):
            return
        one, other = (self._answers[request] for request in self._asked)
        try:
            self._ask(self._task[2].send((one, other)))
        except StopIteration as end:
            self._keep(self._task, end.value)

    def _next_tensor(self) -> None:
        for task in self._tasks:
            self._task = task
            try:
                self._ask(next(task[2]))
            except StopIteration as end:
                self._note(task, end.value)
            else:
                return
        self._task = None
        self.finished.emit()

    def _ask(self, asked: Slice) -> None:
        assert self._task is not None  # only called for one
        self._asked = self._request + 1, self._request + 2
        self._request += 2
        self._answers = {}
        for request, run, tensor in zip(self._asked, self._runs, self._task[3:], strict=True):
            self._send(ReadTensor(request, run, tensor, *asked, 1 << 30, with_statistics=False))

    def _keep(self, task: _Task, found: ValueDifference) -> None:
        self._note(task, found)
        self._next_tensor()

    def _note(self, task: _Task, found: ValueDifference) -> None:
        index = task[0]
        values = self._found.setdefault(index, [])
        values.append(found)
        self.pair_read.emit(index, with_values(self._pairs[index], tuple(values)))


def _tasks(pairs: tuple[Pair, ...]) -> Iterator[_Task]:
    for index, pair in enumerate(pairs):
        if pair.a is None or pair.b is None:
            continue
        for what, shape, one, other in comparable_tensors(pair.a, pair.b):
            yield index, what, compare_slices(what, shape), one, other
