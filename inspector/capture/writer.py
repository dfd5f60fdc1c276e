"""Frames and tape of one run → the plain values of the trace document."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from inspector.capture import attention, failures, losses
from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.lines import Lines
from inspector.capture.masks import MaskThread
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor
from inspector.trace import Call, Edge, Failure, Op, Run, Shape, TensorRef, Update, Weight


class Writer:
    """Writes runs; symbolic tensors get negative ids, stable within one opening."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._symbols: dict[int, tuple[Any, int]] = {}
        self._dtypes: dict[Any, str] = {}
        self._refs_made: dict[tuple[int, int | None], TensorRef] = {}
        self._op_refs: dict[int, TensorRef] = {}
        # By variable, value and whether it is trainable; the variable itself keeps its id from
        # being given to another one.
        self._weights: dict[tuple[int, int | None, bool], tuple[Any, Weight]] = {}
        self._same_masks: dict[int, int] = {}

    def failure(self, context: RunContext) -> Failure | None:
        """Only why a run failed."""
        ids = _call_ids(context.frames)
        return failures.describe(context, lambda f: ids.get(f, f.path), self._lines)

    def run(self, context: RunContext) -> Run:
        """The run as it is now."""
        self._refs_made, self._op_refs = {}, {}
        ids = _call_ids(context.frames)
        ops = _ops_by_frame(context.tape.records, set(context.frames))
        unknown = _UnknownAxes(context)
        thread = MaskThread(lambda f: ids.get(f, f.path), self._id)
        masks = thread.read(context)
        self._same_masks = thread.same
        if context.ended and not context.attention:
            context.attention = attention.masks_of(context, lambda f: ids.get(f, f.path))
        calls = tuple(self._call(frame, ids, ops, context, unknown) for frame in context.frames)
        ledger = losses.ledger(context) if context.kind != "build" else losses.Ledger()
        return Run(
            model=context.model_name,
            kind=context.kind,
            training=any(frame.training is True for frame in context.frames),
            seed=context.seed,
            calls=calls,
            edges=tuple(edge for frame in context.frames for edge in self._edges(frame, ids)),
            losses=ledger.rows,
            total_loss=ledger.total,
            totals=ledger.totals,
            updates=_updates(context),
            masks=masks,
            failure=failures.describe(context, lambda f: ids.get(f, f.path), self._lines),
            number=context.number,
            ops=tuple(self._op(record, context) for record in ops[None]),
            backward=tuple(
                self._op(record, context, ids.get(record.scope))
                for record in context.tape.records
                if record.is_backward
            ),
            attention=tuple(described for described, _ in context.attention),
        )

    def _call(
        self,
        frame: Frame,
        ids: dict[Frame, str],
        ops: dict[Frame | None, list[OpRecord]],
        context: RunContext,
        unknown: _UnknownAxes,
    ) -> Call:
        own = ops[frame]
        file, line = frame.location if frame.location else (None, None)
        path_id = ids[frame]
        second = unknown.twin(frame)
        return Call(
            id=path_id,
            layer_id=frame.layer_id,
            path=frame.path,
            name=frame.name,
            class_=frame.class_name,
            call_index=int(path_id.rpartition("#")[2]),
            parent=ids.get(frame.parent) if frame.parent else None,
            depth=frame.depth,
            file=file,
            line=line,
            elapsed_s=frame.elapsed_s,
            inputs=self._refs(
                _tensors(frame), _tensors(second) if second else None, frame.input_masks
            ),
            outputs=self._refs(
                frame.outputs, second.outputs if second else None, frame.output_masks
            ),
            weights=tuple(
                self._weight(variable, value, trainable)
                for (variable, value), trainable in zip(frame.weights, frame.trainable, strict=True)
            ),
            op_count=len(own),
            ops=tuple(self._op(record, context) for record in own),
            start=frame.start,
            end=frame.end,
            training=frame.training if isinstance(frame.training, bool) else None,
            placeholder=private.placeholder_reason(frame.layer),
        )

    def _refs(
        self, tensors: Sequence[Any], second: Sequence[Any] | None, masks: Sequence[Any]
    ) -> tuple[TensorRef, ...]:
        twins = second if second is not None and len(second) == len(tensors) else tensors
        return tuple(
            self._ref(tensor, twin, mask)
            for tensor, twin, mask in zip(tensors, twins, masks, strict=True)
        )

    def _ref(self, tensor: Any, twin: Any, mask: Any) -> TensorRef:
        if tensor is twin and type(tensor) is Tensor:
            return self._plain_ref(tensor, mask)
        shape = _merged(_shape(tensor), _shape(twin))
        return TensorRef(self._id(tensor), shape, self._dtype(tensor.dtype), self._mask_id(mask))

    def _plain_ref(self, tensor: Tensor, mask: Any) -> TensorRef:
        """Made once per run: one tensor is the output of an op and the input of others."""
        key = tensor.id, None if mask is None else self._mask_id(mask)
        made = self._refs_made.get(key)
        if made is None:
            made = TensorRef(tensor.id, tensor.shape, self._dtype(tensor.dtype), key[1])
            self._refs_made[key] = made
        return made

    def _mask_id(self, mask: Any) -> int | None:
        """The id of a mask; one that was computed again is the mask it was."""
        found = self._id(mask)
        return None if found is None else self._same_masks.get(found, found)

    def _op_ref(self, tensor: Tensor) -> TensorRef:
        """Of an operand or result of an op: by its id alone, which is quicker."""
        made = self._op_refs.get(tensor.id)
        if made is None:
            made = self._op_refs[tensor.id] = self._plain_ref(tensor, private.mask_of(tensor))
        return made

    def _weight(self, variable: Any, value: Any, trainable: bool) -> Weight:
        """Made once for each value that a weight has: many runs use the same one."""
        tensor = self._id(value)
        key = id(variable), tensor, trainable
        owner, made = self._weights.get(key, (None, None))
        if made is None or owner is not variable or tensor is None:
            made = Weight(
                name=variable.path,
                shape=tuple(variable.shape),
                dtype=self._dtype(variable.dtype),
                trainable=trainable,
                initialized=private.is_initialized(variable),
                tensor=tensor,
            )
            self._weights[key] = variable, made
        return made

    def _op(self, record: OpRecord, context: RunContext, call: str | None = None) -> Op:
        file, line = record.location if record.location else (None, None)
        return Op(
            op=record.primitive.name,
            inputs=tuple(map(self._op_ref, record.inputs)),
            outputs=tuple(map(self._op_ref, record.outputs)),
            file=file,
            line=line,
            function=record.function,
            elapsed_s=record.elapsed_s,
            position=record.index + bisect_right(context.frame_events, record.index),
            call=call,
            implementation=record.implementation,
        )

    def _edges(self, frame: Frame, ids: dict[Frame, str]) -> list[Edge]:
        return [
            Edge(
                source=ids.get(link.source.frame) if link.source.frame else None,
                target=ids[frame],
                tensor_index=link.source.tensor_index,
                argument=link.argument,
                shape=_shape(link.source.tensor),
                dtype=self._dtype(link.source.tensor.dtype),
            )
            for link in frame.edges
            if link.source.frame is None or link.source.frame in ids
        ]

    def _id(self, tensor: Any) -> int | None:
        if tensor is None:
            return None
        if isinstance(tensor, Tensor):
            return tensor.id
        if not private.is_symbol(tensor):
            return None
        if id(tensor) not in self._symbols:
            self._symbols[id(tensor)] = (tensor, -len(self._symbols) - 1)
        return self._symbols[id(tensor)][1]

    def _dtype(self, dtype: Any) -> str:
        found = self._dtypes.get(dtype)
        if found is None:
            try:
                found = private.standard_dtype(dtype)
            except ValueError:  # an array of Python objects, say: Keras has no name for it
                found = str(dtype)
            self._dtypes[dtype] = found
        return found


class _UnknownAxes:
    """Pairs the calls of a symbolic run with those of its second run on other sizes.

    Axes that differ between the two depend on sizes that were not known.
    """

    def __init__(self, context: RunContext) -> None:
        self._twins: dict[Frame, Frame] = {}
        waiting: dict[tuple[str, int], list[Frame]] = defaultdict(list)
        for frame in context.second_frames:
            waiting[_place(frame)].append(frame)
        if waiting:
            for frame in context.frames:
                if waiting[_place(frame)]:
                    self._twins[frame] = waiting[_place(frame)].pop(0)

    def twin(self, frame: Frame) -> Frame | None:
        """The same call in the second run, None when there was none."""
        return self._twins.get(frame)


def _tensors(frame: Frame) -> list[Any]:
    return [tensor for _, tensor in frame.inputs]


def _place(frame: Frame) -> tuple[str, int]:
    return frame.path, id(frame.layer)


def _merged(first: Shape | None, second: Shape | None) -> Shape | None:
    if first is None or second is None or len(first) != len(second):
        return first
    return tuple(a if a == b else None for a, b in zip(first, second, strict=True))


def _shape(tensor: Any) -> Shape | None:
    shape = getattr(tensor, "shape", None)
    return None if shape is None else tuple(shape)


def _call_ids(frames: list[Frame]) -> dict[Frame, str]:
    counts: Counter[str] = Counter()
    ids = {}
    for frame in frames:
        ids[frame] = f"{frame.path}#{counts[frame.path]}"
        counts[frame.path] += 1
    return ids


def _ops_by_frame(
    records: list[OpRecord], frames: set[Frame]
) -> dict[Frame | None, list[OpRecord]]:
    found: dict[Frame | None, list[OpRecord]] = defaultdict(list)
    for record in records:
        frame = record.scope
        if record.is_backward:
            continue
        if frame is None or (frame in frames and record.index >= frame.ready_at):
            found[frame].append(record)
    return found


def _updates(context: RunContext) -> tuple[Update, ...]:
    """The optimizer's updates, and the weights that no gradient reached."""
    updates = [change.described() for change in context.updates]
    seen = {update.weight for update in updates}
    variables = {
        value.id: variable.path
        for frame in context.frames
        for variable, value in frame.weights
        if isinstance(value, Tensor)
    }
    unreached = [
        Update(variables[source.id], None, 0.0)
        for _, sources, gradients in context.differentiations
        for source, gradient in zip(sources, gradients, strict=True)
        if gradient is None and source.id in variables and variables[source.id] not in seen
    ]
    return (*updates, *unreached)
