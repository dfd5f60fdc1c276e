"""Telling the session what was replaced: one sentence on what to write today, once per line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from inspector.compat.missing import user_place

OnReplaced = Callable[[str, str], None]


class _Listener:
    """Who is told, and what was told already."""

    on_replaced: OnReplaced | None = None
    told: ClassVar[set[tuple[str, tuple[str, int] | None]]] = set()
    all: ClassVar[list[tuple[str, str]]] = []


def listen(on_replaced: OnReplaced | None) -> None:
    """Tell this function of every replacement from now on."""
    _Listener.on_replaced = on_replaced
    _Listener.told = set()
    _Listener.all = []


def note(what: str, why: str) -> None:
    """Something old was used: what it is, and what to write today."""
    key = (what, user_place())
    if key in _Listener.told:
        return
    _Listener.told.add(key)
    _Listener.all.append((what, why))
    if _Listener.on_replaced is not None:
        _Listener.on_replaced(what, why)


def noted() -> list[tuple[str, str]]:
    """All that was told since `listen`."""
    return list(_Listener.all)
