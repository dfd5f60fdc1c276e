"""What a policy works with: where the script is, where it may write, and how to patch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.loading.notes import Notes
from inspector.loading.user_files import UserFiles

_ABSENT = object()


class Patches:
    """Attributes set for the time that user code runs, and what they were before."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Set `owner.name`; answers what it was."""
        before = getattr(owner, name, None)
        self._before.append((owner, name, vars(owner).get(name, _ABSENT)))
        setattr(owner, name, value)
        return before

    def wrap(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Set `owner.name` to what `make` makes of it, if the owner has it at all."""
        if hasattr(owner, name):
            self.set(owner, name, make(getattr(owner, name)))

    def undo(self) -> None:
        """Put everything back, last first."""
        while self._before:
            owner, name, value = self._before.pop()
            if value is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


@dataclass(frozen=True, slots=True)
class Situation:
    """One file being opened.

    folder:  the file's folder: working directory and first place of imports.
    scratch: where everything that the script writes goes.
    """

    path: Path
    folder: Path
    scratch: Path
    files: UserFiles
    notes: Notes
    seed: int = 0
    patches: Patches = field(default_factory=Patches)
