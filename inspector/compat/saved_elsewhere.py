"""Models saved by Keras on another backend: its classes for that backend mean Keras' own.

Keras on PyTorch writes `keras.src.backend.torch.optimizers.torch_adam` for `Adam`. Importing that
module would need PyTorch; `keras.optimizers` has the same class with the same config.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

from inspector.compat.keras_arguments import in_place_of

_OPTIMIZER = re.compile(r"keras\.src\.backend\.\w+\.optimizers?(\.\w+)*")


def module_here(module: str) -> str:
    """The module of a saved config, or the one that has the same class on every backend.

    >>> module_here("keras.src.backend.torch.optimizers.torch_adam")
    'keras.optimizers'
    >>> module_here("keras.layers")
    'keras.layers'
    """
    return "keras.optimizers" if _OPTIMIZER.fullmatch(module) else module


def find_optimizers_of_other_backends() -> None:
    """Let Keras find the optimizers of models that another backend saved."""
    saving: Any = importlib.import_module("keras.src.saving.serialization_lib")
    original = saving._retrieve_class_or_fn

    @in_place_of(original)
    def retrieve(name: str, registered_name: str, module: Any, *args: Any, **kwargs: Any) -> Any:
        here = module_here(module) if isinstance(module, str) else module
        return original(name, registered_name, here, *args, **kwargs)

    saving._retrieve_class_or_fn = retrieve
