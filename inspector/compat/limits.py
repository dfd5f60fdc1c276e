"""How far user code may go with a stand-in before it is ended for it.

Kept apart from the stand-ins, so that a worker sets the limit without importing them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

# A loop of many epochs shows the same again: after this long one element is enough.
_FEWER_S = 8.0
# A small dataset is looped over whole: scripts count, list and print what is in it.
_SMALL = 16
# `adapt` learns from all that it is given, or the vocabulary and the mean would be wrong.
_ADAPT_ELEMENTS, _ADAPT_S = 20_000, 5.0
_limit: int | None = None
_adapting = False
_first: float | None = None
_told: Callable[[str, str], None] | None = None


def limit_iteration(count: int | None, told: Callable[[str, str], None] | None = None) -> None:
    """End user loops over datasets after `count` elements; None: never."""
    global _limit, _told, _first
    _limit, _told, _first = count, told, None


@contextmanager
def adapting() -> Iterator[None]:
    """Loops inside are those of a layer's `adapt`, which see the whole dataset."""
    global _adapting
    before, _adapting = _adapting, True
    try:
        yield
    finally:
        _adapting = before


def bounded(elements: Iterator[Any], length: int = -1) -> Iterator[Any]:
    """The elements, as many as the limit lets through; a negative `length` is not known."""
    global _first
    if _limit is None:
        yield from elements
        return
    if _adapting:
        yield from _for_adapt(elements)
        return
    _first = time.monotonic() if _first is None else _first
    spent = time.monotonic() - _first
    usual = max(_limit, _SMALL) if 0 <= length <= _SMALL else _limit
    limit = usual if spent < _FEWER_S else min(_limit, 1)
    yield from islice(elements, limit)
    if _told is not None and next(elements, None) is not None:
        _told("loop over a tf.data.Dataset", f"it was ended after {usual} elements or less")


def _for_adapt(elements: Iterator[Any]) -> Iterator[Any]:
    began = time.monotonic()
    for count, element in enumerate(elements):
        if count == _ADAPT_ELEMENTS or (count and time.monotonic() - began > _ADAPT_S):
            if _told is not None:
                _told("adapt on a tf.data.Dataset", f"it learned from the first {count} elements")
            return
        yield element
