"""Scaled dot-product attention."""

from __future__ import annotations

import math
from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import attention, shaping
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

    Key and value may have fewer heads, each for as many of the query's: grouped-query attention.
    Flash attention is another way to the same values, and there is one way here.

    Raises:
        ValueError: an operand is not 4-D, or a soft cap was asked for.
    """
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
    operands[1:] = [_for_heads(operands[0].shape[2], t) for t in operands[1:]]
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


def _for_heads(heads: int, x: Tensor) -> Tensor:
    """Key or value with each head repeated for the group of query heads that looks at it."""
    groups, rest = divmod(heads, x.shape[2] or 1)
    if groups < 2 or rest:  # what does not fit is named by the op
        return x
    repeated: Tensor = shaping.repeat(x, repeats=groups, axis=2)
    return repeated
