"""Asking the person at the terminal: nobody is there, so the answer is an empty line."""

from __future__ import annotations

import builtins
import getpass
from typing import Any

from inspector.loading.situation import Situation


def install(situation: Situation) -> None:
    """Answer `input()` and `getpass()` with an empty text."""

    def answer(prompt: Any = "", *args: Any, **kwargs: Any) -> str:
        situation.notes.add(f"input({str(prompt)!r})", "Answered with an empty line.")
        return ""

    situation.patches.set(builtins, "input", answer)
    situation.patches.set(getpass, "getpass", answer)
