"""How much a model computes for one row of its input, read off its symbolic graph.

multiplications(model)    4_089_000_000 for ResNet50 on pictures of 224 x 224

An estimate: what a layer weighs, once for each place that its output has.
"""

from __future__ import annotations

import math
from typing import Any

import keras


def multiplications(model: Any) -> int | None:
    """Multiplications for one row; None for a model whose calls are not known before it runs.

    Of a subclassed model the models inside are known (a GAN's two), each counted once.
    """
    operations = getattr(model, "operations", None)
    if operations:
        return sum(map(_of, operations))
    inside = [layer for layer in getattr(model, "layers", []) if isinstance(layer, keras.Model)]
    known = [found for found in map(multiplications, inside) if found is not None]
    return sum(known) if known else None


def _of(operation: Any) -> int:
    inner = multiplications(operation) if isinstance(operation, keras.Model) else None
    if inner is not None:
        return inner
    if isinstance(operation, keras.layers.Embedding):
        return 0  # rows are picked, nothing is multiplied
    found = 0
    for node in getattr(operation, "_inbound_nodes", []):
        given, made = node.input_tensors, node.output_tensors
        if isinstance(operation, keras.layers.Layer):
            weighs = sum(math.prod(w.shape) for w in operation.weights)
            found += weighs * max(_places(tensor) for tensor in (*given[:1], *made[:1]))
        if isinstance(operation, keras.layers.MultiHeadAttention | keras.layers.Attention):
            queries, keys = _places(given[0]), _places(given[min(1, len(given) - 1)])
            found += 2 * queries * keys * (given[0].shape[-1] or 1)
    return found


def _places(tensor: Any) -> int:
    """How many vectors there are in one row: pixels, steps; unknown sizes count as 16."""
    return math.prod(size or 16 for size in tensor.shape[1:-1])
