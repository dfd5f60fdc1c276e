"""Which groups are open at first: as many as can still be read at a glance."""

from __future__ import annotations

from inspector.layout.outline import outline
from inspector.trace import Run, children

MOST_BOXES = 24


def default_expanded(run: Run) -> frozenset[str]:
    """A run's only top-level call, the way to the failing call, then level by level.

    A level stops being opened where more than `MOST_BOXES` boxes would be seen.
    """
    inside = children(run)
    opened = _always_open(run, inside)
    seen = _visible(inside, opened)
    level = [call for call in inside[None] if inside[call]]
    while level:
        below: list[str] = []
        for call in level:
            if call not in opened and seen + len(inside[call]) <= MOST_BOXES:
                opened.add(call)
                seen += len(inside[call])
            if call in opened:
                below += [child for child in inside[call] if inside[child]]
        level = below
    return frozenset(opened)


def expandable(run: Run) -> frozenset[str]:
    """Every id that can be expanded, chunks of large groups included."""
    return outline(run).groups


def _always_open(run: Run, inside: dict[str | None, list[str]]) -> set[str]:
    opened = {call for call in inside[None] if len(inside[None]) == 1 and inside[call]}
    if run.failure is not None:
        parents = {call.id: call.parent for call in run.calls}
        above = parents.get(run.failure.call or "")
        while above is not None:
            opened.add(above)
            above = parents.get(above)
    return opened


def _visible(inside: dict[str | None, list[str]], opened: set[str]) -> int:
    count, waiting = 0, list(inside[None])
    while waiting:
        call = waiting.pop()
        count += 1
        if call in opened:
            waiting += inside[call]
    return count
