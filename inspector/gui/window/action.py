"""One command of the window, as a row of a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One command. `icon` names a picture of `icons.py`; `on_toolbar` its group, 0 for none."""

    id: str
    menu: str
    title: str
    keys: tuple[str, ...]
    status: str
    run: str
    icon: str = ""
    short: str = ""
    on_toolbar: int = 0
    is_checkable: bool = False
