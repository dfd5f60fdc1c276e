"""Which classes and functions a saved config may name: Keras' own, as far as they only compute.

A name is looked up among modules that are imported already; nothing is imported for it. Keras'
safe mode comes after this and stays on.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import Any

import keras

from inspector.compat.saved_elsewhere import module_here

# Kinds of objects that a model is made of.
_KINDS: tuple[type, ...] = (
    keras.Operation,
    keras.initializers.Initializer,
    keras.regularizers.Regularizer,
    keras.constraints.Constraint,
    keras.losses.Loss,
    keras.metrics.Metric,
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
    keras.dtype_policies.DTypePolicy,
    keras.dtype_policies.DTypePolicyMap,
    keras.random.SeedGenerator,
    keras.quantizers.Quantizer,
)
_FUNCTIONS = (
    keras.activations,
    keras.losses,
    keras.metrics,
    keras.initializers,
    keras.regularizers,
    keras.constraints,
    keras.ops,
)
# Where old configs, which give no module, mean their names.
_OLD = (
    keras.layers,
    keras.models,
    keras.initializers,
    keras.regularizers,
    keras.constraints,
    keras.losses,
    keras.metrics,
    keras.optimizers,
    keras.optimizers.schedules,
)
# Keras' own classes that run code which the file brings along, or load another file.
RUNS_CODE = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})
MODELS = {"Functional": keras.Model, "Model": keras.Model, "Sequential": keras.Sequential}
PLAIN = frozenset(
    {"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__"}
)


def is_known_class(name: str, module: str | None) -> bool:
    """Whether it is one of Keras' own classes that a model may be made of."""
    if module is None:
        return any(_is_kind(_in(place, name)) for place in _OLD) or name in MODELS
    return _is_kind(_in(_module(module_here(module)), name))


def module_of_operation(name: str) -> str | None:
    """Where Keras has the stateless operation of that name, None where it has none."""
    for place in ("numpy", "nn", "math", "core", "image", "linalg"):
        module = f"keras.src.ops.{place}"
        found = _in(sys.modules.get(module), name)
        if isinstance(found, type) and issubclass(found, keras.Operation):
            return module
    return None


def is_known_function(name: str) -> bool:
    """Whether it is one of Keras' functions that only compute."""
    return any(isinstance(_in(place, name), FunctionType) for place in _FUNCTIONS)


def is_known_activation(name: str) -> bool:
    """Whether `activation="..."` of an old config means something to Keras."""
    return isinstance(_in(keras.activations, name), FunctionType) or name in (
        "swish", "tanh_shrink", "hard_swish",
    )  # fmt: skip


def _in(module: ModuleType | None, name: str) -> Any:
    """What a module itself holds: asking for a name as an attribute may import, and note, more."""
    return vars(module).get(name) if module is not None else None


def _is_kind(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, _KINDS)


def _module(dotted: str) -> ModuleType | None:
    """A module of Keras by its public or inner name, if it is there already."""
    if dotted != "keras" and not dotted.startswith("keras."):
        return None
    found: Any = keras
    for part in dotted.split(".")[1:]:
        found = _in(found, part)
        if not isinstance(found, ModuleType):
            return sys.modules.get(dotted)
    return found if isinstance(found, ModuleType) else None
