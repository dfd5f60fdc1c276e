"""What is known of objects, by which object it is: user classes may define `==` and no hash."""

from __future__ import annotations

import weakref
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class ByIdentity(Generic[Value]):
    """A mapping from living objects; an entry goes when its object does."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], Value]] = {}

    def __setitem__(self, key: Any, value: Value) -> None:
        number, entries = id(key), self._entries
        entries[number] = weakref.ref(key, lambda _: entries.pop(number, None)), value

    def __contains__(self, key: Any) -> bool:
        return id(key) in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Any) -> Value | None:
        """The value of this very object, None where there is none."""
        found = self._entries.get(id(key))
        return None if found is None else found[1]
