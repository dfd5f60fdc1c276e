"""A frame: one call of one layer or model while it runs, and what it was given and gave."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from inspector.capture import keras_private as private
from inspector.capture.location import Location
from inspector.engine import Tensor

if TYPE_CHECKING:
    from inspector.capture.origins import Link

# An argument's name with one tensor that came in by it.
Named = tuple[str, Any]


class Frame:
    """One call while it runs.

    inputs, outputs: flat tensors, engine Tensors or KerasTensors; inputs with their argument.
    ready_at:        tape length when a symbolic call began; ops before it only built the layer.
    nodes:           for a Functional model, its inbound nodes in the order they run, of which
                     `nodes_run` have begun.
    """

    # What many calls never set belongs to the class: one is made at each call of each layer.
    layer_id = 0
    node: Any = None
    is_second_run = False
    ready_at = 0
    # Whether all ops inside are on the call's own line: no user code runs inside.
    is_plain = False
    location: Location | None = None
    training: bool | None = None
    inputs: Sequence[Named] = ()
    outputs: Sequence[Any] = ()
    input_masks: Sequence[Any] = ()
    output_masks: Sequence[Any] = ()
    mask_arguments: Sequence[Any] = ()
    edges: Sequence[Link] = ()
    weights: Sequence[tuple[Any, Any]] = ()
    # As they are in this call: layers are frozen and set free between runs.
    trainable: Sequence[bool] = ()
    start = 0
    end = 0
    has_children = False
    # Whether its outputs are not those that it returned: a person changed them.
    is_changed = False
    nodes: Sequence[Any] = ()
    nodes_run = 0
    elapsed_s = 0.0

    def __init__(
        self, layer: Any, parent: Frame | None, *, symbolic: bool, prefix: str = ""
    ) -> None:
        self.layer = layer
        self.parent = parent
        self.symbolic = symbolic
        self.name: str = layer.name
        if parent is None:
            self.path, self.depth = prefix + self.name, 0
        else:
            self.path, self.depth = f"{parent.path}/{self.name}", parent.depth + 1
        self.started = time.perf_counter()

    @property
    def class_name(self) -> str:
        """The name of the layer's class."""
        return type(self.layer).__name__

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
            self.inputs = ((_first_parameter(type(self.layer).call), tensor),)
            self.input_masks = (private.mask_of(tensor),)
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
            self.outputs, self.output_masks = (outputs,), (private.mask_of(outputs),)
        else:
            self.outputs = [t for t in private.flatten(outputs) if private.is_tensor_like(t)]
            self.output_masks = [private.mask_of(tensor) for tensor in self.outputs]
        self.elapsed_s = time.perf_counter() - self.started

    def keep_weights(self) -> None:
        """Remember the layer's own variables with the values that this call used.

        A layer whose sublayers were not called (an LSTM with a fused kernel owns its cell) shows
        their weights as its own.
        """
        weights = private.values_held(self.layer, inside=not self.has_children)
        if weights:
            self.weights = weights
            self.trainable = [bool(variable.trainable) for variable, _ in weights]

    def next_node(self, layer: Any) -> Any:
        """The inbound node of this Functional model that a call of `layer` now runs."""
        if not self.nodes:
            self.nodes = private.nodes_in_order(self.layer)
        for position in range(self.nodes_run, len(self.nodes)):
            if self.nodes[position].operation is layer:
                self.nodes_run = position + 1
                return self.nodes[position]
        return None


def _says_nothing_else(kwargs: dict[str, Any]) -> bool:
    """Whether arguments by name hold no tensor."""
    for value in kwargs.values():  # noqa: SIM110  # quicker than `all`, at every call
        if not (value is None or value is True or value is False):
            return False
    return True


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
def _first_parameter(call: Any) -> str:
    names = _parameter_names(call)
    return names[0] if names else "argument 0"


@lru_cache(maxsize=1024)
def _parameter_names(call: Any) -> tuple[str, ...]:
    parameters = list(inspect.signature(call).parameters.values())[1:]
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for p in parameters if p.kind in plain)
