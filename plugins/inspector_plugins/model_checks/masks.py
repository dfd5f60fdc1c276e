"""Masks that are lost or never used."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.api import Check, Finding, Trace
from inspector_plugins.model_checks.reading import real_runs


def mask_dropped(trace: Trace) -> Iterator[Finding]:
    """A mask is lost on its way: what comes after treats padding as data."""
    seen = set()
    for run in real_runs(trace):
        for mask in run.masks:
            for event in mask.events:
                place = (event.op, event.file, event.line)
                if event.what != "dropped" or place in seen:
                    continue
                seen.add(place)
                culprit = f"the op {event.op!r}" if event.op else f"{event.call}"
                yield Finding(
                    "mask-dropped",
                    event.call,
                    f"The mask from {mask.born_at or 'user code'} is dropped by {culprit}"
                    + (f": {event.reason}." if event.reason else "."),
                    event.fix
                    or "Give the layer supports_masking = True, or carry the mask on by hand.",
                    file=event.file,
                    line=event.line,
                )


def mask_unused(trace: Trace) -> Iterator[Finding]:
    """A mask is made but nothing ever uses it."""
    seen = set()
    for run in real_runs(trace):
        if run.failure is not None or len(run.calls) < 3:
            continue
        born = {mask.born_at for mask in run.masks}
        for mask in run.masks:
            frame = (mask.born_at or "").rpartition("/")[0]
            if any(other and other.rpartition("#")[0] == frame for other in born):
                continue  # the layer around it makes a mask of its own instead
            ended = any(event.what in ("used", "dropped", "merged") for event in mask.events)
            if mask.born_at is None or ended or mask.born_at in seen:
                continue
            seen.add(mask.born_at)
            birth = mask.events[0]
            yield Finding(
                "mask-unused",
                mask.born_at,
                f"No layer uses the mask that {mask.born_at} makes.",
                "Feed it to a layer that takes a mask, or drop mask_zero.",
                "note",
                birth.file,
                birth.line,
            )


CHECKS: tuple[Check, ...] = (mask_dropped, mask_unused)
