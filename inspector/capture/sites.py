"""Where expressions are evaluated: calls and ops of a recorded run, or of one that goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.capture.frames import Frame
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor, recompute
from inspector.engine.tensor import STRING
from inspector.errors import EngineError, ExpressionError
from inspector.trace import Call, Run, TensorRef
from inspector.trace.expressions import Site
from inspector.trace.naming import is_named

Array = np.ndarray[Any, Any]


def live_site(context: RunContext, frame: Frame, record: OpRecord | None) -> Site:
    """A call that has just returned, or an op that has just run, in a run that goes on."""

    def find(path: str) -> Site | None:
        for other in reversed(context.frames):
            if is_named(other.path, path) and other.end > other.start:
                return live_site(context, other, None)
        return None

    if record is not None:
        label = f"{record.primitive.name} in {frame.path}"
        shape = record.outputs[0].shape if record.outputs else None
        return Site(label, values_of, find, record.inputs, record.outputs, shape=shape)
    return Site(
        frame.path,
        values_of,
        find,
        tuple(tensor for _, tensor in frame.inputs),
        tuple(frame.outputs),
        tuple((variable.path, value) for variable, value in frame.weights),
        tuple(frame.outputs[0].shape) if frame.outputs else None,
        next(iter(frame.output_masks), None),
        next(iter(frame.input_masks), None),
        frame.training,
    )


class RecordedSites:
    """The calls and ops of one recorded run; `tensor` gives a tensor by its id."""

    def __init__(self, run: Run, tensor: Callable[[int], Tensor | None]) -> None:
        self._run = run
        self._tensor = tensor
        self._calls = {call.id: call for call in run.calls}
        self._by_path: dict[str, list[Call]] = defaultdict(list)
        for call in run.calls:
            self._by_path[call.path].append(call)

    def site(self, call_id: str, op: int | None) -> Site:
        """One call, or one of its ops.

        Raises:
            ExpressionError: the run has no such call or op.
        """
        call = self._calls.get(call_id)
        if call is None or (op is not None and not 0 <= op < len(call.ops)):
            raise ExpressionError(
                f"Run {self._run.number} has no call {call_id}" + (f", op {op}." if op else "."),
                fix="Take a call of this very run.",
            )
        return self._of_call(call) if op is None else self._of_op(call, op)

    def _of_call(self, call: Call) -> Site:
        return Site(
            call.id,
            self._read,
            lambda path: self._found(path, call.end),
            tuple(ref.tensor for ref in call.inputs),
            tuple(ref.tensor for ref in call.outputs),
            tuple((weight.name, weight.tensor) for weight in call.weights),
            _shape(call.outputs),
            call.outputs[0].mask if call.outputs else None,
            call.inputs[0].mask if call.inputs else None,
            call.training,
            self._run.total_loss,
        )

    def _of_op(self, call: Call, index: int) -> Site:
        op = call.ops[index]
        return Site(
            f"{op.op} in {call.id}, op {index}",
            self._read,
            lambda path: self._found(path, op.position),
            tuple(ref.tensor for ref in op.inputs),
            tuple(ref.tensor for ref in op.outputs),
            shape=_shape(op.outputs),
            training=call.training,
            loss=self._run.total_loss,
        )

    def _found(self, path: str, now: int) -> Site | None:
        """The newest call of a path that had returned by then."""
        if path in self._calls:
            return self._of_call(self._calls[path])
        named = self._by_path.get(path)
        if named is None:
            named = [call for call in self._run.calls if is_named(call.path, path)]
        calls = [call for call in named if call.end <= now]
        return self._of_call(calls[-1]) if calls else None

    def _read(self, tensor: int | None) -> Array:
        if self._run.kind == "build":
            raise _no_values("This is a symbolic build: it has shapes, no values.")
        found = None if tensor is None else self._tensor(tensor)
        if found is None:
            raise _no_values("Its values are not kept any more.")
        return values_of(found)


def values_of(tensor: Any) -> Array:
    """The values of a tensor as NumPy's own kinds of numbers.

    Raises:
        ExpressionError: it is symbolic, holds strings, or cannot be computed again.
    """
    if not isinstance(tensor, Tensor) or tensor.is_meta:
        raise _no_values("It is symbolic: it has a shape, no values.")
    if tensor.dtype is STRING:
        raise ExpressionError("It holds texts.", fix="Expressions are about numbers.")
    try:
        # Not `.data`: that would give a dropped tensor its array back for good.
        array = Tensor(recompute.array_of(tensor)).numpy()
    except EngineError as error:
        raise ExpressionError(error.message, fix=error.fix) from error
    # bfloat16 and the float8 kinds are not NumPy's own.
    return array if array.dtype.isbuiltin == 1 else array.astype(np.float32)


def _no_values(why: str) -> ExpressionError:
    return ExpressionError(why, fix="Look at a forward run or a training step that is kept.")


def _shape(refs: tuple[TensorRef, ...]) -> tuple[int | None, ...] | None:
    return refs[0].shape if refs else None
