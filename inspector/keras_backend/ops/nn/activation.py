"""Activation functions."""

from __future__ import annotations

from typing import Any

from inspector.engine import array_module
from inspector.engine.operators import cast_to
from inspector.engine.primitives import (
    activation,
    choice,
    elementwise,
    joining,
    reduction,
    shaping,
    sorting,
)
from inspector.engine.primitives import softmax as rows
from inspector.engine.promotion import is_inexact, result_type
from inspector.engine.rules import INT32
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def as_float(x: Any) -> Any:
    """A tensor of a floating dtype: integers become what Keras promotes them to."""
    tensor = convert_to_tensor(x)
    if is_inexact(tensor.dtype):
        return tensor
    return cast_to(tensor, result_type(tensor.dtype, float))


def as_number(x: Any) -> Any:
    """A tensor of any dtype but that of truth values, which become 0 and 1."""
    tensor = convert_to_tensor(x)
    return cast_to(tensor, INT32) if tensor.dtype.kind == "b" else tensor


def _constant(like: Tensor, value: float) -> Tensor:
    return choice.full_like(like, value=value)


def relu(x: Any) -> Tensor:
    return activation.relu(as_number(x))


def relu6(x: Any) -> Tensor:
    return activation.ramp(as_number(x), scale=1, shift=0, low=0, high=6)


def sigmoid(x: Any) -> Tensor:
    return activation.sigmoid(as_float(x))


def sparse_sigmoid(x: Any) -> Tensor:
    return activation.ramp(as_float(x), scale=0.5, shift=0.5, low=0.0, high=1.0)


def tanh(x: Any) -> Tensor:
    return elementwise.tanh(as_float(x))


def tanh_shrink(x: Any) -> Tensor:
    x = as_float(x)
    return x - elementwise.tanh(x)


def softplus(x: Any) -> Tensor:
    return activation.softplus(as_float(x))


def softsign(x: Any) -> Tensor:
    x = as_float(x)
    return x / (elementwise.absolute(x) + 1.0)


def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    x = as_float(x)
    inner = choice.where(x < -threshold, x + threshold, _constant(x, 0))
    return choice.where(x > threshold, x - threshold, inner)


def sparse_plus(x: Any) -> Tensor:
    x = as_float(x)
    bend = elementwise.square(x + 1.0) * 0.25
    return choice.where(x <= -1.0, _constant(x, 0), choice.where(x < 1.0, bend, x))


def silu(x: Any) -> Tensor:
    return activation.silu(as_float(x))


def squareplus(x: Any, b: Any = 4) -> Tensor:
    x = as_float(x)
    b = convert_to_tensor(b, dtype=x.dtype)
    return (x + elementwise.sqrt(elementwise.square(x) + b)) * 0.5


def log_sigmoid(x: Any) -> Tensor:
    return -activation.softplus(-as_float(x))


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    return activation.leaky_relu(as_float(x), negative_slope=float(negative_slope))


def hard_sigmoid(x: Any) -> Tensor:
    return activation.ramp(as_float(x), scale=1 / 6, shift=0.5, low=0.0, high=1.0)


def hard_silu(x: Any) -> Tensor:
    x = as_float(x)
    return x * hard_sigmoid(x)


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    return activation.elu(as_float(x), alpha=float(alpha), width=1.0, scale=1.0)


def selu(x: Any) -> Tensor:
    return activation.elu(as_float(x), alpha=_SELU_ALPHA, width=1.0, scale=_SELU_SCALE)


def celu(x: Any, alpha: float = 1.0) -> Tensor:
    return activation.elu(as_float(x), alpha=float(alpha), width=float(alpha), scale=1.0)


def gelu(x: Any, approximate: bool = True) -> Tensor:
    return (activation.gelu_tanh if approximate else activation.gelu)(as_float(x))


def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half along an axis, gated by the sigmoid of the second.

    Raises:
        ValueError: the axis has an odd size.
    """
    x = as_float(x)
    size = x.shape[axis]
    if size % 2:
        raise ValueError(
            f"axis size must be divisible by 2. Received: x.shape={x.shape} with axis={axis}"
        )
    value, gate = joining.split(x, points=(size // 2,), axis=axis % x.ndim)
    return value * activation.sigmoid(gate)


def hard_tanh(x: Any) -> Tensor:
    return activation.ramp(as_number(x), scale=1, shift=0, low=-1, high=1)


def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    x = as_float(x)
    return choice.where(elementwise.absolute(x) > threshold, x, _constant(x, 0))


def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    x = convert_to_tensor(x)
    return choice.where(x > threshold, x, _constant(x, default_value))


def _on_axis(function: Any, x: Any, axis: int | None) -> Tensor:
    """Along one axis; None means over all entries together."""
    x = as_float(x)
    if axis is None or x.ndim == 0:
        flat = shaping.reshape(x, shape=(x.size,))
        return shaping.reshape(function(flat, axis=0), shape=x.shape)
    return function(x, axis=int(axis))


def softmax(x: Any, axis: int | None = -1) -> Tensor:
    return _on_axis(rows.softmax, x, axis)


def log_softmax(x: Any, axis: int | None = -1) -> Tensor:
    return _on_axis(rows.log_softmax, x, axis)


def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """max(x - level, 0), the level by Keras' formula.

    Keras adds up the running sums of all supported entries, where the paper (Martins & Astudillo,
    2016) takes the last one; for two or more supported entries its results do not sum to 1. We
    give what Keras gives, or a model would show other numbers here than where it was trained.
    """
    x = as_float(x)
    along = (axis % x.ndim,)
    descending = shaping.flip(sorting.sort(x, axis=along[0]), axis=along)
    total = reduction.cumsum(descending, axis=along[0])
    ranks = array_module.xp.arange(1, x.shape[axis] + 1).astype(x.dtype)
    rank = Tensor(ranks.reshape([-1 if i == along[0] else 1 for i in range(x.ndim)]))
    support = (descending - (total - 1.0) / rank) > 0.0
    count = reduction.sum_(cast_to(support, x.dtype), axis=along, keepdims=True)
    kept = choice.where(support, total, _constant(total, 0))
    level = (reduction.sum_(kept, axis=along, keepdims=True) - 1.0) / count
    return activation.relu(x - level)
