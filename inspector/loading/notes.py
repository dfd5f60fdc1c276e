"""The list of what was replaced to open a file safely, with the user's lines."""

from __future__ import annotations

from collections.abc import Callable

from inspector.loading.user_files import UserFiles
from inspector.trace import Replacement

MAX_NOTES = 300


class Notes:
    """Collects replacements: each thing once per line, a bounded number in all.

    on_replaced: told of each new one.
    """

    def __init__(self, files: UserFiles, on_replaced: Callable[[Replacement], None]) -> None:
        self._files = files
        self._on_replaced = on_replaced
        self._seen: set[tuple[str, str | None, int | None]] = set()
        self.all: list[Replacement] = []

    def add(self, what: str, why: str) -> None:
        """Note that `what` was replaced at the user's line that runs now."""
        self.add_at(what, why, *(self._files.here() or (None, None)))

    def add_at(self, what: str, why: str, file: str | None, line: int | None) -> None:
        """The same for a place that is known."""
        key = (what, file, line)
        if key in self._seen or len(self.all) > MAX_NOTES:
            return
        self._seen.add(key)
        if len(self.all) == MAX_NOTES:
            what, why, file, line = (
                "more", f"More than {MAX_NOTES} things were replaced; the rest is not listed.",
                None, None,
            )  # fmt: skip
        self._keep(Replacement(what, why, file, line))

    def _keep(self, replacement: Replacement) -> None:
        self.all.append(replacement)
        self._on_replaced(replacement)
