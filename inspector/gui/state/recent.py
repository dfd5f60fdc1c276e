"""The recent files and the few choices that last, in a store that tests can replace."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Protocol

from PySide6.QtCore import QSettings

_MOST = 9


class Store(Protocol):
    """What is needed of QSettings."""

    def value(self, key: str, default: Any = None) -> Any: ...

    def setValue(self, key: str, value: Any) -> None: ...


class MemoryStore:
    """A store that forgets: for tests and for screenshots."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def value(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def setValue(self, key: str, value: Any) -> None:
        self._values[key] = value


def user_store() -> Store:
    """The store in the user's settings folder."""
    return QSettings("Inspector", "Inspector")


def recent_files(store: Store) -> list[Path]:
    """The files opened last, newest first; ones that are gone are left out."""
    kept = store.value("recent", [])
    names = [kept] if isinstance(kept, str) else list(kept or [])
    return [path for name in names if (path := Path(str(name))).exists()]


def remember_file(store: Store, path: Path) -> None:
    """Put a file first."""
    known = [other for other in recent_files(store) if other != path]
    store.setValue("recent", [str(item) for item in [path, *known][:_MOST]])


def kept_theme(store: Store) -> Literal["system", "light", "dark"]:
    """The theme that the user chose last."""
    kept = store.value("theme")
    return "light" if kept == "light" else "dark" if kept == "dark" else "system"
