"""A frame: one call of one layer or model while it runs, and what it was given and gave."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.location import Location
from inspector.engine import Tensor

# An argument's name with one tensor that came in by it.
Named = tuple[str, Any]


class Frame:
    """One call while it runs.

    inputs, outputs: flat tensors, engine Tensors or KerasTensors; inputs with their argument.
    ready_at:        tape length when a symbolic call began; ops before it only built the layer.
    nodes:           for a Functional model, its inbound nodes still to be run, in order.
    """

    def __init__(
        self, layer: Any, parent: Frame | None, *, symbolic: bool, prefix: str = ""
    ) -> None:
        self.layer = layer
        self.parent = parent
        self.symbolic = symbolic
        self.name: str = layer.name
        self.class_name: str = type(layer).__name__
        self.path: str = f"{parent.path}/{self.name}" if parent else prefix + self.name
        self.depth: int = parent.depth + 1 if parent else 0
        self.layer_id = 0
        self.node: Any = None
        self.is_second_run = False
        self.ready_at = 0
        # Whether all ops inside are on the call's own line: no user code runs inside.
        self.is_plain = False
        self.location: Location | None = None
        self.training: bool | None = None
        self.inputs: list[Named] = []
        self.outputs: list[Any] = []
        self.input_masks: list[Any] = []
        self.output_masks: list[Any] = []
        self.mask_arguments: list[Any] = []
        self.edges: list[Any] = []
        self.weights: list[tuple[Any, Any]] = []
        # As they are in this call: layers are frozen and set free between runs.
        self.trainable: list[bool] = []
        self.start = 0
        self.end = 0
        self.has_children = False
        # Whether its outputs are not those that it returned: a person changed them.
        self.is_changed = False
        self.nodes: list[Any] | None = None
        self.started = time.perf_counter()
        self.elapsed_s = 0.0

    def ancestors(self) -> Iterator[Frame]:
        """The enclosing frames, innermost first."""
        frame = self.parent
        while frame is not None:
            yield frame
            frame = frame.parent

    def is_inside(self, other: Frame | None) -> bool:
        """Whether it runs within `other`; every call is within the top level, None."""
        return other is None or any(frame is other for frame in self.ancestors())

    def receive(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Take the arguments as the layer's `call` gets them."""
        self.training = kwargs.get("training", self.training)
        if len(args) == 1 and type(args[0]) is Tensor and _says_nothing_else(kwargs):
            # Most calls: one tensor, and nothing that could be a mask.
            tensor = args[0]
            names = _parameter_names(type(self.layer).call)
            self.inputs = [(names[0] if names else "argument 0", tensor)]
            self.input_masks = [private.mask_of(tensor)]
            return
        named = [
            (name, tensor)
            for name, value in _by_name(self.layer, args, kwargs)
            if name != "training"
            for name, tensor in private.named_leaves(self.layer, name, value)
            if private.is_tensor_like(tensor)
        ]
        travelling = {id(private.mask_of(tensor)) for _, tensor in named}
        masks = [_is_mask(name, tensor, travelling) for name, tensor in named]
        self.mask_arguments = [pair[1] for pair, mask in zip(named, masks, strict=True) if mask]
        self.inputs = [pair for pair, mask in zip(named, masks, strict=True) if not mask]
        self.input_masks = [private.mask_of(tensor) for _, tensor in self.inputs]

    def give(self, outputs: Any) -> None:
        """Take what the call returned."""
        if type(outputs) is Tensor:
            self.outputs = [outputs]
        else:
            self.outputs = [t for t in private.flatten(outputs) if private.is_tensor_like(t)]
        self.output_masks = [private.mask_of(tensor) for tensor in self.outputs]
        self.elapsed_s = time.perf_counter() - self.started

    def keep_weights(self) -> None:
        """Remember the layer's own variables with the values that this call used.

        A layer whose sublayers were not called (an LSTM with a fused kernel owns its cell) shows
        their weights as its own.
        """
        own = private.own_variables(self.layer)
        variables = own if self.has_children else private.all_variables(self.layer, own)
        self.weights = [(variable, private.value_of(variable)) for variable in variables]
        self.trainable = [bool(variable.trainable) for variable in variables]

    def next_node(self, layer: Any) -> Any:
        """The inbound node of this Functional model that a call of `layer` now runs."""
        if self.nodes is None:
            self.nodes = private.nodes_in_order(self.layer)
        for position, node in enumerate(self.nodes):
            if node.operation is layer:
                del self.nodes[: position + 1]
                return node
        return None


def _says_nothing_else(kwargs: dict[str, Any]) -> bool:
    """Whether arguments by name hold no tensor."""
    return all(value is None or value is True or value is False for value in kwargs.values())


def _is_mask(name: str, tensor: Any, travelling: set[int]) -> bool:
    """Whether an argument is the mask that Keras fills in beside the tensors."""
    return name == "mask" or (name.endswith("_mask") and id(tensor) in travelling)


def _by_name(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, Any]]:
    names = _parameter_names(type(layer).call)
    positional = [
        (names[i] if i < len(names) else f"argument {i}", value) for i, value in enumerate(args)
    ]
    return [*positional, *kwargs.items()]


@lru_cache(maxsize=1024)
def _parameter_names(call: Any) -> tuple[str, ...]:
    parameters = list(inspect.signature(call).parameters.values())[1:]
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for p in parameters if p.kind in plain)
