"""How far user code may go with a stand-in before it is ended for it.

Kept apart from the stand-ins, so that a worker sets the limit without importing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

_limit: int | None = None
_told: Callable[[str, str], None] | None = None


def limit_iteration(count: int | None, told: Callable[[str, str], None] | None = None) -> None:
    """End user loops over datasets after `count` elements; None: never."""
    global _limit, _told
    _limit, _told = count, told


def bounded(elements: Iterator[Any]) -> Iterator[Any]:
    """The elements, as many as the limit lets through."""
    if _limit is None:
        yield from elements
        return
    yield from islice(elements, _limit)
    if _told is not None and next(elements, None) is not None:
        _told("loop over a tf.data.Dataset", f"it was ended after {_limit} elements")
