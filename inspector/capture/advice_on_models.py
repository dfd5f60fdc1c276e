"""Cases of `advice`: models put together or called wrongly, labels, weights and dtypes."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any

import keras

from inspector.capture import keras_private as private
from inspector.capture import user_words
from inspector.capture.advice import Advice, Case, Situation, layer_words, numbers


def labels(situation: Situation) -> Advice:
    """Labels and predictions whose shapes do not fit."""
    if len(situation.given) < 2:
        return Advice()
    true, (a, b) = situation.given[0], situation.shapes[:2]
    expected = f"labels that fit the predictions' shape {b}"
    name = getattr(getattr(situation.context.blame, "thing", None), "name", "")
    if name == "sparse_categorical_crossentropy":
        expected = f"labels of shape {b[:-1]}: one class number for each row of predictions"
    return Advice(expected, f"{true.name} of shape {a}", _labels_fix(situation, name))


def _labels_fix(situation: Situation, name: str) -> str:
    (true, _), (a, b) = situation.given[:2], situation.shapes[:2]
    is_index = len(a) == len(b) - 1 or (len(a) == len(b) and a[-1] == 1 and b[-1] != 1)
    if name == "categorical_crossentropy" and is_index:
        return (
            f"Use loss='sparse_categorical_crossentropy', which takes class numbers, or make "
            f"{true.name} one-hot with keras.utils.to_categorical."
        )
    if name == "sparse_categorical_crossentropy" and a == b:
        return "Use loss='categorical_crossentropy', which takes one-hot labels."
    layer = situation.maker(1)
    if layer is not None and len(a) < len(b) and len(b) > 2:
        return (
            f"Put a Flatten or a global pooling layer before {layer_words(layer)}"
            f"{situation.line(layer)}: its predictions have {len(b)} axes, the labels {len(a)}."
        )
    if layer is not None and len(a) == len(b) and a[:-1] == b[:-1] and b[-1] != a[-1]:
        kind = type(layer).__name__
        return (
            f"Give {layer_words(layer)}{situation.line(layer)} as many units as the labels have: "
            f"{kind}({a[-1]})."
            if kind == "Dense"
            else ""
        )
    return ""


def _labels_said(situation: Situation, found: re.Match[str]) -> Advice:
    if situation.given:
        return labels(situation)
    return Advice(f"labels that fit {found.group(2)}", found.group(1))


def _input_count(situation: Situation, found: re.Match[str]) -> Advice:
    wanted, got = int(found.group(1)), int(found.group(2))
    layer = situation.frame.layer if situation.frame is not None else None
    symbols = list(getattr(layer, "inputs", None) or [])
    listed = ", ".join(f"{symbol.name} {tuple(symbol.shape)}" for symbol in symbols)
    given = ", ".join(f"{given.name} {given.shape}" for given in situation.given)
    names = ", ".join(symbol.name for symbol in symbols)
    return Advice(
        f"{wanted} inputs{f': {listed}' if listed else ''}",
        f"{got}{f': {given}' if given else ''}",
        f"Pass all of them, in this order: [{names}]." if names else "",
    )


def _missing_argument(situation: Situation, found: re.Match[str]) -> Advice:
    layer = situation.frame.layer if situation.frame is not None else None
    if layer is None or not private.is_layer(layer):
        return Advice()
    kind, taken = type(layer).__name__, ", ".join(_parameters(layer))
    given = ", ".join(given.name for given in situation.given) or "none of them"
    return Advice(
        f"{kind}.call({taken})", f"only {given}", f"Pass {found.group(1)} too: it has no default."
    )


def _too_many_arguments(situation: Situation, found: re.Match[str]) -> Advice:
    layer = situation.frame.layer if situation.frame is not None else None
    if layer is None or not private.is_layer(layer):
        return Advice()
    taken = ", ".join(_parameters(layer))
    return Advice(f"{type(layer).__name__}.call({taken})", found.group(0))


def _parameters(layer: Any) -> list[str]:
    return list(inspect.signature(layer.call).parameters)


def _disconnected(situation: Situation, found: re.Match[str]) -> Advice:
    missing = [given.name for given in situation.given]
    if not missing:
        return Advice("outputs that can be computed from the model's inputs", None)
    listed = " and ".join(missing)
    verb = "is" if len(missing) == 1 else "are"
    return Advice(
        "every Input that the outputs are computed from among the model's inputs",
        f"{listed} {verb} not among them",
        f"Add {listed} to `inputs` of the model.",
    )


def _duplicates(situation: Situation, found: re.Match[str]) -> Advice:
    name, times = found.groups()
    lines = [
        line[1]
        for frame in situation.context.frames
        if frame.parent is None and frame.name == name
        if (line := situation.ancestry.line_of(frame.layer)) is not None
    ]
    if len(set(lines)) == 1:
        where = f", all made at line {lines[0]}"
        fix = f'Number the name in the loop, name=f"{name}_{{i}}", or leave `name` out.'
    else:
        where = f", made at lines {', '.join(map(str, lines))}" if lines else ""
        fix = "Give each of these layers a name of its own, or leave `name` out."
    return Advice("a name of its own for each layer", f"{name!r} {times} times{where}", fix)


def _symbol_as_array(situation: Situation, found: re.Match[str]) -> Advice:
    named = ", ".join(f"{given.name} {given.shape}" for given in situation.given)
    what = f"{named}, a KerasTensor" if named else "a KerasTensor"
    place = situation.context.heard.operand_place
    called = place.expression() if place is not None else None
    function = user_words.function_name(called)
    fix = ""
    if isinstance(called, ast.Call) and hasattr(keras.ops, function):
        fix = f"Use keras.ops.{function} in place of {ast.unparse(called.func)}."
    return Advice(
        "an array that holds values", f"{what}: it has a shape, and no values until it is run", fix
    )


def _weight_count(situation: Situation, found: re.Match[str]) -> Advice:
    given, wanted = found.groups()
    layer = situation.context.blame.thing if situation.context.blame is not None else None
    listed = ""
    if layer is not None:
        listed = ": " + ", ".join(f"{v.path} {tuple(v.shape)}" for v in layer.weights[:8])
        listed += ", ..." if len(layer.weights) > 8 else ""
    return Advice(
        f"{wanted} arrays{listed}", f"{given}", "Give it the weights of a model with these layers."
    )


def _weight_shape(situation: Situation, found: re.Match[str]) -> Advice:
    wanted, given, path = numbers(found.group(1)), numbers(found.group(2)), found.group(3)
    layer = situation.context.blame.thing if situation.context.blame is not None else None
    fix = ""
    units = getattr(layer, "units", None)
    if layer is not None and units == wanted[-1] and wanted[:-1] == given[:-1]:
        fix = (
            f"Make {layer_words(layer)}{situation.line(layer)} as it was saved, "
            f"{type(layer).__name__}({given[-1]}), or load weights that were saved from this model."
        )
    return Advice(f"{wanted} for {path}", f"{given} in what is loaded", fix)


def _layer_weights(situation: Situation, found: re.Match[str]) -> Advice:
    name, wanted, given = found.groups()
    return Advice(
        f"{wanted} weights for layer {name!r}", f"{given} in what is loaded",
        "Load weights that were saved from a model with the same layers.",
    )  # fmt: skip


def _unbuilt(situation: Situation, found: re.Match[str]) -> Advice:
    return Advice(
        "a model that knows the shape of its input",
        "one that has not been called, and has no Input",
        "Let it begin with keras.Input(shape=...), or call it on a batch before this line.",
    )


def _text_as_number(situation: Situation, found: re.Match[str]) -> Advice:
    named = f" in {situation.given[0].name}" if len(situation.given) == 1 else ""
    return Advice(
        "numbers", f"text{named}, such as {found.group(1)}",
        "Turn the text into numbers first: keras.layers.StringLookup or TextVectorization.",
    )  # fmt: skip


MESSAGES: tuple[tuple[re.Pattern[str], Case], ...] = (
    (re.compile(r"target` and `output` must have the same (?:shape|rank).*?"
                r"target\.shape=(\([^)]*\)), output\.shape=(\([^)]*\))", re.S), _labels_said),
    (re.compile(r"expects (\d+) (?:named )?input\(s\).*?received (\d+) input tensors", re.S),
     _input_count),
    (re.compile(r"missing a required (?:positional )?argument: '(\w+)'"), _missing_argument),
    (re.compile(r"missing \d+ required positional argument.*?: '(\w+)'"), _missing_argument),
    (re.compile(r"too many positional arguments|got an unexpected keyword argument '\w+'"
                r"|takes \d+ positional arguments? but \d+ (?:was|were) given"),
     _too_many_arguments),
    (re.compile(r"Output with path .* is not connected to `inputs`"), _disconnected),
    (re.compile(r'The name "([^"]+)" is used (\d+) times in the model'), _duplicates),
    (re.compile(r"A KerasTensor (?:is symbolic|cannot be used as input)"), _symbol_as_array),
    (re.compile(r"weight list of length (\d+), but the layer was expecting (\d+) weights"),
     _weight_count),
    (re.compile(r"variable\.shape=(\([^)]*\)), Received: value\.shape=(\([^)]*\))\. "
                r"Target variable: <Variable path=([^,]+),"), _weight_shape),
    (re.compile(r"Layer '([^']+)' expected (\d+) variables, but received (\d+) variables"),
     _layer_weights),
    (re.compile(r"isn't built|has not (?:yet )?been built|has never been called|not yet built"),
     _unbuilt),
    (re.compile(r"could not convert string to float: (.+)"), _text_as_number),
)  # fmt: skip
