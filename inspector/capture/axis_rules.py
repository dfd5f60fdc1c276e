"""What each kind of Keras layer does to the axes of its input: hands them on, or sets them.

`step(layer, inputs, output_shape, axis)` answers for one axis of an output: the input and axis it
was handed on from, or the words that tell what set it ("Dense(8)", "13 x 13 x 8 from Flatten");
None for a kind that no rule is written for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

Shape = Sequence[int | None]
Step = str | tuple[Any, int]
Rule = Callable[[Any, Sequence[Any], Shape, int], Step | None]


_UNCHANGED = (
    "Activation",
    "BatchNormalization",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "GroupNormalization",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "PReLU",
    "ReLU",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
)


def step(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step | None:
    """Where the size at `axis` of the layer's output comes from."""
    if not inputs or not type(layer).call.__module__.startswith("keras."):
        return None  # a user's own `call` may do anything with the axes
    for kind in type(layer).__mro__:
        if kind.__module__.startswith("keras.") and kind.__name__ in _RULES:
            found = _RULES[kind.__name__](layer, inputs, output, axis)
            return found if _is_there(found, output[axis]) else None
    return None


def _is_there(found: Step | None, size: int | None) -> bool:
    """Whether the axis it was handed on from exists and has this size, where both are known."""
    if found is None or isinstance(found, str):
        return True
    tensor, axis = found
    shape = tuple(tensor.shape)
    return axis < len(shape) and (None in (shape[axis], size) or shape[axis] == size)


def product(sizes: Shape) -> str:
    """Sizes as one reads them: 13 x 13 x 8."""
    return " x ".join("?" if size is None else str(size) for size in sizes)


def _units(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    if axis == len(output) - 1:
        size = getattr(layer, "units", None) or getattr(layer, "output_dim", None)
        return f"{type(layer).__name__}({size})"
    return inputs[0], axis


def _recurrent(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    if axis == len(output) - 1:
        units = getattr(layer, "units", None)
        name = type(layer).__name__
        return name if units is None else f"{name}({units})"
    return inputs[0], axis


def _bidirectional(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    if axis != len(output) - 1:
        return inputs[0], axis
    one = _recurrent(layer.forward_layer, inputs, output, axis)
    times = "2 x " if layer.merge_mode == "concat" else ""
    return f"{times}{one} in Bidirectional"


def _convolution(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    channel = 1 if getattr(layer, "data_format", None) == "channels_first" else len(output) - 1
    kind = type(layer).__name__
    if axis == channel:
        filters = getattr(layer, "filters", None)
        return f"{kind}({filters})" if filters else _depthwise(layer, inputs, axis)
    if axis == 0:
        return inputs[0], 0
    place = axis - (2 if channel == 1 else 1)
    how = f"kernel {layer.kernel_size[place]}"
    if layer.strides[place] != 1:
        how += f", stride {layer.strides[place]}"
    return _resized(inputs[0], axis, output, f"{kind} ({how}, padding {layer.padding!r})")


def _depthwise(layer: Any, inputs: Sequence[Any], axis: int) -> Step:
    multiplier = getattr(layer, "depth_multiplier", 1)
    if multiplier == 1:
        return inputs[0], axis
    return f"{multiplier} x {inputs[0].shape[axis]} from {type(layer).__name__}"


def _pooling(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    channel = 1 if layer.data_format == "channels_first" else len(output) - 1
    if axis in (0, channel):
        return inputs[0], axis
    place = axis - (2 if channel == 1 else 1)
    how = f"pool {layer.pool_size[place]}, stride {layer.strides[place]}"
    return _resized(inputs[0], axis, output, f"{type(layer).__name__} ({how})")


def _global_pooling(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    last = len(inputs[0].shape) - 1
    if layer.keepdims or layer.data_format == "channels_first" or axis == 0:
        return inputs[0], axis
    return inputs[0], last


def _spatial(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    return _resized(inputs[0], axis, output, type(layer).__name__)


def _resized(tensor: Any, axis: int, output: Shape, kind: str) -> Step:
    before = tensor.shape[axis] if axis < len(tensor.shape) else None
    if before is not None and before == output[axis]:
        return tensor, axis
    return kind if before is None else f"{kind} of {before}"


def _flatten(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    inner = tuple(inputs[0].shape[1:])
    if axis == 0:
        return inputs[0], 0
    return f"{product(inner)} from Flatten" if len(inner) > 1 else (inputs[0], 1)


def _reshape(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    return (inputs[0], 0) if axis == 0 else f"Reshape({tuple(layer.target_shape)})"


def _repeat(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    if axis == 1:
        return f"RepeatVector({layer.n})"
    return inputs[0], min(axis, 1)


def _permute(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    return inputs[0], 0 if axis == 0 else layer.dims[axis - 1]


def _concatenate(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    if axis != layer.axis % len(output):
        return _known(inputs, axis)
    parts = ["?" if part.shape[axis] is None else str(part.shape[axis]) for part in inputs]
    return f"{' + '.join(parts)} from Concatenate(axis={layer.axis})"


def _known(inputs: Sequence[Any], axis: int) -> Step:
    for tensor in inputs:
        if tensor.shape[axis] is not None:
            return tensor, axis
    return inputs[0], axis


def _same(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step:
    return inputs[0], axis


def _attention(layer: Any, inputs: Sequence[Any], output: Shape, axis: int) -> Step | None:
    return (inputs[0], axis) if len(inputs[0].shape) == len(output) else None


def _table() -> dict[str, Rule]:
    rules: dict[str, Rule] = {"Flatten": _flatten, "Reshape": _reshape, "Permute": _permute}
    rules |= {"RepeatVector": _repeat, "Concatenate": _concatenate, "Bidirectional": _bidirectional}
    rules |= dict.fromkeys(("Dense", "Embedding"), _units)
    rules |= dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN"), _recurrent)
    rules |= dict.fromkeys(("BaseConv", "BaseSeparableConv", "BaseDepthwiseConv"), _convolution)
    rules |= dict.fromkeys(("BaseConvTranspose",), _convolution)
    rules |= dict.fromkeys(("BasePooling",), _pooling)
    rules |= dict.fromkeys(("BaseGlobalPooling",), _global_pooling)
    for dims in ("1D", "2D", "3D"):
        rules |= dict.fromkeys(
            (f"ZeroPadding{dims}", f"Cropping{dims}", f"UpSampling{dims}"), _spatial
        )
    rules |= dict.fromkeys(_UNCHANGED, _same)
    rules["MultiHeadAttention"] = _attention
    return rules


_RULES = _table()


def elements(shape: Shape) -> int | None:
    """How many values a shape holds, None when an axis is not known."""
    known = [size for size in shape if size is not None]
    return math.prod(known) if len(known) == len(shape) else None
