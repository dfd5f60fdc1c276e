"""Scaled dot-product attention."""

from __future__ import annotations

import math
from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import attention
from inspector.engine.promotion import result_type
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor


def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """softmax(query · key · scale + bias, masked) · value; all (batch, length, heads, size).

    Raises:
        ValueError: an operand is not 4-D, or flash attention or a soft cap was asked for.
    """
    if flash_attention:
        raise ValueError("Flash attention is not supported in numpy backend.")
    if attn_logits_soft_cap is not None:
        raise ValueError("A soft cap on attention logits is not supported in numpy backend.")
    tensors = [convert_to_tensor(x) for x in (query, key, value)]
    if any(t.ndim != 4 for t in tensors):
        shapes = ", ".join(
            f"{name}.shape={t.shape}"
            for name, t in zip(("query", "key", "value"), tensors, strict=True)
        )
        raise ValueError(f"`dot_product_attention` only supports 4D inputs. Received: {shapes}.")
    dtype = result_type(*(t.dtype for t in tensors))
    operands = [cast_to(t, dtype) for t in tensors]
    size = operands[1].shape[-1]
    if bias is not None:
        operands.append(convert_to_tensor(bias, dtype=dtype))
    if mask is not None:
        operands.append(convert_to_tensor(mask, dtype="bool"))
    output, _ = attention.attention(
        *operands,
        scale=1 / math.sqrt(size) if scale is None else float(scale),
        causal=bool(is_causal),
        has_bias=bias is not None,
        has_mask=mask is not None,
    )
    return output
