"""The one file that reads and replaces Keras' private names; each function has a test.

Replaced: `standardize_dtype` and `result_type`, by the same functions with a memory. Keras asks
them several times an op and takes 25 µs to answer; the answers depend on the arguments and on
`floatx` only. Replaced, too: the layers that Keras can only run with TensorFlow (preprocessing).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from keras.src import api_export
from keras.src.backend import config
from keras.src.backend.common import dtypes, variables
from keras.src.utils import module_utils

from inspector.engine import promotion
from inspector.keras_backend import fast_paths


def attach() -> None:
    """Give the engine Keras' promotion rule, and Keras the remembered answers."""
    result_type = dtypes.result_type
    promotion.install(result_type, config.floatx)
    replace_everywhere("standardize_dtype", remembered_dtype(variables.standardize_dtype))
    replace_everywhere("result_type", remembered_promotion(result_type))
    # After Keras and the engine, which these layers are made of.
    offer_layers(importlib.import_module("inspector.keras_backend.preprocessing").LAYERS)
    fast_paths.attach()


def remembered_dtype(original: Callable[[Any], str]) -> Callable[[Any], str]:
    """Keras' `standardize_dtype` with a memory, and with text arrays, which it refuses.

    None depends on `floatx` and is asked each time.
    """
    known: dict[Any, str] = {}

    def standardize_dtype(dtype: Any) -> str:
        try:
            return known[dtype]
        except (KeyError, TypeError):
            # NumPy has several dtypes for text, and Keras one word.
            is_text = isinstance(dtype, np.dtype) and dtype.kind in "TUSO"
            name = "string" if is_text else original(dtype)
        if dtype is not None:
            try:
                known[dtype] = name
            except TypeError:  # not hashable
                return name
        return name

    standardize_dtype.__doc__ = original.__doc__
    return standardize_dtype


def remembered_promotion(original: Callable[..., str]) -> Callable[..., str]:
    """Keras' `result_type` with a memory."""
    known: dict[tuple[Any, ...], str] = {}

    def result_type(*given: Any) -> str:
        asked = (config.floatx(), *given)
        try:
            return known[asked]
        except (KeyError, TypeError):
            name = original(*given)
        try:
            known[asked] = name
        except TypeError:  # not hashable
            return name
        return name

    result_type.__doc__ = original.__doc__
    return result_type


def replace_everywhere(name: str, replacement: Any, home: str = "keras.src.backend") -> int:
    """Rebind a name of `home` in every Keras module that imported it; how many there were."""
    original = getattr(sys.modules[home], name)
    count = 0
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] == "keras" and vars(module).get(name) is original:
            setattr(module, name, replacement)
            count += 1
    return count


def hide_tensorflow() -> None:
    """Make Keras see no TensorFlow, even where a stand-in answers to that name."""
    tensorflow = module_utils.tensorflow
    tensorflow._available = False

    def initialize() -> None:
        raise ImportError(tensorflow.import_error_msg)

    tensorflow.initialize = initialize


def offer_layers(layers: Iterable[type]) -> None:
    """Let our classes answer to the names of Keras' own, in its modules and in saved models."""
    for layer in layers:
        replace_everywhere(layer.__name__, layer, home="keras.src.layers")
        api_export.register_internal_serializable(f"keras.layers.{layer.__name__}", layer)


@contextmanager
def new_state_allowed(layer: Any) -> Iterator[None]:
    """Let a layer that is built get further variables: what they are was found in a file."""
    tracker = layer._tracker
    was_locked, message = tracker.locked, tracker._lock_violation_msg
    tracker.unlock()
    try:
        yield
    finally:
        if was_locked:
            tracker.lock(message)
