"""Whether a gather met a wrong index: asked at once, or after a graph's launch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_waiting: list[Any] | None = None


def passes(wrong: Any) -> bool:
    """Whether a kernel left its flag at 0; waits for the device, except within `postponed`."""
    if _waiting is None:
        return not int(wrong[0])
    _waiting.append(wrong)
    return True


@contextmanager
def postponed() -> Iterator[list[Any]]:
    """Ask nothing inside: the flags to ask later are in the list."""
    global _waiting
    before, _waiting = _waiting, []
    try:
        yield _waiting
    finally:
        _waiting = before


def settle(flags: Sequence[Any]) -> None:
    """Ask all flags now.

    Raises:
        IndexError: one is set.
    """
    if any(int(flag[0]) for flag in flags):
        raise IndexError("an index is out of range in this replay; run the model itself to see it")
