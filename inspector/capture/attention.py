"""What attention calls let their queries look at: the effective mask, True = may attend.

Keras joins padding masks, an attention mask that was given, and the causal mask inside the layer;
nobody sees the result. It is read here from the op that takes it: the fused attention op, the
Softmax inside the layer, or (in the older layers) the masking of the scores. Where only the fused
op knows that it is causal, the triangle is made here; no other mask is computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.mask_lineage import Lineage, key_of
from inspector.capture.runs import RunContext
from inspector.engine import Tensor, array_module
from inspector.trace.document import AttentionMask


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A mask on its way into the softmax: `scores` is (batch, heads, queries, keys)."""

    frame: Frame | None
    mask: Tensor | None
    scores: tuple[int, ...]
    is_causal: bool


def masks_of(
    context: RunContext, call_id: Callable[[Frame], str]
) -> list[tuple[AttentionMask, Tensor]]:
    """The effective masks of a run, each with the tensor that holds it.

    Cost: a view of the mask that the run made; queries times keys where the op alone is causal.
    """
    if context.kind == "build":
        return []
    masked = [
        found
        for found in _found(context)
        if found.frame is not None and (found.mask is not None or found.is_causal)
    ]
    if not masked:
        return []
    lineage = Lineage(context)
    return [_described(found, lineage, call_id) for found in masked]


def _found(context: RunContext) -> Iterator[_Found]:
    for record in context.tape.records:
        if record.is_backward:
            continue
        if record.primitive.name == "attention":
            has_mask = record.constants["has_mask"]
            mask = record.inputs[-1] if has_mask else None
            causal = bool(record.constants["causal"])
            yield _Found(_caller(record.scope), mask, record.outputs[1].shape, causal)
    for frame in context.frames:
        yield from _in_softmax(frame)
        yield from _in_scores(frame, context)


def _in_softmax(frame: Frame) -> Iterator[_Found]:
    """The Softmax that an attention layer runs where it shows its scores or drops some out."""
    is_inner = frame.class_name == "Softmax" and private.is_inside_attention(frame)
    if is_inner and frame.mask_arguments and frame.inputs:
        mask, scores = frame.mask_arguments[0], frame.inputs[0][1]
        if isinstance(mask, Tensor) and len(scores.shape) == 4:
            yield _Found(_caller(frame), mask, scores.shape, False)


def _in_scores(frame: Frame, context: RunContext) -> Iterator[_Found]:
    """Attention and AdditiveAttention: scores are lowered where the mask says no."""
    if not private.is_scored_attention(frame.layer):
        return
    own = [record for record in context.tape.records if record.scope is frame]
    turned = next((r for r in own if r.primitive.name == "logical_not"), None)
    scored = next((r for r in own if r.primitive.name == "softmax"), None)
    if turned is not None and scored is not None:
        shape = scored.outputs[0].shape
        yield _Found(frame, turned.inputs[0], (shape[0], 1, *shape[-2:]), False)


def _caller(scope: Any) -> Frame | None:
    """The attention layer's call around an op, else the call itself."""
    if not isinstance(scope, Frame):
        return None
    around = [frame for frame in (scope, *scope.ancestors()) if private.is_attention(frame.layer)]
    return around[-1] if around else scope


def _described(
    found: _Found, lineage: Lineage, call_id: Callable[[Frame], str]
) -> tuple[AttentionMask, Tensor]:
    assert found.frame is not None
    tensor = _effective(found)
    batch, heads, queries, _ = found.scores
    rows = ~tensor.data.any(axis=-1)
    each = (batch * heads * queries) // max(rows.size, 1)
    described = AttentionMask(
        call=call_id(found.frame),
        tensor=tensor.id,
        shape=tensor.shape,
        batch=batch,
        heads=heads,
        queries=queries,
        made_of=tuple(_parts(found, lineage)),
        blocked=int(rows.sum()) * each,
    )
    return described, tensor


def _effective(found: _Found) -> Tensor:
    """The mask as (batch or 1, heads or 1, queries or 1, keys)."""
    mask = None if found.mask is None else _four_axes(found.mask)
    if not found.is_causal:
        assert mask is not None
        return Tensor(mask)
    triangle = array_module.xp.tri(*found.scores[-2:], dtype=bool)[None, None]
    return Tensor(triangle if mask is None else mask & triangle)


def _four_axes(mask: Tensor) -> Any:
    values = mask.data
    shape = tuple(values.shape)
    if len(shape) == 2:  # (batch, keys)
        shape = (shape[0], 1, 1, shape[1])
    elif len(shape) == 3:  # (batch, queries, keys)
        shape = (shape[0], 1, *shape[1:])
    values = values.reshape(shape)
    return values if values.dtype == np.bool_ else values > 0.5


def _parts(found: _Found, lineage: Lineage) -> Iterator[str]:
    """What the mask was put together from, in words."""
    assert found.frame is not None
    frame = found.frame
    if found.mask is not None:
        yield from _given_parts(frame, found.mask, lineage)
        ops = lineage.ops_behind(found.mask)
        if found.is_causal or "cumsum" in ops:
            yield "causal: no key after the query"
        if "absolute" in ops:
            yield f"a window of {private.sliding_window(frame.layer)} around the query"
    elif found.is_causal:
        yield "causal: no key after the query"


def _given_parts(frame: Frame, mask: Tensor, lineage: Lineage) -> Iterator[str]:
    names: dict[str, Any] = {}
    for place, ((name, tensor), own) in enumerate(
        zip(frame.inputs, frame.input_masks, strict=True)
    ):
        if name.endswith("_mask"):
            names[f"{name} as it was given"] = tensor
        elif own is not None and (place == 1 or not private.is_scored_attention(frame.layer)):
            names.setdefault(f"padding of the {_role(frame, name, place)}", own)
    for position, given in enumerate(frame.mask_arguments):
        if all(given is not known for known in names.values()):
            names[f"the mask given as argument {position}"] = given
    known = {key_of(tensor) for tensor in names.values()}
    roots = {key_of(root) for root in lineage.roots(mask, known)}
    yield from (name for name, tensor in names.items() if key_of(tensor) in roots)


def _role(frame: Frame, name: str, place: int) -> str:
    """Query, value or key: Attention takes them as one list."""
    if private.is_scored_attention(frame.layer):
        return ("query", "value", "key")[place] if place < 3 else name
    return name
