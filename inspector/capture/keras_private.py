"""What capture reads of Keras beneath its public face, one function per thing.

Private paths move between Keras releases, so they are named here only (keras>=3.15.1,<3.16).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import keras
import numpy as np
from keras.src import backend, tree
from keras.src.backend.common import global_state
from keras.src.backend.common.keras_tensor import KerasTensor
from keras.src.models.functional import Functional
from keras.src.trainers.compile_utils import CompileLoss

from inspector.engine import Tensor

Layer = keras.layers.Layer
Model = keras.Model


def flatten(structure: Any) -> list[Any]:
    """The leaves of nested lists, tuples and dicts."""
    if isinstance(structure, Tensor | KerasTensor):
        return [structure]
    return list(tree.flatten(structure))


def named_leaves(layer: Any, name: str, value: Any) -> list[tuple[str, Any]]:
    """The leaves of one argument, with the names that a person knows them by.

    A dict's keys, the inputs' names of a Functional model that takes a list; else the argument's.
    """
    if isinstance(value, dict):
        return [(str(key), leaf) for key in sorted(value, key=str) for leaf in flatten(value[key])]
    leaves = flatten(value)
    if len(leaves) > 1 and isinstance(layer, Functional) and len(leaves) == len(layer.inputs):
        return [(i.name, leaf) for i, leaf in zip(layer.inputs, leaves, strict=True)]
    return [(name, leaf) for leaf in leaves]


def with_tensors(arguments: Any) -> Any:
    """The arguments of a call with NumPy arrays of numbers made engine Tensors.

    A Functional model does that by itself, out of sight: what its layers are given could not be
    told to be what the model was given.
    """
    if not any(_is_plain_array(leaf) for leaf in flatten(arguments)):
        return arguments
    return tree.map_structure(
        lambda leaf: backend.convert_to_tensor(leaf) if _is_plain_array(leaf) else leaf, arguments
    )


def _is_plain_array(leaf: Any) -> bool:
    if not isinstance(leaf, np.ndarray):
        return False
    is_text = leaf.dtype == object and leaf.size and isinstance(leaf.flat[0], str | bytes)
    return bool(is_text) or leaf.dtype.kind in "biufcUS"


def is_symbol(value: Any) -> bool:
    """Whether it is one of Keras' symbolic tensors."""
    return isinstance(value, KerasTensor)


def is_tensor_like(value: Any) -> bool:
    """Whether a call's argument counts as a tensor: engine, symbolic or plain array."""
    return isinstance(value, Tensor | KerasTensor) or (
        hasattr(value, "shape") and hasattr(value, "dtype") and not isinstance(value, type)
    )


def is_symbolic_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a layer call computes shapes only.

    The scope alone says no in `layer(KerasTensor)`.
    """
    # What `in_symbolic_scope()` looks up; asked at every call of every layer.
    if getattr(global_state.GLOBAL_STATE_TRACKER, "symbolic_scope", None) is not None:
        return True
    for value in args:
        if _is_symbolic(value):
            return True
    for value in kwargs.values():  # noqa: SIM110  # quicker than `any`, at every call
        if _is_symbolic(value):
            return True
    return False


def _is_symbolic(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.data is None
    if value is None or value is True or value is False:
        return False
    if isinstance(value, list | tuple | dict):
        return any(map(_is_symbolic, tree.flatten(value)))
    return isinstance(value, KerasTensor)


def has_symbols(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a KerasTensor is among the arguments: the call becomes an inbound node."""
    return any(isinstance(x, KerasTensor) for x in flatten((args, kwargs)))


def mask_of(tensor: Any) -> Any:
    """The mask that travels with a tensor, or None."""
    return getattr(tensor, "_keras_mask", None)


def with_leaves(structure: Any, leaves: Sequence[Any]) -> Any:
    """A structure with other tensors in it; each takes the mask of the one it stands for."""
    for before, leaf in zip(tree.flatten(structure), leaves, strict=True):
        if leaf is not before and mask_of(before) is not None:
            backend.set_keras_mask(leaf, mask_of(before))
    return tree.pack_sequence_as(structure, leaves)


def origin_of(symbol: Any) -> tuple[Any, Any, int] | None:
    """The operation, inbound node and tensor index that made a KerasTensor."""
    history = getattr(symbol, "_keras_history", None)
    if history is None:
        return None
    operation, node_index, tensor_index = history
    return operation, operation._inbound_nodes[node_index], tensor_index


def last_inbound_node(layer: Any) -> Any:
    """The node that the call which just ended made, or None."""
    nodes = getattr(layer, "_inbound_nodes", None)
    return nodes[-1] if nodes else None


def inputs_of_node(node: Any) -> list[Any]:
    """The KerasTensors that go into an inbound node."""
    return list(node.input_tensors)


def is_layer(operation: Any) -> bool:
    return isinstance(operation, Layer)


def is_functional(layer: Any) -> bool:
    return isinstance(layer, Functional)


def functional_inside(layer: Any) -> Any:
    """The Functional model that a call of this layer runs node by node, or None."""
    if isinstance(layer, Functional):
        return layer
    return layer._functional if isinstance(layer, keras.Sequential) else None


def nodes_in_order(layer: Any) -> list[Any]:
    """The layer calls of a Functional (or Sequential) model in the order it runs them."""
    functional = functional_inside(layer)
    if functional is None:
        return []
    by_depth = functional._nodes_by_depth
    return [
        node
        for depth in sorted(by_depth, reverse=True)
        for node in by_depth[depth]
        if not node.is_input and isinstance(node.operation, Layer)
    ]


def node_ids(functional: Any) -> set[int]:
    """The identities of all inbound nodes that a Functional model is made of."""
    return {id(node) for nodes in functional._nodes_by_depth.values() for node in nodes}


def takes_training(layer: Any) -> bool:
    """Whether a call of the layer may be given `training`."""
    return isinstance(layer, Model) or "training" in inspect.signature(layer.call).parameters


def own_variables(layer: Any) -> list[Any]:
    """The variables that the layer itself made, its sublayers' not among them."""
    return [*layer._trainable_variables, *layer._non_trainable_variables]


def all_variables(layer: Any, own: list[Any]) -> list[Any]:
    """The variables of a layer and its sublayers, metrics and seeds left out."""
    return list(layer.weights) if layer._layers else own


def values_held(layer: Any, *, inside: bool) -> list[tuple[Any, Any]]:
    """The variables of a layer, each with the engine Tensor it holds; None before it has one.

    inside: those of its sublayers too.
    """
    if inside and layer._layers:
        return [(variable, value_of(variable)) for variable in layer.weights]
    own = layer._trainable_variables, layer._non_trainable_variables
    return [(v, getattr(v, "_value", None)) for variables in own for v in variables]


def sublayers(layer: Any) -> list[Any]:
    """Every layer inside, at any depth."""
    return list(layer._flatten_layers(include_self=False))


def value_of(variable: Any) -> Any:
    """The engine Tensor a variable holds now; None before it is initialised."""
    return getattr(variable, "_value", None)


def is_initialized(variable: Any) -> bool:
    return getattr(variable, "_value", None) is not None


def own_losses(layer: Any) -> list[Any]:
    """The tensors given to the layer's own `add_loss` since its losses were last cleared."""
    return list(layer._losses)


def standard_dtype(dtype: Any) -> str:
    """A dtype's Keras name."""
    return str(backend.standardize_dtype(dtype))


def placeholder_reason(layer: Any) -> str:
    """Why a layer stands in for another one, empty for all others (`loading.archives`)."""
    return str(getattr(layer, "placeholder_reason", ""))


def is_sequential(layer: Any) -> bool:
    return isinstance(layer, keras.Sequential)


def optimizer_variables(optimizer: Any) -> list[Any]:
    """The model variables that an optimizer was built for."""
    return list(optimizer._trainable_variables)


def called_by_keras() -> bool:
    """Whether `add_loss` is called by Keras' own `Layer.__call__`, not by the user's code."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "add_loss":
        frame = frame.f_back
    caller = frame.f_back if frame is not None else None
    return caller is not None and caller.f_code.co_name == "__call__"


def sequential_being_built() -> Any:
    """The Sequential model whose `build` is making a Functional model of itself, or None."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code is _SEQUENTIAL_BUILD:
            return frame.f_locals["self"]
        frame = frame.f_back
    return None


_SEQUENTIAL_BUILD = keras.Sequential.build.__code__


def functions_run_by(layer: Any) -> list[Any]:
    """The functions whose code runs directly in a call of the layer, its own `call` first.

    Keras lets users hand functions to its layers: a Lambda's, an activation, a regularizer.
    """
    names = ("function", "activation", "recurrent_activation", "activity_regularizer")
    given = [getattr(layer, name, None) for name in names]
    return [type(layer).call, type(layer).compute_mask, *(g for g in given if g is not None)]


def held_layers(layer: Any) -> list[Any]:
    """The layers directly inside, inputs left out."""
    return [inner for inner in layer._layers if not isinstance(inner, keras.layers.InputLayer)]


def is_compiled_loss() -> bool:
    """Whether a loss is called by what `compile` made of it, not by the user's own code."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code is _COMPILED_LOSS:
            return True
        frame = frame.f_back
    return False


def metric_being_updated() -> str:
    """The name of the metric whose `update_state` is running; empty where none is."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        metric = frame.f_locals.get("self") if frame.f_code.co_name == "update_state" else None
        if isinstance(metric, keras.metrics.Metric):
            return str(metric.name)
        frame = frame.f_back
    return ""


_COMPILED_LOSS = CompileLoss.call.__code__


def is_attention(layer: Any) -> bool:
    """Whether it is one of Keras' attention layers, or made from one."""
    return isinstance(layer, _ATTENTION)


def is_scored_attention(layer: Any) -> bool:
    """Whether it is Attention or AdditiveAttention: queries, values and keys in one list."""
    return isinstance(layer, keras.layers.Attention)


def sliding_window(layer: Any) -> Any:
    """How many keys around a query an attention layer looks at, None for all."""
    return getattr(layer, "sliding_window", getattr(layer, "_sliding_window", None))


def is_inside_attention(frame: Any) -> bool:
    """Whether a call runs within an attention layer's call."""
    return any(is_attention(around.layer) for around in frame.ancestors())


def is_merge(layer: Any) -> bool:
    """Whether it is a layer such as Add, which joins inputs entry by entry."""
    return isinstance(layer, _Merge)


def is_of_keras(layer: Any) -> bool:
    """Whether the layer's class is Keras' own, not the user's."""
    return type(layer).__module__.partition(".")[0] == "keras"


def runs_no_user_code(layer: Any) -> bool:
    """Whether all ops directly in its calls are Keras' own: no op nodes, no code of the user's."""
    return (
        is_of_keras(layer)
        and functional_inside(layer) is None
        and not (isinstance(layer, keras.layers.Lambda))
    )


_Merge = keras.layers.Add.__mro__[1]
_ATTENTION = (
    keras.layers.MultiHeadAttention,
    keras.layers.GroupQueryAttention,
    keras.layers.Attention,
)
