"""Running checks: all findings in order, and a check that raises is one more finding."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.checks import Finding, run_checks
from inspector.trace import Engine, Trace

TRACE = Trace(file="model.py", engine=Engine("numpy", "cpu", "test"))


def _one(trace: Trace) -> Iterator[Finding]:
    yield Finding("one", None, f"about {trace.file}", fix="Nothing.")


def _two_then_raise(trace: Trace) -> Iterator[Finding]:
    yield Finding("two", None, "before", fix="Nothing.")
    raise KeyError("lost")


def test_findings_come_in_the_order_of_the_checks() -> None:
    findings = run_checks(TRACE, [_one, _one])

    assert ["about model.py"] * 2 == [finding.message for finding in findings]


def test_check_that_raises_keeps_what_it_found_and_stops_no_other() -> None:
    findings = run_checks(TRACE, [_two_then_raise, _one])

    assert ["two", "check-failed", "one"] == [finding.rule for finding in findings]
    assert "_two_then_raise" in findings[1].message
    assert "KeyError" in findings[1].message
    assert "error" == findings[1].severity
