"""Where the size of one axis came from: "8: Dense(8) at model.py line 12".

An axis is followed backward through the ops that made its tensor, as long as an op hands it on
unchanged, to what set its number: a layer's weight, an input of the run, a reshape, a constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.location import Location
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor
from inspector.trace import AxisOrigin

# Where a weight's value is used: its layer and its variable, by the value's tensor id.
Owners = dict[int, tuple[Any, Any]]
_SIZE_NAMES = ("units", "filters", "output_dim", "target_shape", "dim", "key_dim")


class Ancestry:
    """Answers for the tensors of one run. `made_at`: the line that made a layer."""

    def __init__(self, context: RunContext, made_at: Callable[[Any], Location | None]) -> None:
        self._made_at = made_at
        self._owners: Owners = {
            value.id: (frame.layer, variable)
            for frame in context.frames
            for variable, value in frame.weights
            if isinstance(value, Tensor)
        }
        self._inputs = {
            id(tensor): (argument, frame.location)
            for frame in context.frames
            if frame.parent is None
            for argument, tensor in frame.inputs
        }

    def of(self, tensor: Any) -> tuple[AxisOrigin, ...]:
        """The origin of each of its axes."""
        shape = tuple(getattr(tensor, "shape", None) or ())
        found = []
        for axis, size in enumerate(shape):
            what, location = self._origin(tensor, axis)
            file, line = location if location else (None, None)
            found.append(AxisOrigin(axis, size, what, file, line))
        return tuple(found)

    def _origin(self, tensor: Any, axis: int) -> tuple[str, Location | None]:
        while True:
            if private.is_symbol(tensor):
                return self._symbol_origin(tensor, axis)
            symbol = getattr(tensor, "stands_for", None)
            if symbol is not None:
                return self._symbol_origin(symbol, axis)
            record = getattr(tensor, "record", None)
            if record is None:
                return self._leaf(tensor, axis)
            step = back_through(record, tensor, axis)
            if isinstance(step, str):
                return step, record.location
            tensor, axis = step

    def _leaf(self, tensor: Any, axis: int) -> tuple[str, Location | None]:
        owned = self._owners.get(getattr(tensor, "id", -1))
        if owned is not None:
            layer, variable = owned
            size = tensor.shape[axis]
            return _described(layer, size, variable.name), self._made_at(layer)
        given = self._inputs.get(id(tensor))
        if given is not None:
            where = "the batch axis" if axis == 0 else f"axis {axis}"
            return f"{where} of the input {given[0]!r}", given[1]
        return "a constant", None

    def _symbol_origin(self, symbol: Any, axis: int) -> tuple[str, Location | None]:
        while True:
            origin = private.origin_of(symbol)
            if origin is None:
                return "a symbolic tensor", None
            operation, node, _ = origin
            size = symbol.shape[axis]
            named = _named_size(operation, size) if axis == len(symbol.shape) - 1 else None
            parents = private.inputs_of_node(node)
            handed_on = _aligned(parents, axis, len(symbol.shape), size)
            if (
                named
                or not parents
                or handed_on is None
                or _sets_last_axis(operation, symbol, axis)
            ):
                text = f"{type(operation).__name__}({named})" if named else _plain(operation, size)
                return text, self._made_at(operation)
            symbol, axis = handed_on


def _sets_last_axis(operation: Any, symbol: Any, axis: int) -> bool:
    return axis == len(symbol.shape) - 1 and type(operation).__name__ == "Concatenate"


def _plain(operation: Any, size: int | None) -> str:
    name = type(operation).__name__
    return f"Input of shape {operation.batch_shape}" if name == "InputLayer" else name


def _named_size(layer: Any, size: int | None) -> str | None:
    """How a layer was told this size: "8" for Dense(8), None when it was not."""
    for name in _SIZE_NAMES:
        value = getattr(layer, name, None)
        if value == size and size is not None:
            return str(value)
    return None


def _described(layer: Any, size: int, variable: str) -> str:
    named = _named_size(layer, size)
    kind = type(layer).__name__
    return f"{kind}({named})" if named else f"{variable} of {kind} {layer.name!r}"


def back_through(record: OpRecord, tensor: Any, axis: int) -> str | tuple[Any, int]:
    """The input and axis that an op handed on as this axis, or what the op set it by."""
    name, inputs, constants = record.primitive.name, record.inputs, record.constants
    size = tensor.shape[axis]
    if name == "transpose":
        return inputs[0], constants["axes"][axis]
    if name == "matmul" and len(inputs) == 2:
        last = axis == tensor.ndim - 1
        return (inputs[1], inputs[1].ndim - 1) if last else _hand_on(record, axis, tensor)
    if name.startswith("conv") and len(inputs) > 1:
        if axis == tensor.ndim - 1:
            return inputs[1], inputs[1].ndim - 1
        return (inputs[0], 0) if axis == 0 else f"{record.function or name}"
    if name in ("concatenate", "concat") and axis == constants.get("axis", 0) % tensor.ndim:
        parts = " + ".join(str(part.shape[axis]) for part in inputs)
        return f"a concatenation of {parts}"
    if name == "reshape":
        found = _through_reshape(inputs[0].shape, tensor.shape, axis)
        return (inputs[0], found) if found is not None else f"a reshape to {tensor.shape}"
    if name in ("sum", "mean", "max", "min", "prod") and not constants.get("keepdims"):
        return inputs[0], _before_reduction(inputs[0].ndim, constants.get("axis"), axis)
    found_input = _aligned(inputs, axis, tensor.ndim, size)
    return found_input if found_input is not None else f"{record.function or name}"


def _hand_on(record: OpRecord, axis: int, tensor: Any) -> str | tuple[Any, int]:
    found = _aligned(record.inputs[:1], axis, tensor.ndim, tensor.shape[axis])
    return found if found is not None else record.primitive.name


def _aligned(
    inputs: Sequence[Any], axis: int, ndim: int, size: int | None
) -> tuple[Any, int] | None:
    """The input that has this size at the same place, counted from the end as broadcasting does."""
    for tensor in inputs:
        place = axis - ndim + len(tensor.shape)
        if 0 <= place < len(tensor.shape) and tensor.shape[place] == size:
            return tensor, place
    for tensor in inputs:
        if axis < len(tensor.shape) and tensor.shape[axis] == size:
            return tensor, axis
    return None


def _through_reshape(old: Sequence[int], new: Sequence[int], axis: int) -> int | None:
    before = math.prod(new[:axis])
    for place, size in enumerate(old):
        if size == new[axis] and math.prod(old[:place]) == before:
            return place
    return None


def _before_reduction(ndim: int, axes: Any, axis: int) -> int:
    gone = set(range(ndim)) if axes is None else {a % ndim for a in axes}
    kept = [place for place in range(ndim) if place not in gone]
    return kept[axis]
