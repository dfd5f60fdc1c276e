"""Every extension point, on one page: what a plugin may implement.

A hook takes no argument and returns a list of values; it is called once, when the plugins are
loaded, never while a model is stepped through. Implement one in a module of your own with
`@hookimpl` from `inspector.api` (plugins/README.md shows a complete plugin).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pluggy

from inspector.checks import Check
from inspector.trace import Run

PROJECT = "inspector"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class Exporter:
    """A way to write one run to a file.

    name:   for people, as in "Mermaid flowchart".
    suffix: of the files it writes, with its dot, as in ".mmd".
    write:  called with the run and the path; raises `ExportError` when it cannot.
    """

    name: str
    suffix: str
    write: Callable[[Run, Path], None]


@hookspec
def register_checks() -> list[Check]:  # type: ignore[empty-body]  # a spec has no body
    """Functions that take a trace and yield a `Finding` for each problem."""


@hookspec
def register_exporters() -> list[Exporter]:  # type: ignore[empty-body]  # a spec has no body
    """Formats that a run can be exported to, beside those built in."""
