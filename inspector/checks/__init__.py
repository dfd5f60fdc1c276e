"""Checks: functions that look at a trace for problems, and the guard that runs them."""

from inspector.checks.finding import Check, Finding, Severity
from inspector.checks.runner import run_checks

__all__ = ["Check", "Finding", "Severity", "run_checks"]
