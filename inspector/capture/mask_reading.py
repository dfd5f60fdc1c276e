"""What calls, ops and tensors say of masks, read off them; `masks.py` makes a story of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.origins import Link
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor


def has_masks(context: RunContext) -> bool:
    """Whether any call of a run has to do with a mask."""
    return any(
        mask is not None
        for frame in context.frames
        for mask in (*frame.input_masks, *frame.output_masks, *frame.mask_arguments)
    ) or any(is_named_mask(*pair) for frame in context.frames for pair in frame.inputs)


def is_named_mask(name: str, tensor: Any) -> bool:
    """Whether a plain argument is a mask by its name, as `attention_mask` is."""
    return name.endswith("_mask") and str(getattr(tensor, "dtype", "")) == "bool"


def mask_of_source(link: Link) -> Any:
    """The mask that a tensor had where it came from; a later call may have taken it off."""
    frame = link.source.frame
    if frame is None:
        return private.mask_of(link.source.tensor)
    return frame.output_masks[link.source.tensor_index]


def has_mask(frame: Frame, tensor: Any) -> bool:
    """Whether a tensor came into a call with a mask."""
    return any(
        mask is not None
        for (_, given), mask in zip(frame.inputs, frame.input_masks, strict=True)
        if given is tensor
    )


def only_runs_layers(frame: Frame) -> bool:
    """Whether a call is nothing but the calls inside it: those tell of the mask."""
    return frame.has_children and private.functional_inside(frame.layer) is not None


def is_in(scope: Any, frame: Frame) -> bool:
    """Whether an op's scope is a call inside another one."""
    return isinstance(scope, Frame) and scope.is_inside(frame)


def op_name(op: Any) -> str | None:
    """What an op is called: by the backend function that ran it, else by its primitive."""
    if op is None:
        return None
    if isinstance(op, OpRecord):
        return op.function or op.primitive.name
    return str(op.name)


def distinct(masks: Iterable[Any]) -> list[Any]:
    """Each mask once, in their order; None left out."""
    return list({id(mask): mask for mask in masks if mask is not None}.values())


def shape_of(mask: Any) -> tuple[int | None, ...] | None:
    shape = getattr(mask, "shape", None)
    return None if shape is None else tuple(shape)


def count_masked(mask: Any) -> int | None:
    """How many entries are False."""
    if not isinstance(mask, Tensor) or mask.is_meta:
        return None
    return int(mask.size) - int((mask.data != 0).sum())
