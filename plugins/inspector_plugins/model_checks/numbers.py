"""Numbers that are not finite, or finite and yet a sign that something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from inspector.api import BadValue, Check, Finding, Trace
from inspector_plugins.model_checks.reading import real_runs

_MOST_CALLS = 6


def not_finite(trace: Trace) -> Iterator[Finding]:
    """NaN or infinity: the first op, the element and the operand that did it."""
    yield from _told(trace, ("nan", "infinity"), "not-finite", "error")


def overflow(trace: Trace) -> Iterator[Finding]:
    """A number does not fit into float16."""
    yield from _told(trace, ("overflow",), "overflow", "error")


def dead_units(trace: Trace) -> Iterator[Finding]:
    """Nearly all of a layer's ReLU units are 0 for every sample."""
    yield from _told(trace, ("dead",), "dead-units", "warning")


def saturated(trace: Trace) -> Iterator[Finding]:
    """A sigmoid or tanh is at its ends nearly everywhere."""
    yield from _told(trace, ("saturated",), "saturated", "warning")


def all_masked(trace: Trace) -> Iterator[Finding]:
    """A softmax row in which every place is masked."""
    yield from _told(trace, ("all masked",), "all-masked", "warning")


def zero_deviation(trace: Trace) -> Iterator[Finding]:
    """A normalization over values that are all equal."""
    yield from _told(trace, ("zero deviation",), "zero-deviation", "warning")


def constant_output(trace: Trace) -> Iterator[Finding]:
    """A layer gives every sample the same, although they differ."""
    yield from _told(trace, ("constant",), "constant-output", "note")


def denormal(trace: Trace) -> Iterator[Finding]:
    """Numbers below the normal range of their dtype."""
    yield from _told(trace, ("denormal",), "denormal", "note")


def _told(
    trace: Trace,
    kinds: tuple[str, ...],
    rule: str,
    severity: Literal["error", "warning", "note"],
) -> Iterator[Finding]:
    """One finding for each place in the code, however many runs come through it."""
    seen = set()
    for run in real_runs(trace):
        for bad in run.bad_values:
            place = (bad.at.file, bad.at.line, bad.at.op, bad.kind)
            if bad.kind in kinds and place not in seen:
                seen.add(place)
                yield Finding(
                    rule, bad.at.call, _sentence(bad), bad.fix, severity, bad.at.file, bad.at.line
                )


def _sentence(bad: BadValue) -> str:
    where = f" in {bad.at.call}" if bad.at.call else ""
    op = f" (op {bad.at.op})" if bad.at.op else ""
    way = " of the gradients" if bad.is_backward else ""
    message = f"{bad.message[:1].upper()}{bad.message[1:]}{where}{op}{way}"
    if bad.kind in ("nan", "infinity", "overflow"):
        index = ", ".join(map(str, bad.element.index))
        message += f", first at [{index}], {bad.count:,} of {bad.of:,} numbers"
    way_on = list(dict.fromkeys(p.call for p in bad.chain if p.call not in (None, bad.at.call)))
    if way_on:
        message += f". From there it goes through {' → '.join(map(str, way_on[:_MOST_CALLS]))}"
        message += " → …" if len(way_on) > _MOST_CALLS else ""
    return f"{message}."


CHECKS: tuple[Check, ...] = (
    not_finite,
    overflow,
    dead_units,
    saturated,
    all_masked,
    zero_deviation,
    constant_output,
    denormal,
)
