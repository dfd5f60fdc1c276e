"""Failures that belong to no call: a loss, the making of a model, weights, the script's own lines.

Each answers what went into the thing that failed, so that it can be told like a failing call.
"""

from __future__ import annotations

import ast
import re
from types import FrameType
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture import user_words
from inspector.capture.frames import Named
from inspector.capture.runs import RunContext

_LAYER = re.compile(r"on layer '([^']+)'|Target variable: <Variable path=([^,]+),")


def inputs_left_out(inputs: Any, outputs: Any) -> tuple[Named, ...]:
    """The Inputs that a Functional model's outputs need and its inputs leave out."""
    given = {id(tensor) for tensor in private.flatten(inputs)}
    waiting, seen = private.flatten(outputs), set(given)
    found: list[Named] = []
    while waiting:
        tensor = waiting.pop(0)
        if id(tensor) in seen or not private.is_symbol(tensor):
            continue
        seen.add(id(tensor))
        origin = private.origin_of(tensor)
        behind = private.inputs_of_node(origin[1]) if origin is not None else []
        if origin is not None and not behind:
            found.append((origin[0].name, tensor))
        waiting.extend(behind)
    return tuple(found)


def labels_and_predictions(context: RunContext, arguments: Any) -> tuple[Named, ...]:
    """What a loss was given; a symbolic prediction is the output of the model that ran."""
    true = next(iter(private.flatten(arguments[0])), None)
    predicted = next(iter(private.flatten(arguments[1])), None)
    call = context.heard.called_from.expression() if context.heard.called_from else None
    name = user_words.words(user_words.one_value(user_words.argument(call, 1, "y")))
    is_fit = user_words.function_name(call) in ("fit", "evaluate", "train_on_batch")
    if true is not None and name is not None and is_fit:
        symbol = getattr(true, "stands_for", None)
        true = true if symbol is None else symbol
        context.heard.named[id(true)] = name
    found = [(name if is_fit and name else "y_true", true), ("y_pred", _output(context, predicted))]
    return tuple(pair for pair in found if getattr(pair[1], "shape", None) is not None)


def _output(context: RunContext, predicted: Any) -> Any:
    if context.origins.maker(predicted) is not None:
        return predicted
    outputs = [
        tensor
        for frame in context.frames
        if frame.parent is None
        for tensor in frame.outputs
        if tuple(tensor.shape) == tuple(getattr(predicted, "shape", ()))
    ]
    return outputs[-1] if outputs else predicted


def symbols_used(frame: FrameType, place: user_words.Place) -> tuple[Named, ...]:
    """The symbolic tensors that the failing expression names."""
    expression = place.expression()
    names = [n.id for n in ast.walk(expression) if isinstance(n, ast.Name)] if expression else []
    values = [(name, frame.f_locals.get(name)) for name in dict.fromkeys(names)]
    return tuple((name, value) for name, value in values if private.is_symbol(value))


def layer_spoken_of(message: str, models: list[Any]) -> tuple[Any, Any, tuple[Named, ...]]:
    """The model and layer that an error speaks of, and the weight it names; None where it does not.

    One layer of that name must be there: a guess would blame the wrong one.
    """
    found = _LAYER.search(message)
    if found is None:
        return None, None, ()
    name, path = found.groups()
    pairs = [(m, layer) for m in models for layer in [m, *private.sublayers(m)]]
    if path is not None:
        for model, layer in pairs:
            for variable in private.own_variables(layer):
                if variable.path == path:
                    return model, layer, ((path, variable),)
        return None, None, ()
    named = [(model, layer) for model, layer in pairs if layer.name == name]
    return (*named[0], ()) if len({id(layer) for _, layer in named}) == 1 else (None, None, ())
