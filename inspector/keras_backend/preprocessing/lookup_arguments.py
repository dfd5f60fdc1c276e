"""The arguments of the lookup layers: which words there are, which do not go together."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine.tensor import Tensor

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
_OLD_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def checked_mode(mode: str, owner: str) -> str:
    """The output mode by its present name.

    Raises:
        ValueError: there is no such mode.
    """
    mode = _OLD_NAMES.get(mode, mode)
    if mode not in _MODES:
        raise ValueError(
            f"Unknown value for `output_mode` argument of layer {owner}. Allowed values are: "
            f"{_MODES}. Received: {mode}"
        )
    return mode


def listed(values: Any) -> Any:
    """Tensors and arrays as lists, for a configuration."""
    return values.tolist() if isinstance(values, Tensor | np.ndarray) else values


def check_arguments(layer: Any, idf_weights: Any) -> None:
    """Raises ValueError for arguments that do not go together."""
    integers = layer.vocabulary_dtype != "string"
    complaints = [
        (
            layer.max_tokens is not None and layer.max_tokens <= 1,
            f"If set, `max_tokens` must be greater than 1. Received: max_tokens={layer.max_tokens}",
        ),
        (
            layer.pad_to_max_tokens and layer.max_tokens is None,
            "If pad_to_max_tokens is True, must set `max_tokens`. "
            f"Received: max_tokens={layer.max_tokens}",
        ),
        (
            layer.num_oov_indices < 0,
            "`num_oov_indices` must be greater than or equal to 0. "
            f"Received: num_oov_indices={layer.num_oov_indices}",
        ),
        (
            layer.oov_method not in ("floormod", "farmhash"),
            f"Unknown value for `oov_method` argument of layer {type(layer).__name__}. Allowed "
            f"values are: ('floormod', 'farmhash'). Received: {layer.oov_method}",
        ),
        (
            layer.salt is not None and integers and layer.oov_method != "farmhash",
            "`salt` can only be used when `oov_method='farmhash'`. "
            f"Received: oov_method={layer.oov_method}",
        ),
        (
            layer.invert and layer.output_mode != "int",
            "`output_mode` must be `'int'` when `invert` is true. "
            f"Received: output_mode={layer.output_mode}",
        ),
        (
            layer.sparse,
            "`sparse=True` can only be used with the TensorFlow backend, and `sparse` may only "
            "be true if `output_mode` is `'one_hot'`, `'multi_hot'`, `'count'` or `'tf_idf'`. "
            f"Received: sparse={layer.sparse} and output_mode={layer.output_mode}",
        ),
        (
            idf_weights is not None and layer.output_mode != "tf_idf",
            "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. "
            f"Received: idf_weights={idf_weights} and output_mode={layer.output_mode}",
        ),
    ]
    for is_wrong, message in complaints:
        if is_wrong:
            raise ValueError(message)
