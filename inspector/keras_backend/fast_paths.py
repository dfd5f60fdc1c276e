"""Functions that Keras composes of many ops on our backend, replaced by single ops of ours.

Keras has such fast paths for torch inside its own functions; it cannot know of ours. Each
replacement gives what the original gives, and calls it for arguments it does not cover.

    layer_normalization, rms_normalization    one op in place of eight
    LSTM and GRU with `zero_output_for_mask`  Keras does not tell the fused op about it
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from typing import Any

from keras.src import tree
from keras.src.backend import config

from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, normalization, shaping
from inspector.engine.promotion import result_type
from inspector.engine.rules import BOOL, FLOAT32, normalize_axes
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.door import labelled

Function = Callable[..., Any]


def attach() -> None:
    """Put the replacements in place of Keras' functions."""
    module = sys.modules["keras.src.ops.nn"]
    for name, made in (
        ("_layer_normalization", layer_normalization),
        ("_rms_normalization", rms_normalization),
    ):
        door = labelled(made(getattr(module, name)), name.lstrip("_"))
        setattr(module, name, door)
    from keras.src.layers import GRU, LSTM

    for layer in (LSTM, GRU):
        layer.inner_loop = zeroing(layer.inner_loop)


def layer_normalization(original: Function) -> Function:
    """Keras' layer normalization over trailing axes as one op."""

    @functools.wraps(original)
    def run(
        x: Any,
        gamma: Any = None,
        beta: Any = None,
        axis: Any = -1,
        epsilon: float | None = None,
        rms_scaling: bool = False,
    ) -> Any:
        x = convert_to_tensor(x)
        if rms_scaling or not _is_trailing(x, axis, gamma, beta):
            return original(x, gamma, beta, axis, epsilon, rms_scaling)
        return _normalized(x, gamma, beta, axis, epsilon, centered=True)

    return run


def rms_normalization(original: Function) -> Function:
    """Keras' RMS normalization over trailing axes as one op."""

    @functools.wraps(original)
    def run(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Any:
        x = convert_to_tensor(x)
        if not _is_trailing(x, axis, scale, None):
            return original(x, scale, axis, epsilon)
        return _normalized(x, scale, None, axis, epsilon, centered=False)

    return run


def _is_trailing(x: Tensor, axis: Any, scale: Any, offset: Any) -> bool:
    """Whether the axes are the last ones and scale and offset as large as they are."""
    if x.ndim == 0:
        return False
    axes = normalize_axes(axis, x.ndim)
    size = math.prod(x.shape[i] for i in axes)
    fitting = all(v is None or math.prod(v.shape) == size for v in (scale, offset))
    return fitting and axes == tuple(range(x.ndim - len(axes), x.ndim))


def _normalized(
    x: Tensor, scale: Any, offset: Any, axis: Any, epsilon: float | None, centered: bool
) -> Tensor:
    # At least float32, as in Keras.
    dtype = result_type(x.dtype, FLOAT32)
    axes = normalize_axes(axis, x.ndim)
    size = math.prod(x.shape[i] for i in axes)
    rows = cast_to(x, dtype)
    if len(axes) > 1:
        rows = shaping.reshape(rows, shape=(*x.shape[: axes[0]], size))
    given = [
        shaping.reshape(convert_to_tensor(v, dtype), shape=(size,))
        for v in (scale, offset)
        if v is not None
    ]
    out = normalization.layer_norm(
        rows,
        *given,
        epsilon=float(config.epsilon() if epsilon is None else epsilon),
        centered=centered,
        has_scale=scale is not None,
        has_offset=offset is not None,
    )
    out = out if len(axes) == 1 else shaping.reshape(out, shape=x.shape)
    return cast_to(out, x.dtype)


def zeroing(original: Function) -> Function:
    """An LSTM's or GRU's loop whose masked outputs are zero where the layer says so."""

    @functools.wraps(original)
    def inner_loop(
        layer: Any, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        last, outputs, states = original(layer, sequences, initial_state, mask, training)
        if tree.is_nested(mask):
            mask = mask[0]
        # A loop that keeps its last output only is the general one, which has seen to it.
        if mask is None or not layer.zero_output_for_mask or outputs.shape[1] != mask.shape[1]:
            return last, outputs, states
        kept = cast_to(convert_to_tensor(mask), BOOL)
        if layer.go_backwards:
            kept = shaping.flip(kept, axis=(1,))
        kept = shaping.reshape(kept, shape=(*outputs.shape[:2], 1))
        outputs = choice.where(kept, outputs, choice.full_like(outputs, value=0))
        return outputs[:, -1], outputs, states

    return inner_loop
