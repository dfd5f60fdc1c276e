"""Runs checks over a trace; one that raises is itself reported and stops no other."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.checks.finding import Check, Finding
from inspector.trace import Trace


def run_checks(trace: Trace, checks: Iterable[Check]) -> tuple[Finding, ...]:
    """All findings, in the order of the checks."""
    return tuple(finding for check in checks for finding in _guarded(check, trace))


def _guarded(check: Check, trace: Trace) -> list[Finding]:
    findings: list[Finding] = []
    try:
        findings.extend(check(trace))
    except Exception as error:  # a check may be a plugin's: its failure is one more finding
        findings.append(_failure(check, error))
    return findings


def _failure(check: Check, error: Exception) -> Finding:
    name = getattr(check, "__name__", repr(check))
    module = getattr(check, "__module__", "?")
    return Finding(
        "check-failed",
        None,
        f"The check {name} of {module} raised {type(error).__name__}: {error}",
        fix="Report this to the author of the check.",
        severity="error",
    )
