"""Axes of different meaning that meet although their sizes fit."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.api import Check, Finding, Trace
from inspector_plugins.model_checks.reading import real_runs


def axes_mixed(trace: Trace) -> Iterator[Finding]:
    """An op joins, adds, weighs or cuts along axes of different meaning (batch, time, features)."""
    seen = set()
    for run in real_runs(trace):
        for conflict in run.axis_conflicts:
            place = (conflict.at.file, conflict.at.line, conflict.at.op)
            if place not in seen:
                seen.add(place)
                message = f"{conflict.message[:1].upper()}{conflict.message[1:]}"
                where = f" ({conflict.at.call})" if conflict.at.call else ""
                yield Finding(
                    "axes-mixed",
                    conflict.at.call,
                    f"{message}{where}.",
                    conflict.fix,
                    file=conflict.at.file,
                    line=conflict.at.line,
                )


CHECKS: tuple[Check, ...] = (axes_mixed,)
