"""Which folders' files may be run without asking, and in which Python: kept in the store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from inspector.gui.state.recent import Store

_FOLDERS, _PYTHON = "trusted_folders", "python"
_MOST = 200


class Trust:
    """The folders that the person trusts; each stands for itself, not for what is inside.

    own: folders that need no question: our sample models.
    everything: asked for on the command line (`--trust`).
    """

    def __init__(self, store: Store, own: Iterable[Path] = (), *, everything: bool = False) -> None:
        self._store = store
        self._own = frozenset(own)
        self._now: set[Path] = set()
        self._everything = everything

    def allows(self, folder: Path) -> bool:
        """Whether a file of this folder may be run."""
        known = folder in self._own or folder in self._now or folder in self.folders()
        return self._everything or known

    def folders(self) -> list[Path]:
        """The folders that are remembered, the newest first."""
        kept = self._store.value(_FOLDERS, [])
        return [Path(name) for name in ([kept] if isinstance(kept, str) else list(kept or []))]

    def allow(self, folder: Path, *, remember: bool) -> None:
        """Let this folder's files be run, from now on or until the window is closed."""
        self._now.add(folder)
        if remember:
            known = [other for other in self.folders() if other != folder]
            self._store.setValue(_FOLDERS, [str(item) for item in [folder, *known][:_MOST]])


def kept_python(store: Store) -> str | None:
    """The Python that files are run in; None for the one that runs the window."""
    return str(store.value(_PYTHON) or "") or None


def keep_python(store: Store, python: str | None) -> None:
    """Remember the Python that files are run in."""
    store.setValue(_PYTHON, python or "")
