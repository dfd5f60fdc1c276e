"""What kept a file, while it ran, from the rest of the machine: a plain value of the trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Protection:
    """How a file was run.

    mode:     "inspect": what leaves the process is replaced; "real": as if started by hand.
    in_force: what the system refuses, one sentence each, and by which means.
    missing:  what it does not refuse, each with the reason.

    >>> print(Protection("inspect", ("network: none (seccomp)",), ("files (no Landlock)",)))
    network: none (seccomp); unprotected: files (no Landlock)
    >>> print(Protection("real"))
    unprotected: run for real, with your rights
    """

    mode: Literal["inspect", "real"] = "inspect"
    in_force: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return self.mode == "inspect" and bool(self.in_force) and not self.missing

    def __str__(self) -> str:
        """One line for people."""
        if self.mode == "real":
            return "unprotected: run for real, with your rights"
        missing = [f"unprotected: {', '.join(self.missing)}"] if self.missing else []
        return "; ".join([*self.in_force, *missing])
