"""Where the size of one axis came from: "8: Dense(8) at model.py line 12".

An axis is followed backward through the ops that made its tensor, as long as an op hands it on
unchanged, to what set its number: a layer's weight, an input of the run, a reshape, a constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from inspector.capture import axis_rules, user_words
from inspector.capture import keras_private as private
from inspector.capture.location import Location
from inspector.capture.runs import RunContext
from inspector.engine import OpRecord, Tensor
from inspector.trace import AxisOrigin

# Where a weight's value is used: its layer and its variable, by the value's tensor id.
Owners = dict[int, tuple[Any, Any]]
LineOf = Callable[[Any], Location | None]
_MOST_STEPS = 10_000  # an axis handed on through more ops than this is not followed further
_FIT = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


class Ancestry:
    """Answers for the tensors of one run.

    made_at:      the line that made a layer.
    first_called: the line of a layer's first call, which built it.
    """

    def __init__(self, context: RunContext, made_at: LineOf, first_called: LineOf) -> None:
        self._context = context
        self._made_at = made_at
        self._first_called = first_called
        self._owners: Owners = {
            value.id: (frame.layer, variable)
            for frame in context.frames
            for variable, value in frame.weights
            if isinstance(value, Tensor)
        }
        self._inputs = {
            id(_outside(tensor)): (argument, frame.location)
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

    def maker(self, tensor: Any) -> tuple[Any, list[Any]] | None:
        """The layer or operation that gave out this very tensor, and what went into it."""
        tensor = _outside(tensor)
        frame = self._context.origins.maker(tensor)
        if frame is not None:
            return frame.layer, [given for _, given in frame.inputs]
        origin = private.origin_of(tensor) if private.is_symbol(tensor) else None
        return (origin[0], private.inputs_of_node(origin[1])) if origin is not None else None

    def line_of(self, layer: Any) -> Location | None:
        """The line that made a layer."""
        return self._made_at(layer)

    def first_line_of(self, layer: Any) -> Location | None:
        """The line of a layer's first call, which built it."""
        return self._first_called(layer)

    def input_words(self, tensor: Any) -> str | None:
        """What the user calls an input of the run: a variable's name, or the argument's words."""
        named = self._context.heard.named.get(id(tensor))
        if named is not None or self._context.heard.called_from is None:
            return named
        call = self._context.heard.called_from.expression()
        if user_words.function_name(call) in _FIT:
            given_to_fit = user_words.one_value(user_words.argument(call, 0, "x"))
            return user_words.words(given_to_fit)
        arguments = list(dict.fromkeys(name for name, _ in self._inputs.values()))
        given = self._inputs.get(id(tensor))
        alone = given is not None and sum(n == given[0] for n, _ in self._inputs.values()) == 1
        if given is None or not alone:
            return None
        position = arguments.index(given[0])
        return user_words.words(user_words.argument(call, position, given[0]))

    def _origin(self, tensor: Any, axis: int) -> tuple[str, Location | None]:
        for _ in range(_MOST_STEPS):
            tensor = _outside(tensor)
            if self._context.origins.is_input(tensor) and not _is_made_symbol(tensor):
                return self._of_input(tensor, axis)
            made = self.maker(tensor)
            if made is not None:
                layer, inputs = made
                step = axis_rules.step(layer, inputs, tensor.shape, axis)
                if isinstance(step, str):
                    return step, self._made_at(layer)
                if step is not None:
                    tensor, axis = step
                    continue
            following = self._further(tensor, axis)
            if isinstance(following[0], str):
                return following
            tensor, axis = following
        return "more ops than are followed", None

    def _further(self, tensor: Any, axis: int) -> Any:
        """One step back where no rule of a layer helps: a tensor and axis, or the end."""
        if private.is_symbol(tensor):
            return self._behind_symbol(tensor, axis)
        record = getattr(tensor, "record", None)
        if record is None:
            return self._leaf(tensor, axis)
        step = back_through(record, tensor, axis)
        return (step, record.location) if isinstance(step, str) else step

    def _leaf(self, tensor: Any, axis: int) -> tuple[str, Location | None]:
        owned = self._owners.get(getattr(tensor, "id", -1))
        if owned is not None:
            return self._of_weight(*owned, axis)
        blame = self._context.blame
        if blame is not None and private.is_layer(blame.thing) and _owns(blame.thing, tensor):
            return self._of_weight(blame.thing, tensor, axis)
        if id(tensor) in self._inputs or id(tensor) in self._context.heard.named:
            return self._of_input(tensor, axis)
        return "a constant", None

    def _of_weight(self, layer: Any, variable: Any, axis: int) -> tuple[str, Location | None]:
        shape, kind = tuple(variable.shape), type(layer).__name__
        if type(layer).__module__.startswith("keras.") and variable.name == "kernel":
            if axis == len(shape) - 1:
                size = getattr(layer, "units", None) or getattr(layer, "filters", None)
                if size == shape[axis]:
                    return f"{kind}({size})", self._made_at(layer)
            if axis == len(shape) - 2:
                where = self._first_called(layer)
                return f"the input that {kind} {layer.name!r} was built for", where
        return f"{variable.name} of {kind} {layer.name!r}", self._made_at(layer)

    def _of_input(self, tensor: Any, axis: int) -> tuple[str, Location | None]:
        argument, location = self._inputs.get(id(tensor), ("", None))
        name, place = self.input_words(tensor), self._context.heard.called_from
        which = _which(axis, len(tensor.shape))
        if name is None:
            return f"{which} of the input {argument!r}" if argument else f"{which} of an input", (
                location
            )
        if place is not None and name.isidentifier():
            line = user_words.assigned_at(place.code.co_filename, name)
            location = (place.code.co_filename, line) if line else location
        if axis == 0 and place is not None and tensor is not None:
            function = user_words.function_name(place.expression())
            if function in _FIT[:3]:
                return f"the batch that {function} takes of {name}", location
        return f"{which} of {'' if name.isidentifier() else 'the input '}{name}", location

    def _behind_symbol(self, symbol: Any, axis: int) -> Any:
        origin = private.origin_of(symbol)
        if origin is None:
            if id(symbol) in self._context.heard.named or id(symbol) in self._inputs:
                return self._of_input(symbol, axis)
            return "a tensor whose origin was not recorded", None
        operation, node, _ = origin
        if type(operation).__name__ == "InputLayer":
            name = "" if operation.name.startswith("input_layer") else f" {operation.name!r}"
            return f"Input{name} of shape {operation.batch_shape}", self._made_at(operation)
        handed_on = _aligned(
            private.inputs_of_node(node), axis, len(symbol.shape), symbol.shape[axis]
        )
        if handed_on is None:
            return type(operation).__name__, self._made_at(operation)
        return handed_on


def _which(axis: int, ndim: int) -> str:
    if axis == 0:
        return "the batch axis"
    return "the last axis" if axis == ndim - 1 else f"axis {axis}"


def _is_made_symbol(tensor: Any) -> bool:
    # Its InputLayer tells more than the argument of the first layer that took it.
    return private.is_symbol(tensor) and private.origin_of(tensor) is not None


def _owns(layer: Any, variable: Any) -> bool:
    return any(variable is own for own in private.own_variables(layer))


def _outside(tensor: Any) -> Any:
    """The symbolic tensor that a tensor inside a symbolic run stands for."""
    symbol = getattr(tensor, "stands_for", None)
    return tensor if symbol is None else symbol


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
        if found is not None:
            return inputs[0], found
        joined = _joined_by_reshape(inputs[0].shape, tensor.shape, axis)
        return f"{joined} in a reshape" if joined else f"a reshape to {tensor.shape}"
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


def _joined_by_reshape(old: Sequence[int], new: Sequence[int], axis: int) -> str | None:
    """Neighbouring axes that became one: "13 x 13 x 8"."""
    before = math.prod(new[:axis])
    for start in range(len(old)):
        if math.prod(old[:start]) != before:
            continue
        for end in range(start + 2, len(old) + 1):
            if math.prod(old[start:end]) == new[axis]:
                return axis_rules.product(old[start:end])
    return None


def _before_reduction(ndim: int, axes: Any, axis: int) -> int:
    gone = set(range(ndim)) if axes is None else {a % ndim for a in axes}
    kept = [place for place in range(ndim) if place not in gone]
    return kept[axis]
