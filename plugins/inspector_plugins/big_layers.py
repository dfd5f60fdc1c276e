"""Warns about a layer that holds most of a file's weights."""

from __future__ import annotations

import math
from collections.abc import Iterator

from inspector.api import Call, Check, Finding, Run, Trace, Weight, hookimpl

LARGEST_SHARE = 0.5
# Below these a large share is no surprise: a demo, or a model of one or two layers.
FEWEST_PARAMETERS = 100_000
FEWEST_LAYERS = 3


def big_layers(trace: Trace) -> Iterator[Finding]:
    """One finding a layer, however many models and runs it takes part in."""
    seen: set[int] = set()
    for run in trace.runs:
        counts = _parameters_by_layer(run)
        total = sum(counts.values())
        if total < FEWEST_PARAMETERS or len(counts) < FEWEST_LAYERS:
            continue
        for call in run.calls:
            share = counts.get(call.layer_id, 0) / total
            if share > LARGEST_SHARE and call.layer_id not in seen:
                seen.add(call.layer_id)
                yield _finding(call, share, counts[call.layer_id])


def _parameters_by_layer(run: Run) -> dict[int, int]:
    """Parameters of each layer itself: a weight counts for the innermost call that lists it."""
    owners: dict[object, tuple[Call, Weight]] = {}
    for call in run.calls:
        for weight in call.weights:
            key = weight.tensor if weight.tensor is not None else (call.layer_id, weight.name)
            if key not in owners or owners[key][0].depth < call.depth:
                owners[key] = (call, weight)
    counts: dict[int, int] = {}
    for call, weight in owners.values():
        size = math.prod(axis or 0 for axis in weight.shape)
        counts[call.layer_id] = counts.get(call.layer_id, 0) + size
    return counts


def _finding(call: Call, share: float, parameters: int) -> Finding:
    return Finding(
        "big-layer",
        call.id,
        f"{call.path} holds {share:.0%} of all weights ({parameters:,} parameters).",
        fix="Try fewer units, a pooling layer before it, or a factorised layer.",
        severity="note",
        file=call.file,
        line=call.line,
    )


@hookimpl
def register_checks() -> list[Check]:
    return [big_layers]
