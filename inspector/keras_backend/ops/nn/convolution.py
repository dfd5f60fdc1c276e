"""Convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import convolution, shaping
from inspector.engine.promotion import result_type
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.nn.layout import (
    channels_first,
    in_channels_last,
    padding_pairs,
    sizes,
)

Amount = int | Sequence[int]


def _promoted(*given: Any) -> list[Tensor]:
    tensors = [convert_to_tensor(x) for x in given]
    dtype = result_type(*(t.dtype for t in tensors))
    return [cast_to(t, dtype) for t in tensors]


def _channels(x: Tensor, data_format: str | None) -> int:
    return x.shape[1] if channels_first(data_format) else x.shape[-1]


def conv(
    inputs: Any,
    kernel: Any,
    strides: Amount = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Amount = 1,
) -> Tensor:
    """Keras' general convolution; its groups follow from the channels of input and kernel.

    Raises:
        ValueError: the channels do not fit, or nothing would come out.
    """
    inputs, kernel = _promoted(inputs, kernel)
    channels, wanted = _channels(inputs, data_format), kernel.shape[-2]
    if not wanted or channels % wanted:
        raise ValueError(
            "The number of input channels must be evenly divisible by kernel's in_channels. "
            f"Received input channels {channels} and kernel in_channels {wanted}. "
        )
    result = in_channels_last(
        lambda x: _conv(x, kernel, strides, padding, dilation_rate, channels // wanted),
        inputs,
        data_format,
    )
    if result.size == 0 and inputs.size != 0:
        raise ValueError(
            "The convolution operation resulted in an empty output. This can happen if the input "
            f"is too small (here {inputs.shape}) for the given kernel size "
            f"({kernel.shape[:-2]}), strides, dilation rate, and padding mode. Please check the "
            "input shape and convolution parameters."
        )
    return result


def _conv(
    x: Tensor, kernel: Tensor, strides: Amount, padding: str, dilation_rate: Amount, groups: int
) -> Tensor:
    rank = x.ndim - 2
    steps, dilation = sizes(strides, rank), sizes(dilation_rate, rank)
    pairs = padding_pairs(padding, x.shape[1:-1], kernel.shape[:-2], steps, dilation)
    return convolution.conv(
        x, kernel, strides=steps, padding=pairs, dilation=dilation, groups=groups
    )


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Amount = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Amount = 1,
) -> Tensor:
    """Every channel with kernels of its own: (*kernel, channels, multiplier).

    Raises:
        ValueError: the kernel is for another number of channels.
    """
    inputs, kernel = _promoted(inputs, kernel)
    channels = _check_channels(inputs, kernel.shape[-2], data_format)
    shape = (*kernel.shape[:-2], 1, channels * kernel.shape[-1])
    grouped = shaping.reshape(kernel, shape=shape)
    return in_channels_last(
        lambda x: _conv(x, grouped, strides, padding, dilation_rate, channels), inputs, data_format
    )


def _check_channels(inputs: Tensor, wanted: int, data_format: str | None) -> int:
    channels = _channels(inputs, data_format)
    if channels != wanted:
        raise ValueError(
            "The number of input channels must match the kernel's input channels. Received: input "
            f"channels={channels}, kernel input channels={wanted}, data_format='{data_format}'."
        )
    return channels


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Amount = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Amount = 1,
) -> Tensor:
    """A depthwise convolution, then a 1x1 convolution across the channels."""
    deep = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(deep, pointwise_kernel, 1, "valid", data_format, dilation_rate)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Amount = 1,
    padding: str = "valid",
    output_padding: Amount | None = None,
    data_format: str | None = None,
    dilation_rate: Amount = 1,
) -> Tensor:
    """The transposed convolution; kernel (*kernel, filters, channels).

    Raises:
        ValueError: the kernel is for another number of channels, or the padding is unknown.
    """
    inputs, kernel = _promoted(inputs, kernel)
    _check_channels(inputs, kernel.shape[-1], data_format)
    rank = inputs.ndim - 2
    steps, dilation = sizes(strides, rank), sizes(dilation_rate, rank)
    extra = (None,) * rank if output_padding is None else sizes(output_padding, rank)

    def run(x: Tensor) -> Tensor:
        axes = [
            _transposed_axis(*axis, padding)
            for axis in zip(x.shape[1:-1], kernel.shape, steps, dilation, extra, strict=False)
        ]
        return convolution.conv_input_grad(
            x,
            kernel,
            size=tuple(size for size, _ in axes),
            strides=steps,
            padding=tuple(pair for _, pair in axes),
            dilation=dilation,
            groups=1,
        )

    return in_channels_last(run, inputs, data_format)


def _transposed_axis(
    size: int, kernel: int, stride: int, dilation: int, extra: int | None, padding: str
) -> tuple[int, tuple[int, int]]:
    """(output size, padding of the convolution that this is the transpose of) for one axis."""
    reach = (kernel - 1) * dilation + 1
    full = (size - 1) * stride + reach
    word = padding.lower()
    if word == "valid":
        output = full + (max(reach, stride) - reach if extra is None else extra)
        return output, (0, full - output)
    if word != "same":
        raise ValueError(f"The `padding` argument must be one of 'valid', 'same': {padding}")
    # Keras' rule: of the `reach - 1` values around, `left` stay before the output.
    total = stride + reach - 2 if extra is None else reach + reach % 2 - 2 + extra
    left = min(total // 2 + total % 2, reach - 1)
    output = (size - 1) * stride + 1 + total - (reach - 1)
    before = reach - 1 - left
    return output, (before, full - output - before)
