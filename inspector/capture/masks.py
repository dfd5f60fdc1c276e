"""The mask thread: each mask's life in one run, read from its frames and its tape.

born      a call's output carries a mask that no input carried (Embedding, Masking, user code)
used      an op inside a call took the mask (the LSTM's step skip, a softmax, the loss)
passed    the same mask came out on the call's output
merged    the call made one mask out of the masks of its inputs
consumed  the call supports masks and ended it on purpose (an LSTM that returns no sequence)
dropped   it is lost: by a call that does not support masks, or by an op between calls
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.capture.frames import Frame
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor
from inspector.trace import Mask, MaskEvent
from inspector.trace.document import MaskEventKind


class MaskThread:
    """Collects the events of one run.

    call_id: the trace's id of a frame; tensor_id: the trace's id of a mask.
    """

    def __init__(
        self, call_id: Callable[[Frame], str], tensor_id: Callable[[Any], int | None]
    ) -> None:
        self._call_id = call_id
        self._tensor_id = tensor_id
        self._masks: dict[int, Any] = {}
        self._born: dict[int, str] = {}
        self._events: dict[int, list[MaskEvent]] = {}
        self._ended: set[tuple[int, Frame]] = set()

    def read(self, context: RunContext) -> tuple[Mask, ...]:
        """The masks of the run, in the order of their births."""
        for frame in sorted(context.frames, key=lambda frame: frame.end):
            self._use(frame, context)
            self._outputs(frame)
            self._lost_before(frame)
            self._ends(frame)
        self._used_outside(context)
        return tuple(
            Mask(key, _shape(mask), self._born.get(key), tuple(self._events[key]))
            for key, mask in self._masks.items()
        )

    def _note(self, mask: Any, what: MaskEventKind, frame: Frame | None, op: Any = None) -> int:
        key = self._tensor_id(mask)
        assert key is not None
        location = op.location if isinstance(op, OpRecord) else None
        if location is None and frame is not None:
            location = frame.location
        file, line = location if location else (None, None)
        call = self._call_id(frame) if frame is not None else None
        event = MaskEvent(call, _op_name(op), what, file, line)
        self._masks.setdefault(key, mask)
        events = self._events.setdefault(key, [])
        if event not in events:
            events.append(event)
        return key

    def _outputs(self, frame: Frame) -> None:
        given = {id(mask): mask for mask in frame.input_masks if mask is not None}
        for mask in _distinct(frame.output_masks):
            if id(mask) in given:
                if not frame.has_children:
                    self._note(mask, "passed", frame)
            elif self._tensor_id(mask) not in self._masks:
                for before in given.values():
                    self._note(before, "merged", frame)
                key = self._note(mask, "born", frame)
                self._born[key] = self._call_id(frame)

    def _use(self, frame: Frame, context: RunContext) -> None:
        taken = _distinct([*frame.mask_arguments, *self._explicit(frame)])
        for mask in taken:
            op = _op_on(mask, frame, context)
            self._note(_travelling(mask, frame), "used", frame, op)

    def _explicit(self, frame: Frame) -> list[Any]:
        """Masks that user code hands over by another name."""
        known = {id(mask) for mask in self._masks.values()}
        return [tensor for _, tensor in frame.inputs if id(tensor) in known]

    def _ends(self, frame: Frame) -> None:
        if frame.outputs and any(mask is not None for mask in frame.output_masks):
            return
        for mask in _distinct(frame.input_masks):
            inside = frame.has_children and any(
                key == self._tensor_id(mask) and frame in ended.ancestors()
                for key, ended in self._ended
            )
            if inside or not frame.outputs:
                continue
            # A layer that takes the mask as an argument has had its use of it.
            meant = frame.layer.supports_masking or bool(frame.mask_arguments)
            key = self._note(mask, "consumed" if meant else "dropped", frame)
            self._ended.add((key, frame))

    def _lost_before(self, frame: Frame) -> None:
        """Masks that raw ops dropped on the way to this call."""
        for link in frame.edges:
            op = link.source.first_op
            mask = getattr(link.source.tensor, "_keras_mask", None)
            if op is None or mask is None or getattr(link.tensor, "_keras_mask", None) is not None:
                continue
            scope = op.scope if isinstance(op, OpRecord) else frame.parent
            if scope is not None and any(kept is mask for kept in scope.output_masks):
                continue  # the enclosing layer supports masks and puts it back on its output
            key = self._note(mask, "dropped", scope, op)
            if link.source.frame is not None:
                self._ended.add((key, link.source.frame))

    def _used_outside(self, context: RunContext) -> None:
        """Uses by ops outside of any call: the losses' weighting."""
        keys = {mask.id: mask for mask in self._masks.values() if isinstance(mask, Tensor)}
        for record in context.tape.records:
            if record.scope is None:
                for tensor in record.inputs:
                    if tensor.id in keys:
                        self._note(keys[tensor.id], "used", None, record)


def _travelling(mask: Any, frame: Frame) -> Any:
    """The mask on the call's inputs that `mask` repeats: Sequential computes each one twice."""
    for other in _distinct(frame.input_masks):
        if other is mask or _equal(other, mask):
            return other
    return mask


def _equal(first: Any, second: Any) -> bool:
    if not isinstance(first, Tensor) or not isinstance(second, Tensor):
        return False
    if first.data is None or second.data is None or first.shape != second.shape:
        return False
    return bool((first.data == second.data).all())


def _op_on(mask: Any, frame: Frame, context: RunContext) -> OpRecord | None:
    """The first op inside the call that takes the mask."""
    if not isinstance(mask, Tensor):
        return None
    for record in context.tape.records:
        if record.scope is frame and any(tensor.id == mask.id for tensor in record.inputs):
            return record
    return None


def _op_name(op: Any) -> str | None:
    if op is None:
        return None
    if isinstance(op, OpRecord):
        return op.function or op.primitive.name
    return str(op.name)


def _distinct(masks: list[Any]) -> list[Any]:
    return list({id(mask): mask for mask in masks if mask is not None}.values())


def _shape(mask: Any) -> tuple[int | None, ...] | None:
    shape = getattr(mask, "shape", None)
    return None if shape is None else tuple(shape)
