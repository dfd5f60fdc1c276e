"""What made (or would make) the host wait for the device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from . import capturing

_now: Counter[str] = Counter()


def count(kind: str) -> None:
    """Note one wait."""
    capturing.forbid(f"waiting for {kind}")
    _now[kind] += 1


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """The waits inside, by kind: filled in when it ends."""
    before, found = _now.copy(), Counter[str]()
    yield found
    found.update(_now - before)
