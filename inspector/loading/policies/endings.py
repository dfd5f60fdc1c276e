"""Ending the process: `os._exit`, `os.abort`, `os.kill` of itself end the script only."""

from __future__ import annotations

import os
import signal
from typing import Any

from inspector.loading.policies.guard import ProcessBlocked
from inspector.loading.situation import Situation


class EndedItself(SystemExit):
    """Raised where a script would have ended its process; `how` is the call in words."""

    def __init__(self, code: int, how: str) -> None:
        super().__init__(code)
        self.how = how


def install(situation: Situation) -> None:
    """Turn the ways in which a script ends its own process into an exception."""
    patches = situation.patches

    def leave(code: int = 0) -> None:
        raise EndedItself(code, f"os._exit({code})")

    def abort() -> None:
        raise EndedItself(1, "os.abort()")

    def kill(pid: int, number: int) -> None:
        if number == 0:
            return None
        if pid in (os.getpid(), 0, -1):
            raise EndedItself(1, f"os.kill of itself with signal {int(number)}")
        situation.notes.add(f"os.kill({pid}, {int(number)})", "Other processes are left alone.")
        raise ProcessBlocked(
            f"The script wants to end process {pid}.",
            fix="Leave that line out while you inspect the model.",
        )

    def raise_signal(number: int) -> None:
        raise EndedItself(1, f"signal.raise_signal({int(number)})")

    def set_handler(number: int, handler: Any) -> Any:
        situation.notes.add(
            f"signal.signal({int(number)}, ...)", "Signals are used by Inspector's Stop."
        )
        return signal.SIG_DFL

    patches.set(os, "_exit", leave)
    patches.set(os, "abort", abort)
    patches.set(os, "kill", kill)
    patches.set(signal, "raise_signal", raise_signal)
    patches.set(signal, "signal", set_handler)
    for name in ("alarm", "setitimer", "pthread_kill"):
        if hasattr(signal, name):
            patches.set(signal, name, _ignored(situation, f"signal.{name}"))
    if hasattr(os, "killpg"):
        patches.set(os, "killpg", lambda group, number: kill(group or os.getpid(), number))


def _ignored(situation: Situation, name: str) -> Any:
    def ignore(*args: Any) -> int:
        situation.notes.add(f"{name}{args}", "Signals are used by Inspector's Stop.")
        return 0

    return ignore
