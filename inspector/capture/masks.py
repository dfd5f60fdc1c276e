"""The mask thread: each mask's life in one run, read from its frames and its tape.

born      a call's output carries a mask that was not made of another one (Embedding, Masking),
          or user code made one and handed it over
used      a call takes the mask; `op` is where it has its effect (the step skip, the softmax)
passed    the same mask, or one made of it alone, came out on the call's output
merged    the call made one mask out of several
consumed  the call supports masks and ended it on purpose (an LSTM that returns no sequence)
dropped   it is lost: by a call that does not support masks, or by an op between calls

What happens inside an attention layer is told of that layer: its parts see the mask in forms
that nobody wrote. Masks are known by `mask_lineage.key_of`, since symbols have no ids.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture import mask_words as words
from inspector.capture.frames import Frame
from inspector.capture.mask_lineage import Lineage, key_of, same_values
from inspector.capture.mask_reading import (
    count_masked,
    distinct,
    has_mask,
    has_masks,
    is_in,
    is_named_mask,
    mask_of_source,
    only_runs_layers,
    op_name,
    shape_of,
)
from inspector.capture.origins import Link
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord
from inspector.trace import Mask, MaskEvent
from inspector.trace.document import MaskEventKind

_ENDS = ("consumed", "dropped")


class MaskThread:
    """Collects the events of one run.

    call_id: the trace's id of a frame; tensor_id: the trace's id of a mask.
    """

    def __init__(
        self, call_id: Callable[[Frame], str], tensor_id: Callable[[Any], int | None]
    ) -> None:
        self._call_id = call_id
        self._tensor_id = tensor_id
        self._masks: dict[Any, Any] = {}
        # A mask that is computed again is the same mask: by key, the one that was there before.
        self._same: dict[Any, Any] = {}
        self._born: dict[Any, str] = {}
        self._events: dict[Any, list[tuple[float, MaskEvent]]] = {}
        self._ended: set[tuple[Any, Frame]] = set()
        self._used: set[tuple[Any, Frame]] = set()

    def read(self, context: RunContext) -> tuple[Mask, ...]:
        """The masks of the run, in the order of their births."""
        if not has_masks(context):
            return ()
        self._context = context
        self._lineage = Lineage(context)
        self._frames = set(context.frames)
        arrived: set[Frame] = set()
        for frame in sorted(context.frames, key=lambda frame: frame.end):
            # What a model was given is told of the model, not of the first call inside it.
            for around in [*frame.ancestors()][::-1]:
                if around not in arrived:
                    arrived.add(around)
                    self._arrivals(around)
            if private.is_inside_attention(frame):
                continue
            self._arrivals(frame)
            self._uses(frame)
            kept = self._outputs(frame)
            self._lost_before(frame)
            self._lost_after(frame)
            self._ends(frame, kept)
        self._used_outside()
        return tuple(self._mask(key, mask) for key, mask in self._masks.items())

    @property
    def same(self) -> dict[int, int]:
        """By the ids of masks that were computed again, the id of the mask that each one is."""
        return {key: self._id(mask) for key, mask in self._same.items() if key > 0}

    def _id(self, mask: Any) -> int:
        found = self._tensor_id(mask)
        assert found is not None
        return found

    def _is_known(self, mask: Any) -> bool:
        return key_of(mask) in self._masks or key_of(mask) in self._same

    def _first(self, mask: Any) -> Any:
        """The mask itself, or the one that it repeats."""
        return self._same.get(key_of(mask), mask)

    def _roots(self, mask: Any) -> list[Any]:
        """The masks of the run that `mask` was made of; itself where it is one of them."""
        known = self._masks.keys() | self._same.keys()
        return distinct(map(self._first, self._lineage.roots(mask, known)))

    def _mask(self, key: Any, mask: Any) -> Mask:
        events = [event for _, event in sorted(self._events[key], key=lambda pair: pair[0])]
        return Mask(
            self._id(mask), shape_of(mask), self._born.get(key), tuple(events), count_masked(mask)
        )

    def _note(
        self,
        mask: Any,
        what: MaskEventKind,
        frame: Frame | None,
        op: Any = None,
        *,
        said: words.Words = ("", ""),
        into: Any = None,
    ) -> None:
        key = key_of(mask)
        location = op.location if isinstance(op, OpRecord) else None
        if location is None and frame is not None:
            location = frame.location
        file, line = location if location else (None, None)
        call = self._call_id(frame) if frame is not None else None
        made = self._tensor_id(into) if into is not None else None
        event = MaskEvent(call, op_name(op), what, file, line, *said, into=made)
        self._masks.setdefault(key, mask)
        events = self._events.setdefault(key, [])
        if all(event != known for _, known in events):
            events.append((self._position(what, frame, op), event))
        if frame is not None and what in _ENDS:
            self._ended.add((key, frame))

    def _position(self, what: MaskEventKind, frame: Frame | None, op: Any) -> float:
        """Where an event stands in the run: at its op, else at the begin or end of its call."""
        if isinstance(op, OpRecord):
            return op.index + bisect_right(self._context.frame_events, op.index)
        if frame is None:
            return -1.0 if what == "born" else float("inf")
        return float(frame.start if what == "used" else frame.end)

    # --- what comes in ---------------------------------------------------------------------

    def _arrivals(self, frame: Frame) -> None:
        """Masks that no call gave out: user code made them, or they are made again for this call.

        A Sequential model computes masks anew for those of its layers that take one.
        """
        for mask in self._taken(frame):
            if self._tensor_id(mask) is None or self._roots(mask):
                continue
            twin = next((m for m in self._twins(mask, frame) if same_values(m, mask)), None)
            if twin is not None:
                self._same[key_of(mask)] = self._first(twin)
                continue
            self._arrive(mask, frame)

    def _twins(self, mask: Any, frame: Frame) -> list[Any]:
        """The masks that a mask given to a call may be, computed again."""
        near = [m for m in distinct(frame.input_masks) if self._is_known(m)]
        scope = getattr(getattr(mask, "record", None), "scope", None)
        if isinstance(scope, Frame) and only_runs_layers(scope):
            # A Functional model remembers how masks were made while it was put together.
            return [*near, *reversed(self._masks.values())]
        return near

    def _arrive(self, mask: Any, frame: Frame) -> None:
        record = getattr(mask, "record", None)
        maker = record.scope if record is not None else frame.parent
        if maker is not None and maker not in self._frames:
            record = maker = None
        how = "came in from outside" if maker is None else "made by user code"
        if maker is not None and only_runs_layers(maker):
            how = "computed by the model itself, as when it was put together"
        self._note(mask, "born", maker, record, said=(how, ""))
        if maker is not None:
            self._born[key_of(mask)] = self._call_id(maker)

    def _taken(self, frame: Frame) -> list[Any]:
        """The masks that a call is given, on its inputs or as arguments."""
        named = [tensor for name, tensor in frame.inputs if is_named_mask(name, tensor)]
        return distinct([*frame.input_masks, *frame.mask_arguments, *named])

    def _uses(self, frame: Frame) -> None:
        arguments = {key_of(mask) for mask in frame.mask_arguments}
        whole = private.is_attention(frame.layer)

        def within(record: OpRecord) -> bool:
            return record.scope is frame or (whole and is_in(record.scope, frame))

        for mask in distinct([*self._taken(frame), *self._handed_over(frame)]):
            op = self._lineage.use(mask, within)
            # Symbols run no ops: being given the mask is all that is known.
            is_given = frame.symbolic and key_of(mask) in arguments
            if op is None and not (is_given and words.may_use(frame)):
                continue
            for root in self._roots(mask):
                self._used.add((key_of(root), frame))
                said = words.of_use(frame, op_name(op)), ""
                self._note(root, "used", frame, op, said=said)

    def _handed_over(self, frame: Frame) -> list[Any]:
        """Masks that user code hands over as a plain argument."""
        return [tensor for _, tensor in frame.inputs if self._is_known(tensor)]

    # --- what goes out ---------------------------------------------------------------------

    def _outputs(self, frame: Frame) -> set[Any]:
        """Births, merges and passes; answers the masks that live on."""
        given = {key_of(self._first(m)) for m in self._given(frame)}
        kept: set[Any] = set()
        for mask in distinct(frame.output_masks):
            if self._tensor_id(mask) is None:
                continue
            roots = self._roots(mask) or self._repeated(mask, frame)
            if not roots:
                self._note(mask, "born", frame)
                self._born[key_of(mask)] = self._call_id(frame)
            elif len(roots) > 1 or not self._is_the_same(mask, roots[0]):
                kept |= self._made_of(mask, roots, frame)
            else:
                kept.add(key_of(roots[0]))
                is_new = not self._is_known(mask)
                if is_new:
                    self._same[key_of(mask)] = roots[0]
                if is_new or (key_of(roots[0]) in given and not only_runs_layers(frame)):
                    self._note(roots[0], "passed", frame)
        return kept

    @staticmethod
    def _given(frame: Frame) -> list[Any]:
        return distinct([*frame.input_masks, *frame.mask_arguments])

    def _is_the_same(self, mask: Any, root: Any) -> bool:
        return self._first(mask) is root or same_values(mask, root)

    def _repeated(self, mask: Any, frame: Frame) -> list[Any]:
        """The mask that a layer computes again: the one it was given, or one of a call inside."""
        own = self._call_id(frame).rpartition("#")[0] + "/"
        inside = [m for k, m in self._masks.items() if self._born.get(k, "").startswith(own)]
        candidates = [*map(self._first, self._given(frame)), *inside]
        return [m for m in candidates if same_values(m, mask)][:1]

    def _made_of(self, mask: Any, roots: list[Any], frame: Frame) -> set[Any]:
        what: MaskEventKind = "merged" if len(roots) > 1 else "passed"
        how = "becomes part of another mask" if len(roots) > 1 else "goes on in another form"
        for root in roots:
            self._note(root, what, frame, said=(how, ""), into=mask)
        made_of = f"made of {len(roots)} masks" if len(roots) > 1 else "made of another mask"
        self._note(mask, "born", frame, said=(made_of, ""))
        self._born[key_of(mask)] = self._call_id(frame)
        return {key_of(root) for root in roots}

    # --- what is lost ----------------------------------------------------------------------

    def _lost_before(self, frame: Frame) -> None:
        """Masks that were lost on the way to this call."""
        for link in frame.edges:
            mask = mask_of_source(link)
            if mask is None or has_mask(frame, link.tensor) or not self._is_known(mask):
                continue
            if link.source.first_op is None:
                self._taken_off(self._first(mask), link, frame)
            else:
                self._lost_at_op(self._first(mask), link, frame.parent)

    def _lost_after(self, frame: Frame) -> None:
        """Masks that were lost between the last call inside and what the call gives out."""
        if not frame.has_children or only_runs_layers(frame):
            return
        for tensor, kept in zip(frame.outputs, frame.output_masks, strict=True):
            maker = self._context.origins.maker(tensor)
            if kept is not None or (maker is not None and maker is not frame):
                continue
            for source in self._context.origins.behind(tensor):
                link = Link(source, "", tensor)
                mask = mask_of_source(link)
                giver = source.frame
                if mask is None or giver is None or not giver.is_inside(frame):
                    continue
                if self._is_known(mask) and source.first_op is not None:
                    self._lost_at_op(self._first(mask), link, frame)

    def _lost_at_op(self, mask: Any, link: Link, around: Frame | None) -> None:
        op = link.source.first_op
        scope = op.scope if isinstance(op, OpRecord) else around
        if scope is not None and (
            self._puts_back(mask, scope)
            or (key_of(mask), scope) in self._used
            or private.runs_no_user_code(scope.layer)
        ):
            return
        said = words.of_drop_by_op(op_name(op) or "an op", _like_its_output(op))
        self._note(mask, "dropped", scope, op, said=said)
        if link.source.frame is not None:
            self._ended.add((key_of(mask), link.source.frame))

    def _puts_back(self, mask: Any, scope: Frame) -> bool:
        """Whether the layer around supports masks and puts it back on its output."""
        kept = distinct(scope.output_masks)
        return any(same_values(m, mask) or mask in self._roots(m) for m in kept)

    def _taken_off(self, mask: Any, link: Link, frame: Frame) -> None:
        """The very tensor that had a mask comes without it: a call before took it off."""
        takers = [
            other
            for other in self._context.frames
            if other.end < frame.start and any(t is link.tensor for _, t in other.inputs)
        ]
        taker = max(takers, key=lambda other: other.end, default=None)
        if taker is not None:
            self._note(mask, "dropped", taker, said=words.of_taking_off(taker))

    def _ends(self, frame: Frame, kept: set[Any]) -> None:
        if not frame.outputs:
            return
        for mask in self._given(frame):
            for root in self._roots(mask):
                if key_of(root) not in kept and not self._ended_inside(root, frame):
                    self._end(root, frame)

    def _ended_inside(self, mask: Any, frame: Frame) -> bool:
        return frame.has_children and any(
            key == key_of(mask) and ended.is_inside(frame) for key, ended in self._ended
        )

    def _end(self, mask: Any, frame: Frame) -> None:
        was_used = (key_of(mask), frame) in self._used
        if any(other is not None for other in frame.output_masks) and not was_used:
            if private.is_attention(frame.layer):
                return
            self._note(mask, "dropped", frame, said=words.of_replacement(frame))
        elif self._is_meant(mask, frame, was_used):
            self._note(mask, "consumed", frame, said=(words.of_end(frame), ""))
        else:
            said = words.of_drop_by_layer(frame, was_used=was_used)
            self._note(mask, "dropped", frame, said=said)

    def _is_meant(self, mask: Any, frame: Frame, was_used: bool) -> bool:
        """Whether a call ends a mask on purpose, not by not knowing of masks."""
        if private.is_merge(frame.layer) and None in frame.input_masks:
            return False
        if frame.layer.supports_masking:
            return True
        steps = shape_of(mask) or ()
        ranks = [len(shape_of(tensor) or ()) for _, tensor in frame.inputs]
        shapes = [shape_of(tensor) or () for tensor in frame.outputs]
        has_steps = any(s[: len(steps)] == steps and len(s) >= max(ranks) for s in shapes)
        return was_used and not has_steps

    def _used_outside(self) -> None:
        """Uses by ops outside of any call: the user's own arithmetic, losses."""
        weighting = {key_of(mask) for mask, _ in self._context.mask_weightings}
        for mask in list(self._masks.values()):
            op = self._lineage.use(mask, lambda record: record.scope is None)
            if op is not None and key_of(mask) not in weighting:
                said = words.of_use_outside(op_name(op) or ""), ""
                self._note(mask, "used", None, op, said=said)
        for mask, owner in self._context.mask_weightings:
            for root in self._roots(mask):
                self._note(root, "used", None, said=(f"weights {owner}: masked values count 0", ""))


def _like_its_output(op: Any) -> int:
    """How many operands an op has that are no mere number beside the others."""
    if not isinstance(op, OpRecord):
        return 1
    return sum(tensor.shape == op.outputs[0].shape for tensor in op.inputs)
