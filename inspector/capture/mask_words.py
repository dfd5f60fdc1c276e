"""What is said of a mask's events: what a use does, why one is lost, and what to do about it.

The words are for people; nothing is decided by them.
"""

from __future__ import annotations

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame

Words = tuple[str, str]
_SKIPS = "skips the masked steps: state and output stay as they were the step before"
_SOFTMAX = "keeps what is masked out of the softmax"
_USES = {
    "LSTM": _SKIPS,
    "GRU": _SKIPS,
    "SimpleRNN": _SKIPS,
    "RNN": _SKIPS,
    "ConvLSTM1D": _SKIPS,
    "ConvLSTM2D": _SKIPS,
    "ConvLSTM3D": _SKIPS,
    "Bidirectional": _SKIPS,
    "MultiHeadAttention": _SOFTMAX,
    "GroupedQueryAttention": _SOFTMAX,
    "Attention": _SOFTMAX,
    "AdditiveAttention": _SOFTMAX,
    "Softmax": _SOFTMAX,
    "GlobalAveragePooling1D": "leaves the masked steps out of the mean",
    "BatchNormalization": "leaves the masked steps out of the statistics of the batch",
    "Multiply": "leaves the masked entries out of the product",
}
_MERGING_OPS = {"add": "Add", "subtract": "Subtract", "multiply": "Multiply", "maximum": "Maximum"}
_BY_HAND = "give the mask to the layer that needs it by hand: layer(x, mask=mask)"
_NO_STEPS = "what it gives out has no steps left that could be masked"


def may_use(frame: Frame) -> bool:
    """Whether a call that is given a mask is known to use it, or runs code of the user's."""
    names = {cls.__name__ for cls in type(frame.layer).__mro__}
    return bool(names & _USES.keys()) or not private.is_of_keras(frame.layer)


def of_use(frame: Frame, op: str | None) -> str:
    """What a call does with a mask."""
    for cls in type(frame.layer).__mro__:
        if cls.__name__ in _USES:
            return _USES[cls.__name__]
    if op in ("lstm", "gru"):
        return _SKIPS
    return f"its op {op} takes the mask" if op else "it is given the mask"


def of_use_outside(op: str) -> str:
    """What an op outside of any call does with a mask."""
    return f"{op} takes it, outside of any layer"


def of_end(frame: Frame) -> str:
    """Why a call ends a mask on purpose."""
    if frame.class_name == "Dot":
        return "a product of two tensors has no mask; the padding takes part in it"
    if private.is_attention(frame.layer):
        return "what it gives out has the steps of the query, and the query's mask"
    return _NO_STEPS


def of_drop_by_layer(frame: Frame, *, was_used: bool) -> Words:
    """Why a layer that hands no mask on loses one, and what to do."""
    name = frame.class_name
    if was_used:
        return (
            f"{name} uses the mask, but does not hand it on: supports_masking is False",
            _fix_for(frame),
        )
    if private.is_merge(frame.layer):
        return (
            f"{name} hands a mask on only when all its inputs have one",
            "Give the other inputs the same mask, or none of them; or " + _BY_HAND + ".",
        )
    return f"{name} does not support masks (supports_masking is False)", _fix_for(frame)


def of_replacement(frame: Frame) -> Words:
    """Why a layer that makes a mask of its own loses the one that came in."""
    return (
        f"{frame.class_name} makes a mask of its own and does not look at the one it is given",
        "Join the two by hand: y._keras_mask = ops.logical_and(before, after).",
    )


def of_taking_off(frame: Frame) -> Words:
    """Why a tensor that had a mask comes out of another layer's hands without it."""
    return (
        f"{frame.class_name} takes the masks off the very tensors that it is given",
        "Call the layer that still needs the mask first, or " + _BY_HAND + ".",
    )


def of_drop_by_op(op: str, inputs: int) -> Words:
    """Why a raw op loses a mask, and what to do."""
    reason = f"{op} makes a new tensor, and masks travel only through layers"
    if op in ("get_item", "getitem", "take", "slice"):
        return reason, "Cut the mask the same way and give it on: layer(x, mask=mask[...])."
    if op in _MERGING_OPS and inputs > 1:
        return reason, f"Use keras.layers.{_MERGING_OPS[op]}()([a, b]), which merges the masks."
    return (
        reason,
        "Put the op into a layer with supports_masking = True, or " + _BY_HAND + ".",
    )


def _fix_for(frame: Frame) -> str:
    name = frame.class_name
    if name == "Lambda":
        return "Pass mask=lambda inputs, mask: mask to the Lambda."
    if name == "GlobalMaxPooling1D":
        return "Set the masked steps to a very small number first, or " + _BY_HAND + "."
    if private.is_of_keras(frame.layer):
        return _BY_HAND[0].upper() + _BY_HAND[1:] + "."
    return (
        f"Set self.supports_masking = True in {name}.__init__ "
        "(and write compute_mask if it changes the steps)."
    )
