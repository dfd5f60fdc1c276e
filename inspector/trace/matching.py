"""Which of two lists of calls belong together: by name, by class and shape, by order.

Each rule takes what the rules before it left, and keeps to their order: a rule by class and shape
looks only between two neighbours that are matched already.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Protocol, TypeVar


class Named(Protocol):
    """What can be matched: a call, or anything else with a name and a class."""

    @property
    def name(self) -> str: ...
    @property
    def class_(self) -> str: ...


A = TypeVar("A", bound=Named)
B = TypeVar("B", bound=Named)
# Above this many comparisons a gap is matched by one walk along both sides.
_MOST_COMPARISONS = 1_000_000


def matched(
    a: list[A],
    b: list[B],
    *,
    key: Callable[[A | B], Hashable],
    whole: bool = False,
) -> Iterator[tuple[A | None, B | None, tuple[int, int] | None]]:
    """Pairs in order of execution, with a call that has no partner beside None.

    The third value is given for a pair that is out of order: its place among each side's calls.

    key:   what two calls of the same kind share besides their name: class and shape.
    whole: the lists are all that was called; one call on each side is a pair, whatever its name.
    """
    names_a, names_b = (_counted(names) for names in _names(a, b))
    found: dict[int, int] = {}
    if whole and len(a) == len(b) == 1:
        found[0] = 0
    shape_a, shape_b = [key(c) for c in a], [key(c) for c in b]
    both_a, both_b = zip(names_a, shape_a, strict=True), zip(names_b, shape_b, strict=True)
    _by_key(found, dict(enumerate(both_a)), dict(enumerate(both_b)))
    _by_key(found, _given(a, names_a), _given(b, names_b))
    _between(found, shape_a, shape_b)
    _by_key(found, dict(enumerate(names_a)), dict(enumerate(names_b)))
    _between(found, [c.class_ for c in a], [c.class_ for c in b])
    yield from _merged(a, b, found)


def _names(a: Sequence[Named], b: Sequence[Named]) -> tuple[list[str], list[str]]:
    """Names on both sides, in one numbering.

    Keras numbers the layers of a class through a whole process: where another model took some
    before, `dense` and `dense_1` are `dense_7` and `dense_8`, which is only a shift.
    """
    own_a, own_b = _ranks(a), _ranks(b)
    shifted = {
        class_
        for class_ in own_a.keys() & own_b.keys()
        if not (own_a[class_].keys() <= own_b[class_].keys())
        and not (own_b[class_].keys() <= own_a[class_].keys())
    }

    def named(calls: Sequence[Named], own: dict[str, dict[str, int]]) -> list[str]:
        return [
            f"{call.class_} {own[call.class_][call.name]}"
            if call.class_ in shifted and call.name in own[call.class_]
            else call.name
            for call in calls
        ]

    return named(a, own_a), named(b, own_b)


def _ranks(calls: Sequence[Named]) -> dict[str, dict[str, int]]:
    """Of each class the names that Keras numbered, with their places by number."""
    found: dict[str, set[str]] = {}
    for call in calls:
        if _is_numbered(call):
            found.setdefault(call.class_, set()).add(call.name)
    return {
        class_: {name: rank for rank, name in enumerate(sorted(names, key=_number))}
        for class_, names in found.items()
    }


def _number(name: str) -> int:
    """7 of `dense_7`; -1 of the first, `dense`."""
    end = re.search(r"_(\d+)$", name)
    return int(end[1]) if end else -1


def _counted(names: Sequence[str]) -> list[tuple[str, int]]:
    """Names with how often they came before: a shared layer is called again under its name."""
    seen: Counter[str] = Counter()
    counted = []
    for name in names:
        counted.append((name, seen[name]))
        seen[name] += 1
    return counted


def _given(calls: Sequence[Named], names: Sequence[Hashable]) -> dict[int, Hashable]:
    """Names that the user gave; `dense_3` is Keras' own for a `Dense`."""
    return {i: name for i, name in enumerate(names) if not _is_numbered(calls[i])}


def _is_numbered(call: Named) -> bool:
    own = re.sub(r"_\d+$", "", call.name).replace("_", "").lower()
    return own == call.class_.replace("_", "").lower()


def _by_key(found: dict[int, int], a: Mapping[int, Hashable], b: Mapping[int, Hashable]) -> None:
    """Match what is free on both sides and has the same key."""
    taken = set(found.values())
    free = {key: index for index, key in b.items() if index not in taken}
    for index, key in a.items():
        if index not in found and key in free:
            found[index] = free.pop(key)


def _between(found: dict[int, int], a: Sequence[Hashable], b: Sequence[Hashable]) -> None:
    """Match free calls with equal keys in the gaps between pairs that are in order."""
    taken = set(found.values())
    ends = [*sorted((i, found[i]) for i in _increasing(found)), (len(a), len(b))]
    start_a = start_b = 0
    for end_a, end_b in ends:
        gap_a = [i for i in range(start_a, end_a) if i not in found]
        gap_b = [i for i in range(start_b, end_b) if i not in taken]
        for i, j in _alike([a[i] for i in gap_a], [b[j] for j in gap_b]):
            found[gap_a[i]] = gap_b[j]
        start_a, start_b = end_a + 1, end_b + 1


def _alike(a: Sequence[Hashable], b: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    if len(a) * len(b) <= _MOST_COMPARISONS:
        for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
            yield from ((block.a + k, block.b + k) for k in range(block.size))
        return
    places: dict[Hashable, list[int]] = {}
    for j, key in enumerate(b):
        places.setdefault(key, []).append(j)
    start = 0
    for i, key in enumerate(a):
        later = places.get(key, [])
        if (place := bisect_left(later, start)) < len(later):
            yield i, later[place]
            start = later[place] + 1


def _increasing(found: dict[int, int]) -> set[int]:
    """The most pairs that are in the same order on both sides (patience sorting), by A's index."""
    tails: list[int] = []
    last: list[int] = []
    before: dict[int, int | None] = {}
    for index in sorted(found):
        place = bisect_left(tails, found[index])
        before[index] = last[place - 1] if place else None
        tails[place : place + 1] = [found[index]]
        last[place : place + 1] = [index]
    kept: set[int] = set()
    index_or_end = last[-1] if last else None
    while index_or_end is not None:
        kept.add(index_or_end)
        index_or_end = before[index_or_end]
    return kept


def _merged(
    a: list[A], b: list[B], found: dict[int, int]
) -> Iterator[tuple[A | None, B | None, tuple[int, int] | None]]:
    """Along A; what only B has comes before the next pair that is in order."""
    in_order = _increasing(found)
    partners = set(found.values())
    done = 0
    for i, call in enumerate(a):
        j = found.get(i)
        if j is None:
            yield call, None, None
            continue
        if i in in_order:
            yield from ((None, b[k], None) for k in range(done, j) if k not in partners)
            done = j + 1
        yield call, b[j], None if i in in_order else (i, j)
    yield from ((None, b[k], None) for k in range(done, len(b)) if k not in partners)
