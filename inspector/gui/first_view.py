"""Which calls are expanded when a run is first shown: as many as can still be read at a glance."""

from __future__ import annotations

from inspector.layout.scene import default_expanded
from inspector.trace import Run, children

MOST_BOXES = 20


def first_expanded(run: Run) -> frozenset[str]:
    """The way to the failing call, then level by level while the picture stays small."""
    inside = children(run)
    expanded = set(default_expanded(run))
    count = _visible(inside, expanded)
    level = [call for call in inside[None] if inside[call]]
    while level:
        below: list[str] = []
        for call in level:
            more = len(inside[call])
            if call not in expanded and count + more <= MOST_BOXES:
                expanded.add(call)
                count += more
            if call in expanded:
                below += [child for child in inside[call] if inside[child]]
        level = below
    return frozenset(expanded)


def _visible(inside: dict[str | None, list[str]], expanded: set[str]) -> int:
    found, waiting = 0, list(inside[None])
    while waiting:
        call = waiting.pop()
        found += 1
        if call in expanded:
            waiting += inside[call]
    return found
