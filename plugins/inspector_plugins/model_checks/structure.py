"""Layers that are unused, made anew at each call, or put together oddly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from inspector.api import Call, Check, Finding, Run, Trace
from inspector_plugins.model_checks.reading import (
    at_call,
    followers,
    last_activation,
    ready_made_lines,
    real_runs,
    shape_of,
    unique_calls,
)

_NORMS = ("BatchNormalization", "GroupNormalization", "LayerNormalization")
_WITH_BIAS = ("Dense", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D")
_DROPOUTS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout")
_NUMBER = re.compile(r"_\d+$")
_SAME_TWICE = ("relu", "sigmoid", "softmax", "softplus", "gelu", "silu", "elu", "selu")


def layer_never_called(trace: Trace) -> Iterator[Finding]:
    """A layer is made but its model never calls it."""
    seen = set()
    whole = {run.model for run in real_runs(trace) if run.failure is None}
    for model in trace.models:
        for layer in model.unused if model.name in whole else ():
            if (layer.name, layer.line) in seen:
                continue
            seen.add((layer.name, layer.line))
            yield Finding(
                "layer-never-called",
                None,
                f"{layer.class_} {layer.name!r} of {layer.owner!r} is made but never called.",
                "Call it in `call`, or take it out.",
                file=layer.file,
                line=layer.line,
            )


def layer_is_placeholder(trace: Trace) -> Iterator[Finding]:
    """A layer's code was not there or not allowed to run: what follows it is made up."""
    for run, call in unique_calls(trace):
        if call.placeholder:
            after = followers(run)
            reached: dict[str, None] = {}
            waiting = [call.id]
            while waiting:
                new = [c.id for c in after.get(waiting.pop(), []) if c.id not in reached]
                reached |= dict.fromkeys(new)
                waiting += new
            what = f"what follows it (calls: {len(reached)}) has" if reached else "it has"
            yield at_call(
                "layer-is-placeholder",
                call,
                f"{call.class_} {call.name!r} is a placeholder; {what} made-up values.",
                "Open the script that defines the class, or allow the file's code if you trust it.",
            )


def layer_made_in_call(trace: Trace) -> Iterator[Finding]:
    """A new layer is made at every call: its weights are never trained."""
    seen: dict[tuple[object, ...], int] = {}
    told = set()
    for run in real_runs(trace):
        parents = {call.id: call for call in run.calls}
        counts: Counter[tuple[object, ...]] = Counter()
        for call in run.calls:
            parent = parents.get(call.parent or "")
            if parent is None or not call.weights:
                continue
            # Keras numbers the layers it names itself: dense, dense_1, dense_2.
            kind = (call.class_, _NUMBER.sub("", call.name), call.line)
            place = (run.model, parent.path, parent.layer_id, *kind)
            counts[parent.id, *kind] += 1
            other = (*place, counts[parent.id, *kind])
            if seen.setdefault(other, call.layer_id) != call.layer_id and place not in told:
                told.add(place)
                yield at_call(
                    "layer-made-in-call",
                    call,
                    f"{call.class_} {call.name!r} is another layer each time {parent.path} runs.",
                    "Make it once, in __init__ or build, and keep it as an attribute.",
                )


def weight_uninitialized(trace: Trace) -> Iterator[Finding]:
    """A weight has no value although its layer was called."""
    for run, call in unique_calls(trace):
        missing = [weight.name for weight in call.weights if not weight.initialized]
        if missing and run.failure is None:
            yield at_call(
                "weight-uninitialized",
                call,
                f"{call.path} ran with uninitialized weights: {', '.join(missing)}.",
                "Build the layer before it is called.",
                "error",
            )


def activation_twice(trace: Trace) -> Iterator[Finding]:
    """The same activation function is applied twice in a row."""
    for run in real_runs(trace):
        after = followers(run)
        for call in run.calls:
            name = last_activation(call)
            for other in after.get(call.id, []):
                if name in _SAME_TWICE and _only_activates(other, name):
                    yield at_call(
                        "activation-twice",
                        other,
                        f"{other.path} applies {name} to what {call.path} has applied it to.",
                        "Keep one of the two.",
                    )
        if run.failure is None:
            return  # one run that came to its end shows them all


def _only_activates(call: Call, name: str) -> bool:
    return not call.weights and {op.function or op.op for op in call.ops} == {name}


def bias_before_norm(trace: Trace) -> Iterator[Finding]:
    """A bias is added just before a normalization takes it away again."""
    for run in real_runs(trace):
        after = followers(run)
        finished = ready_made_lines(run)
        for call in run.calls:
            biased = any(weight.name.endswith("bias") for weight in call.weights)
            if call.class_ not in _WITH_BIAS or not biased or (call.file, call.line) in finished:
                continue
            next_calls = after.get(call.id, [])
            plain = last_activation(call) in ("add", "bias_add")
            if plain and next_calls and all(c.class_ == _NORMS[0] for c in next_calls):
                yield at_call(
                    "bias-before-norm",
                    call,
                    f"The bias of {call.path} has no effect: {next_calls[0].path} subtracts it.",
                    "Pass use_bias=False.",
                    "note",
                )
        return


def softmax_of_one(trace: Trace) -> Iterator[Finding]:
    """A softmax over a single value: its output is always 1."""
    for _, call in unique_calls(trace):
        shape = shape_of(call.outputs)
        if shape and shape[-1] == 1 and last_activation(call) == "softmax":
            yield at_call(
                "softmax-of-one",
                call,
                f"{call.path} applies softmax over one value, which is always 1.",
                "Use a sigmoid for one output, or as many units as there are classes.",
                "error",
            )


def dropout_at_the_end(trace: Trace) -> Iterator[Finding]:
    """A dropout is the last layer: it falsifies the output in training."""
    for run in real_runs(trace):
        last = _last_call(run)
        if last is not None and last.class_ in _DROPOUTS:
            yield at_call(
                "dropout-at-the-end",
                last,
                f"{last.path} drops parts of the model's own output.",
                "Move the dropout before the last layer.",
            )
        return


def dense_on_feature_map(trace: Trace) -> Iterator[Finding]:
    """A Dense layer is applied to every pixel of a feature map."""
    for run in real_runs(trace):
        makers = {c.id: c for c in run.calls}
        for edge in run.edges:
            target, source = makers[edge.target], makers.get(edge.source or "")
            if target.class_ != "Dense" or source is None or not source.class_.startswith("Conv2D"):
                continue
            yield at_call(
                "dense-on-feature-map",
                target,
                f"{target.path} runs on {edge.shape}, at every position by itself.",
                "Put Flatten or a global pooling before it, if that is not meant.",
                "note",
            )
        return


def nothing_to_train(trace: Trace) -> Iterator[Finding]:
    """A model is trained that has no trainable weights."""
    trained = {
        run.model
        for run in trace.runs
        if run.training and any(row.kind == "compiled" for row in run.losses)
    }
    for model in trace.models:
        if model.name in trained and model.trainable_parameters == 0:
            yield Finding(
                "nothing-to-train",
                None,
                f"{model.name} is trained but has no trainable weights.",
                "Set trainable = True on the layers that should learn.",
                "error",
            )


def _last_call(run: Run) -> Call | None:
    """The last call at the level of the model's own layers."""
    inside = [call for call in run.calls if call.depth == 1]
    return inside[-1] if inside and run.failure is None else None


CHECKS: tuple[Check, ...] = (
    layer_never_called,
    layer_is_placeholder,
    layer_made_in_call,
    weight_uninitialized,
    activation_twice,
    bias_before_norm,
    softmax_of_one,
    dropout_at_the_end,
    dense_on_feature_map,
    nothing_to_train,
)
