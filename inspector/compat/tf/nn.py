"""`tf.nn`: activations, convolutions, pooling, normalisation, losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from inspector.compat.registry import export, named, public
from inspector.compat.tf.shapes import static_axis, static_shape
from inspector.compat.tf.tensors import is_tensor_like, tensor

ops = keras.ops


def _activation(target: str) -> Callable[..., Any]:
    def function(features: Any, name: str | None = None) -> Any:
        return getattr(ops, target)(tensor(features))

    return function


for _name in ("relu", "relu6", "elu", "selu", "softsign", "sigmoid", "softplus", "tanh"):
    _also = " math.softsign" if _name == "softsign" else ""
    export(f"nn.{_name}{_also}", named(f"tf.nn.{_name}", _activation(_name)))


@public("nn.leaky_relu")
def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Any:
    return ops.leaky_relu(tensor(features), negative_slope=alpha)


@public("nn.gelu")
def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    return ops.gelu(tensor(features), approximate=approximate)


@public("nn.silu", "nn.swish")
def silu(features: Any, beta: float = 1.0, name: str | None = None) -> Any:
    x = tensor(features)
    return ops.silu(x) if beta == 1.0 else ops.multiply(x, ops.sigmoid(ops.multiply(x, beta)))


@public("nn.crelu")
def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    x = tensor(features)
    return ops.concatenate([ops.relu(x), ops.relu(ops.negative(x))], axis=axis)


@public("nn.softmax", "math.softmax")
def softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Any:
    axis = static_axis(axis if axis is not None else dim)
    return ops.softmax(tensor(logits), axis=-1 if axis is None else axis)


@public("nn.log_softmax", "math.log_softmax")
def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Any:
    return ops.log_softmax(tensor(logits), axis=-1 if axis is None else static_axis(axis))


@public("nn.dropout")
def dropout(
    x: Any, rate: Any = None, noise_shape: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """Always drops: there is no training flag in this function."""
    shape = None if noise_shape is None else static_shape(noise_shape)
    found = tensor(x)
    if float(rate) == 0.0:
        return found
    return keras.random.dropout(found, float(rate), noise_shape=shape, seed=seed)


def _format(data_format: Any) -> str:
    return "channels_first" if str(data_format or "NHWC").startswith("NC") else "channels_last"


def _window(value: Any, rank: int, data_format: Any) -> Any:
    """Sizes of the spatial axes from a number, `rank` numbers, or numbers for all axes."""
    if value is None:
        return 1
    given = static_shape(value)
    if len(given) == rank + 2:
        given = given[2:] if _format(data_format) == "channels_first" else given[1:-1]
    return given[0] if len(given) == 1 else given


def _padded(x: Any, padding: Any) -> tuple[Any, str]:
    """The input and Keras' padding word; explicit widths are padded here."""
    if isinstance(padding, str):
        return x, padding.lower()
    return ops.pad(x, [tuple(static_shape(pair)) for pair in padding]), "valid"


def _convolve(
    run: Callable[..., Any], x: Any, kernel: Any, strides: Any, padding: Any, data_format: Any,
    dilations: Any,
) -> Any:  # fmt: skip
    x = tensor(x)
    rank = len(x.shape) - 2
    x, word = _padded(x, padding)
    return run(
        x,
        *(tensor(part) for part in kernel),
        strides=_window(strides, rank, data_format),
        padding=word,
        data_format=_format(data_format),
        dilation_rate=_window(dilations, rank, data_format),
    )


@public("nn.conv1d", "nn.conv2d", "nn.conv3d", "nn.convolution")
def convolution(
    input: Any,
    filters: Any = None,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: Any = None,
    dilations: Any = None,
    name: str | None = None,
    *,
    filter: Any = None,
    stride: Any = None,
    dilation_rate: Any = None,
) -> Any:
    kernel = filters if filters is not None else filter
    steps = strides if strides is not None else stride
    rates = dilations if dilations is not None else dilation_rate
    return _convolve(ops.conv, input, [kernel], steps, padding, data_format, rates)


@public("nn.atrous_conv2d")
def atrous_conv2d(
    value: Any, filters: Any, rate: int, padding: Any, name: str | None = None
) -> Any:
    return _convolve(ops.conv, value, [filters], 1, padding, None, rate)


@public("nn.depthwise_conv2d")
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    run = ops.depthwise_conv
    return _convolve(run, input, [filter], strides, padding, data_format, dilations)


@public("nn.separable_conv2d")
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    kernels = [depthwise_filter, pointwise_filter]
    run = ops.separable_conv
    return _convolve(run, input, kernels, strides, padding, data_format, dilations)


@public("nn.conv1d_transpose", "nn.conv2d_transpose", "nn.conv3d_transpose", "nn.conv_transpose")
def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: Any = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of a convolution; kernel axes are (space, output, input channels)."""
    x = tensor(input)
    rank = len(x.shape) - 2
    return ops.conv_transpose(
        x,
        tensor(filters),
        strides=_window(strides, rank, data_format),
        padding=padding.lower(),
        data_format=_format(data_format),
        dilation_rate=_window(dilations, rank, data_format),
    )


@public("nn.bias_add")
def bias_add(value: Any, bias: Any, data_format: Any = None, name: str | None = None) -> Any:
    x, b = tensor(value), tensor(bias)
    if _format(data_format) == "channels_first":
        b = ops.reshape(b, (-1, *(1,) * (len(x.shape) - 2)))
    return ops.add(x, b)


def _pool(run: Callable[..., Any]) -> Callable[..., Any]:
    def function(
        input: Any,
        ksize: Any,
        strides: Any,
        padding: Any,
        data_format: Any = None,
        name: str | None = None,
    ) -> Any:
        x = tensor(input)
        rank = len(x.shape) - 2
        size = _window(ksize, rank, data_format)
        steps = _window(strides, rank, data_format)
        size = (size,) * rank if isinstance(size, int) else size
        steps = (steps,) * rank if isinstance(steps, int) else steps
        x, word = _padded(x, padding)
        return run(x, size, strides=steps, padding=word, data_format=_format(data_format))

    return function


for _kind, _run in (("max", ops.max_pool), ("avg", ops.average_pool)):
    _names = " ".join(f"nn.{_kind}_pool{suffix}" for suffix in ("", "1d", "2d", "3d"))
    export(_names, named(f"tf.nn.{_kind}_pool", _pool(_run)))


@public("nn.pool")
def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: Any = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    run = _pool(ops.max_pool if pooling_type == "MAX" else ops.average_pool)
    return run(input, window_shape, strides or 1, padding, data_format)


@public("nn.batch_normalization")
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Any:
    factor = ops.rsqrt(ops.add(tensor(variance), variance_epsilon))
    factor = factor if scale is None else ops.multiply(factor, tensor(scale))
    done = ops.multiply(ops.subtract(tensor(x), tensor(mean)), factor)
    return done if offset is None else ops.add(done, tensor(offset))


@public("nn.moments")
def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    keepdims: bool = False,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Any:
    keep = bool(keepdims or keep_dims)
    return ops.moments(tensor(x), axes=static_axis(axes), keepdims=keep)


@public("nn.weighted_moments")
def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None
) -> Any:
    found, weights = tensor(x), tensor(frequency_weights)
    axes = static_axis(axes)
    weights = ops.broadcast_to(weights, found.shape)
    total = ops.sum(weights, axis=axes, keepdims=True)
    mean = ops.divide(ops.sum(found * weights, axis=axes, keepdims=True), total)
    spread = ops.sum(ops.square(found - mean) * weights, axis=axes, keepdims=True)
    variance = ops.divide(spread, total)
    return (mean, variance) if keepdims else (ops.squeeze(mean, axes), ops.squeeze(variance, axes))


@public("nn.local_response_normalization", "nn.lrn")
def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1.0,
    alpha: float = 1.0,
    beta: float = 0.5,
    name: str | None = None,
) -> Any:
    """Each value over a power of the squares of its neighbours along the channels."""
    x = tensor(input)
    squares = ops.pad(ops.square(x), [(0, 0)] * (len(x.shape) - 1) + [(depth_radius, depth_radius)])
    depth = x.shape[-1]
    total = squares[..., 0:depth]
    for shift in range(1, 2 * depth_radius + 1):
        total = ops.add(total, squares[..., shift : shift + depth])
    return ops.divide(x, ops.power(ops.add(ops.multiply(total, alpha), bias), beta))


@public("nn.l2_loss")
def l2_loss(t: Any, name: str | None = None) -> Any:
    return ops.divide(ops.sum(ops.square(tensor(t))), 2)


@public("math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize")
def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Any:
    found = tensor(x)
    axes = static_axis(axis if axis is not None else dim)
    squares = ops.sum(ops.square(found), axis=axes, keepdims=True)
    return ops.multiply(found, ops.rsqrt(ops.maximum(squares, epsilon)))


@public("nn.embedding_lookup")
def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Any:
    parts = params if isinstance(params, list | tuple) else [params]
    whole = len(parts) == 1 and is_tensor_like(parts[0])
    return ops.take(tensor(parts[0] if whole else params), tensor(ids), axis=0)


@public("nn.normalize_moments")
def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> Any:
    mean = ops.divide(tensor(mean_ss), tensor(counts))
    variance = ops.divide(tensor(variance_ss), tensor(counts)) - ops.square(mean)
    return (mean if shift is None else mean + shift), variance


@public("extract_volume_patches")
def extract_volume_patches(
    input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None
) -> Any:
    return ops.image.extract_patches_3d(
        tensor(input), tuple(ksizes[1:-1]), tuple(strides[1:-1]), padding=padding.lower()
    )
