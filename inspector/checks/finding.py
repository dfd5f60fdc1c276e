"""What a check says: one problem, where it is, and its fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from inspector.trace import Trace

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that a rule found.

    rule: the rule's id, kebab-case.
    call: id of the call it is about, None when it is about the whole file.
    """

    rule: str
    call: str | None
    message: str
    fix: str
    severity: Severity = "warning"
    file: str | None = None
    line: int | None = None


Check = Callable[[Trace], Iterable[Finding]]
