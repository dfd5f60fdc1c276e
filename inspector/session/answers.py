"""Answers from what was recorded: values, expressions, where numbers come from; nothing is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inspector.capture import Recorder, numbers
from inspector.errors import CaptureError, EngineError, InspectorError
from inspector.session import values
from inspector.session.debug_messages import Evaluate
from inspector.session.evaluation import evaluated
from inspector.session.protocol import Command, Event, ExplainNumber, NumberExplained, ReadTensor


class Answers:
    """Questions about recorded runs; they may also be asked while user code is paused."""

    def __init__(self, recorder: Recorder, post: Callable[[Event], None]) -> None:
        self._recorder = recorder
        self._post = post

    def answer(self, command: Command) -> bool:
        """Answer, if it is such a question; False for anything else."""
        if isinstance(command, ReadTensor):
            self._read_tensor(command)
        elif isinstance(command, Evaluate):
            self._evaluate(command)
        elif isinstance(command, ExplainNumber):
            self._explain(command)
        else:
            return False
        return True

    def _read_tensor(self, command: ReadTensor) -> None:
        """Answer with the values of one tensor, or why there are none."""
        recomputed = self._recorder.store.is_recomputed(command.run, command.tensor)
        try:
            tensor = self._recorder.tensor(command.run, command.tensor)
        except EngineError as error:  # its array was dropped, and there is no way back to it
            self._post(values.problem(command, str(error)))
            return
        if tensor is None:
            answer = values.problem(command, "Its values are not kept any more; run it again.")
        elif tensor.is_meta:
            answer = values.problem(command, "Symbolic: it has a shape and a dtype, no values.")
        else:
            answer = values.read(command, tensor.numpy(), str(tensor.dtype))
        self._post(replace(answer, recomputed=recomputed))

    def _evaluate(self, command: Evaluate) -> None:
        """Answer with the values of an expression at places of a run.

        Raises:
            CaptureError: there is no such run.
            ExpressionError: it is no expression.
        """
        self._post(evaluated(command, self._recorder.sites(command.run)))

    def _explain(self, command: ExplainNumber) -> None:
        """Answer with where a number comes from, or why that cannot be said."""
        run = next((r for r in self._recorder.runs() if r.number == command.run), None)
        try:
            if run is None:
                raise CaptureError(f"There is no run {command.run}.", fix="Choose one there is.")
            origin = numbers.explain(
                run, self._recorder.store.records(run.number), command.tensor, command.index
            )
        except InspectorError as error:  # a gradient rule may refuse as well
            answer = NumberExplained(command.request, command.run, None, str(error))
        else:
            answer = NumberExplained(command.request, command.run, origin)
        self._post(answer)
