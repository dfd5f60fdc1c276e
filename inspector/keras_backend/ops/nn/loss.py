"""Cross-entropies, and the peak signal-to-noise ratio."""

from __future__ import annotations

import math
from typing import Any

from keras.src.backend import config

from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, elementwise, encoding, reduction, shaping
from inspector.engine.primitives import softmax as rows
from inspector.engine.promotion import is_inexact, result_type
from inspector.engine.rules import INT32
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.nn.activation import as_float, sigmoid


def _both(target: Any, output: Any) -> tuple[Tensor, Tensor]:
    """Target and output in one floating dtype.

    Raises:
        ValueError: their shapes differ.
    """
    target, output = convert_to_tensor(target), as_float(output)
    if target.shape != output.shape:
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. Received: "
            f"target.shape={target.shape}, output.shape={output.shape}"
        )
    if is_inexact(target.dtype) and target.dtype != output.dtype:
        dtype = result_type(target.dtype, output.dtype)
        return cast_to(target, dtype), cast_to(output, dtype)
    return cast_to(target, output.dtype), output


def _bounded(x: Tensor) -> Tensor:
    """Probabilities kept off 0 and 1, where the logarithm ends."""
    epsilon = config.epsilon()
    return choice.clip(x, low=epsilon, high=1.0 - epsilon)


def _log_probabilities(output: Tensor, from_logits: bool, axis: int) -> Tensor:
    if from_logits:
        return rows.log_softmax(output, axis=axis)
    total = reduction.sum_(output, axis=(axis % output.ndim,), keepdims=True)
    return elementwise.log(_bounded(output / total))


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """-sum(target · log(output)) along an axis.

    Raises:
        ValueError: the shapes differ or are scalars.
    """
    target, output = _both(target, output)
    if output.ndim < 1:
        raise ValueError(
            "Arguments `target` and `output` must be at least rank 1. Received: "
            f"target.shape={target.shape}, output.shape={output.shape}"
        )
    product = target * _log_probabilities(output, from_logits, axis)
    return -reduction.sum_(product, axis=(axis % output.ndim,))


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """-log(output at the target's index); 0 where the target is negative.

    Raises:
        ValueError: the shapes do not fit.
    """
    target, output = convert_to_tensor(target, dtype=INT32), as_float(output)
    if output.ndim < 1:
        raise ValueError(
            f"Argument `output` must be at least rank 1. Received: output.shape={output.shape}"
        )
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = shaping.reshape(target, shape=target.shape[:-1])
    axis = axis % output.ndim
    if target.shape != (*output.shape[:axis], *output.shape[axis + 1 :]):
        raise ValueError(
            "Arguments `target` and `output` must have the same shape up until the last "
            f"dimension: target.shape={target.shape}, output.shape={output.shape}"
        )
    found = _log_probabilities(output, from_logits, axis)
    return -encoding.entry(shaping.moved(found, axis, output.ndim - 1), target)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """-(target · log(output) + (1 - target) · log(1 - output)).

    Raises:
        ValueError: the shapes differ.
    """
    target, output = _both(target, output)
    output = _bounded(sigmoid(output) if from_logits else output)
    kept = target * elementwise.log(output)
    return -(kept + (1.0 - target) * elementwise.log(1.0 - output))


def psnr(x1: Any, x2: Any, max_val: float) -> Tensor:
    """Peak signal-to-noise ratio in decibels.

    Raises:
        ValueError: the shapes differ.
    """
    x1, x2 = as_float(x1), as_float(x2)
    if x1.shape != x2.shape:
        raise ValueError(
            f"Input shapes {x1.shape} and {x2.shape} must match for PSNR calculation. "
        )
    error = reduction.mean(elementwise.square(x1 - x2))
    peak = convert_to_tensor(max_val, dtype=x2.dtype)
    return (elementwise.log(peak) * 20.0 - elementwise.log(error) * 10.0) / math.log(10.0)
